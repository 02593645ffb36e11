"""
Lazy values: what is one, what it sees, and what becomes of it.
"""

import enum
import itertools

from dataclasses import dataclass
from functools import partial
from unittest.mock import Mock

import pytest

from sqlalchemy import func

from machina_lab import (
    LazyCycleError,
    MachinaError,
    assoc,
    evaluate_lazy_attributes,
    lazy,
    literal,
)
from tests.support.bodies import empty


class Color(enum.Enum):
    RED = "r"


class Caller:
    def __call__(self):
        raise AssertionError

    def method(self):
        return "method"

    def of_parent(self, parent):
        return parent.n


@dataclass
class Post:
    title: str = "T"
    slug: str = ""
    url: str = ""


class TestWhatIsLazy:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (lambda: 1, 1),
            (lambda parent: parent.n + 1, 3),
            (lambda n=5: n, 5),
            (lambda *args: args, ()),
            (lambda parent, extra=1: (parent.n, extra), (2, 1)),
            (lambda *, key=1: key, 1),
            (Caller().method, "method"),
            (Caller().of_parent, 2),
            (itertools.count(7).__next__, 7),
            ({"a": 1}.copy, {"a": 1}),
            (partial(int, "12"), 12),
            (partial(lambda a, b: (a, b), 1, 2), (1, 2)),
            (partial(lambda a, parent: (a, parent.n), 1), (1, 2)),
            (lazy(Caller().method), "method"),
            (lazy(partial(str, 3)), "3"),
            (lazy(dict), {}),
        ],
        ids=lambda value: getattr(value, "__name__", type(value).__name__),
    )
    def test_is_called(self, lab, value, expected):
        """
        Functions, methods, builtins, partials and `lazy(f)` are called.
        """
        lab.factory(name="thing")(lambda: {"n": 2})

        assert expected == lab.build("thing", value=value)["value"]

    @pytest.mark.parametrize(
        "value",
        [int, Color, Color.RED, Mock(), Caller(), func.now(), func.now],
        ids=["class", "enum", "member", "mock", "callable", "expression", "generator"],
    )
    def test_is_stored(self, lab, value):
        """
        Classes, enums, mocks, other callables and SQL expressions are values.
        """
        lab.factory(name="thing")(lambda: {"value": None})

        assert value is lab.build("thing", value=value)["value"]

    def test_literal_stores_a_function(self, lab):
        """
        `literal(f)` is the way to a function as a value.
        """
        lab.factory(name="thing")(lambda: {"callback": literal(len)})

        assert len is lab.build("thing")["callback"]
        assert max is lab.build("thing", callback=literal(max))["callback"]

    def test_two_required_positionals_are_refused(self, lab):
        """
        A function of two required positionals is an error that names the key.
        """
        lab.factory(name="thing")(lambda: {"slug": lambda a, b: None})

        with pytest.raises(MachinaError, match="slug"):
            lab.build("thing")


class TestParent:
    def test_sees_what_the_caller_gave(self, lab):
        """
        The parent is the merged attributes, so overrides are visible.
        """

        @lab.factory
        def user():
            return {"first": "John", "full": lambda it: f"{it.first} Smith"}

        assert "John Smith" == lab.build("user")["full"]
        assert "Jo Smith" == lab.build("user", first="Jo")["full"]

    def test_attribute_and_item_access(self, lab):
        """
        The parent reads as an object and as a mapping, whatever the record is.
        """
        lab.factory(name="post", model=Post)(
            lambda: {
                "title": "T",
                "slug": lambda it: it["title"],
                "url": lambda it: it.title,
            }
        )
        lab.factory(name="record")(
            lambda: {"a": 1, "b": lambda it: it.a, "c": lambda it: it["a"]}
        )

        assert Post("T", "T", "T") == lab.build("post")
        assert {"a": 1, "b": 1, "c": 1} == lab.build("record")

    def test_resolves_siblings_when_they_are_read(self, lab):
        """
        A lazy may read another one, in any order of definition.
        """

        @lab.factory(model=Post)
        def post():
            return {
                "url": lambda it: f"/{it.slug}",
                "slug": lambda it: it.title.lower(),
                "title": lambda: "My Post",
            }

        assert Post("My Post", "my post", "/my post") == lab.build("post")
        assert "/mine" == lab.build("post", slug="mine").url

    def test_sibling_association_is_the_built_record(self, lab):
        """
        A sibling `assoc` read through the parent is the record itself.
        """
        lab.factory(name="user")(lambda: {"name": "Jane"})
        lab.factory(name="article")(
            lambda: {"by": lambda it: it.author["name"], "author": assoc("user")}
        )

        got = lab.build("article")

        assert "Jane" == got["by"]
        assert {"name": "Jane"} == got["author"]

    def test_is_read_only(self, lab):
        """
        A lazy cannot change the attributes it looks at.
        """

        def change(it):
            it.title = "changed"

        def change_item(it):
            it["title"] = "changed"

        for function in (change, change_item):
            lab.factory(name=f"post_{function.__name__}", model=Post)(empty)
            with pytest.raises((AttributeError, TypeError), match=r"title|assign|set"):
                lab.build(f"post_{function.__name__}", slug=function)

    def test_unknown_name_raises(self, lab):
        """
        Reading what the record lacks raises as an object or a mapping would.
        """
        lab.factory(name="thing")(lambda: {"a": 1})

        with pytest.raises(AttributeError, match="zzz"):
            lab.build("thing", b=lambda it: it.zzz)
        with pytest.raises(KeyError, match="zzz"):
            lab.build("thing", b=lambda it: it["zzz"])

    def test_cycle_is_named(self, lab):
        """
        Lazies that need each other raise with the path.
        """
        lab.factory(name="post", model=Post)(
            lambda: {"title": lambda it: it.slug, "slug": lambda it: it.title}
        )

        with pytest.raises(LazyCycleError, match="title -> slug -> title") as caught:
            lab.build("post")

        assert ("title", "slug", "title") == caught.value.path

    def test_lazy_that_reads_itself(self, lab):
        """
        A lazy that reads its own key is the shortest cycle.
        """
        lab.factory(name="thing")(lambda: {"a": lambda it: it.a})

        with pytest.raises(LazyCycleError, match="a -> a"):
            lab.build("thing")


class TestResolution:
    def test_runs_once_per_record(self, lab):
        """
        A lazy runs once per record, however many siblings read it.
        """
        calls = []
        lab.factory(name="thing")(
            lambda: {
                "a": lambda: calls.append(1) or len(calls),
                "b": lambda it: it.a,
                "c": lambda it: it.a + it.b,
            }
        )

        assert {"a": 1, "b": 1, "c": 2} == lab.build("thing")
        assert 1 == len(calls)

    def test_runs_per_item_of_a_list(self, lab):
        """
        A lazy override is evaluated for each item.
        """
        lab.factory(name="thing")(empty)
        numbers = itertools.count()

        got = lab.build_list(3, "thing", n=lambda: next(numbers))

        assert [{"n": 0}, {"n": 1}, {"n": 2}] == got

    def test_overridden_lazy_never_runs(self, lab):
        """
        A default that the caller replaces is not evaluated.
        """

        def explode():
            raise AssertionError

        lab.factory(name="thing")(lambda: {"a": explode})

        assert {"a": 1} == lab.build("thing", a=1)

    def test_only_the_top_level(self, lab):
        """
        Functions inside lists and nested dicts stay.
        """
        function = lambda: 1
        lab.factory(name="thing")(lambda: {"d": {"f": function}, "l": [function]})

        assert {"d": {"f": function}, "l": [function]} == lab.build("thing")

    def test_result_is_not_evaluated_again(self, lab):
        """
        A function that a lazy returns is a value (EM: one pass).
        """
        function = lambda: 1
        lab.factory(name="thing")(lambda: {"f": lambda: function})

        assert function is lab.build("thing")["f"]

    def test_lazy_may_return_an_association(self, lab):
        """
        An `assoc` that a lazy returns is built.
        """
        lab.factory(name="user")(lambda: {"name": "Jane"})
        lab.factory(name="article")(
            lambda: {"who": "Al", "author": lambda it: assoc("user", name=it.who)}
        )

        assert {"name": "Al"} == lab.build("article")["author"]

    def test_lazies_of_a_returned_record(self, lab):
        """
        Lazies that a body put into an instance are evaluated.
        """
        lab.factory(name="post")(lambda: Post(slug=lambda it: it.title.lower()))

        assert Post("T", "t") == lab.build("post")
        assert Post("NEW", "new") == lab.build("post", title="NEW")

    def test_switched_off(self, lab):
        """
        `evaluate_lazies=False` keeps functions, and still builds associations.
        """
        function = lambda: 1
        lab.factory(name="user")(lambda: {"name": "Jane"})
        lab.factory(name="thing", evaluate_lazies=False)(
            lambda: {"f": function, "author": assoc("user")}
        )

        assert {"f": function, "author": {"name": "Jane"}} == lab.build("thing")

    def test_error_keeps_its_type_and_gains_a_note(self, lab):
        """
        A failing lazy raises its own error, with factory and key in a note.
        """
        lab.factory(name="thing")(lambda: {"slug": lambda: 1 / 0})

        with pytest.raises(ZeroDivisionError, match="division") as caught:
            lab.build("thing")

        note = "\n".join(caught.value.__notes__)
        assert "thing" in note
        assert "slug" in note


class TestEvaluateLazyAttributes:
    @pytest.mark.parametrize(
        "value",
        ["text", 3, None, [lambda: 1], (1,)],
        ids=["text", "number", "none", "list", "tuple"],
    )
    def test_anything_else_passes(self, value):
        """
        What holds no attributes is returned as it is.
        """
        assert value is evaluate_lazy_attributes(value)

    def test_record(self):
        """
        Attributes of a record are evaluated like those of a dict.
        """
        assert Post("T", "t") == evaluate_lazy_attributes(
            Post(slug=lambda it: it.title.lower())
        )

    def test_argument_is_not_mutated(self):
        """
        The dict that was given keeps its functions.
        """
        function = lambda: 1
        given = {"a": function}

        assert {"a": 1} == evaluate_lazy_attributes(given)
        assert {"a": function} == given
