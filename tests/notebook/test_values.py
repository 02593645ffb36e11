"""
Values of a line: casting by type, objects by name, and no code outside braces.
"""

import datetime as dt
import enum
import sys

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab import casters
from machina_lab.core.datatypes import of_annotation
from machina_lab.core.records import Field, kind_of
from machina_lab.errors import CastError, LineError, MachinaError
from machina_lab.notebook.grammars import LINES
from machina_lab.notebook.lines import read_line
from machina_lab.notebook.scopes import Scope
from machina_lab.notebook.values import count, find_field, overrides, plain_text
from machina_lab.notebook.words import quote


class Role(enum.Enum):
    ADMIN = "admin"
    USER = "user"


@dataclass
class Author:
    name: str = ""
    role: Role = Role.USER
    age: int = 0


@dataclass
class Book:
    title: str = ""
    price: Decimal = Decimal(0)
    born: dt.date | None = None
    sold: bool = False
    tags: list[str] | None = None
    extra: dict | None = None
    author: Author | None = None


FIELDS = {
    **{
        name: Field(name, of_annotation(annotation)[0])
        for name, annotation in Book.__annotations__.items()
    },
    "author": Field("author", role="to_one", target=Author),
    "chapters": Field("chapters", role="to_many", target=Author),
}


def given_on(source, fields=FIELDS, **names):
    line = read_line(f"book {source}", LINES["build"])
    return overrides(line, fields, Scope(names))


def only(source, fields=FIELDS, **names):
    (value,) = given_on(source, fields, **names).values()
    return value


class TestTyped:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("title=5", "5"),
            ("title=true", "true"),
            ("title=[draft]", "[draft]"),
            ("title=None", None),
            ("title='None'", "None"),
            ("price=9.90", Decimal("9.90")),
            ("price=-1", Decimal(-1)),
            ("born=2024-01-31", dt.date(2024, 1, 31)),
            ("born='2024-01-31'", dt.date(2024, 1, 31)),
            ("born=None", None),
            ("sold=true", True),
            ("sold=no", False),
            ("tags=['a', 'b']", ["a", "b"]),
            ("extra={'a': 1}", {"a": 1}),
            ("extra='{\"a\": 1}'", '{"a": 1}'),
        ],
    )
    def test_text_is_cast_by_the_fields_type(self, source, expected):
        """
        What was typed becomes what the field holds, and text stays text.
        """
        value = only(source)

        assert (expected, type(expected)) == (value, type(value))
        assert str(expected) == str(value)

    def test_inside_an_association_too(self):
        """
        A dotted override is cast by the type of the field it leads to.
        """
        assert {"author": {"role": Role.ADMIN, "age": 3}} == given_on(
            "author.role=admin author.age=3"
        )

    def test_what_does_not_fit_names_the_choices(self):
        """
        A value that does not fit is our error, with attribute and choices.
        """
        with pytest.raises(CastError, match=r"author\.role: 'amdin' does not fit"):
            given_on("author.role=amdin")

    @pytest.mark.parametrize("source", ["author=Jane", "author='Jane'", "chapters=3"])
    def test_an_association_takes_no_text(self, source):
        """
        Text for an association is refused with the three ways to give a record.
        """
        with pytest.raises(LineError, match=r"takes a .*Author: .*=\$name"):
            given_on(source)

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("title.x=1", r"title is str: it has no attribute 'x'"),
            ("author.role.x=1", r"author\.role is Role: it has no attribute 'x'"),
            ("chapters.name=x", r"chapters takes a list of Author"),
        ],
    )
    def test_a_path_that_leads_nowhere(self, source, message):
        """
        A dot behind what has no attributes is pointed at; mappings may have any.
        """
        with pytest.raises(LineError, match=message) as caught:
            given_on(source)

        error = caught.value
        assert source == error.line[error.at : error.at + error.length]
        assert {"extra": {"x": {"y": 1}}} == given_on("extra.x.y=1")

    def test_find_field_follows_dots(self):
        """
        A path leads through associations, and nowhere where the target is unknown.
        """
        assert kind_of(Author).fields(Author)["age"] == find_field(FIELDS, "author.age")
        assert find_field(FIELDS, "title.x") is None
        assert find_field(FIELDS, "nothing") is None


class TestUntyped:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("x=5", 5),
            ("x=-3.5", -3.5),
            ("x=1_000", 1000),
            ("x=0x10", 16),
            ("x=True", True),
            ("x=None", None),
            ("x=b'ab'", b"ab"),
            ("x=[1, (2,)]", [1, (2,)]),
            ("x='5'", "5"),
            ("x=007", "007"),
            ("x=2024-01-31", "2024-01-31"),
            ("x=Jane", "Jane"),
            ("x=__import__('os')", "__import__('os')"),
        ],
    )
    def test_literals_are_read_and_the_rest_is_text(self, source, expected):
        """
        Without a type a Python literal is itself, and anything else is text.
        """
        value = only(source, {})

        assert (expected, type(expected)) == (value, type(value))

    def test_a_list_of_bare_words_is_refused(self):
        """
        What looks like a list but is no literal is an error, not a strange text.
        """
        with pytest.raises(LineError, match=r"\[a, b\] is no Python literal\. Quote"):
            given_on("x=[a, b]", {})


class TestObjects:
    def test_a_variable_is_the_object_itself(self):
        """
        `$name` and `{name}` pass the object, not its text.
        """
        jane = Author("Jane")

        assert jane is only("author=$jane", jane=jane)
        assert jane is only("author={jane}", jane=jane)

    def test_a_missing_variable_names_the_nearest(self):
        """
        An unknown variable is an error that points at it, and knows its neighbour.
        """
        with pytest.raises(
            LineError, match=r"no variable 'jnae'.*mean \$jane"
        ) as caught:
            given_on("author=$jnae", jane=1)

        error = caught.value
        assert "author=$jnae" == error.line[error.at : error.at + error.length]

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("{1 + n}", 4),
            ("{n}", 3),
            ("{'a'}", "a"),
            ("{1, 2}", {1, 2}),
            ("{n,}", {3}),
            ("{}", {}),
            ("{'a': n}", {"a": 3}),
            ("{i: i for i in range(n)}", {0: 0, 1: 1, 2: 2}),
            ("{*[1, 2]}", {1, 2}),
            ("{[n for _ in range(2)]}", [3, 3]),
            ("{(lambda: n)()}", 3),
            ("{(m := 2)}", 2),
            ("{'}'}", "}"),
        ],
    )
    def test_braces_hold_an_expression(self, source, expected):
        """
        Braces give the expression's object; a dict or a set is what Python says.
        """
        value = only(f"x={source}", {}, n=3)

        assert (expected, type(expected)) == (value, type(value))

    def test_local_names_win(self):
        """
        Inside a function its own variables are seen, also from a nested scope.
        """
        line = read_line("book x={[n + m for _ in range(1)]}", LINES["build"])

        assert {"x": [12]} == overrides(line, {}, Scope({"n": 1, "m": 2}, {"n": 10}))

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("{1 +}", r"\{1 \+\} is no expression"),
            ("{1 / 0}", r"\{1 / 0\} raised ZeroDivisionError: division by zero"),
            ("{jnae}", "raised NameError"),
            ("{a = 1}", "is no expression"),
            ("{import os}", "is no expression"),
        ],
    )
    def test_a_wrong_expression_is_pointed_at(self, source, message):
        """
        An expression that cannot run or fails by itself is one line of ours.
        """
        with pytest.raises(LineError, match=message) as caught:
            given_on(f"x={source}", {})

        error = caught.value
        assert f"x={source}" == error.line[error.at : error.at + error.length]

    def test_an_error_from_the_users_function_keeps_its_type(self):
        """
        What a called function raises comes through as it is.
        """

        def fail():
            raise FloatingPointError("deep down")

        with pytest.raises(FloatingPointError, match="deep down"):
            given_on("x={fail()}", {}, fail=fail)


class TestPlainArguments:
    def test_count_from_a_word_or_a_variable(self):
        """
        A count may be typed, or be a variable or an expression.
        """

        def counted(source):
            line = read_line(f"{source} user", LINES["build_list"])
            return count(line, line.names[0], Scope({"n": 3, "s": "x"}))

        assert [5, 3, 4, -1] == [counted(s) for s in ("5", "$n", "{n + 1}", "-1")]
        with pytest.raises(LineError, match=r"\$s is no whole number but 'x'"):
            counted("$s")

    def test_paths_may_be_quoted_or_in_a_variable(self, tmp_path):
        """
        A path with spaces is quoted; a Path object comes by its name.
        """

        def path(source):
            line = read_line(source, LINES["export_fixtures"])
            return plain_text(line, line.names[0], Scope({"p": tmp_path, "n": 3}))

        assert ["a b", "a=b", str(tmp_path)] == [
            path(source) for source in ("'a b'", "a=b", "$p")
        ]
        with pytest.raises(LineError, match=r"\$n is no text but int"):
            path("$n")


class TestSafety:
    @given(st.text())
    def test_quoted_text_is_never_anything_else(self, text):
        """
        A quoted text arrives as itself in text fields and where there is no type.
        """
        assert {"title": text, "x": text} == given_on(
            f"title={_quoted(text)} x={_quoted(text)}"
        )

    @given(st.text(alphabet=st.characters(exclude_characters="{}")))
    def test_nothing_runs_without_braces(self, text):
        """
        A line without braces never runs code: no call is seen while it is read.
        """
        called = []
        with suppress(MachinaError):
            given_on(f"x={text}", {}, f=lambda *_: called.append(1))
            given_on(f"x=f({quote(text)})", {}, f=lambda *_: called.append(1))

        assert not called

    def test_code_in_a_value_is_text(self):
        """
        `__import__('antigravity')` is a string, and nothing was imported.
        """
        assert "__import__('antigravity')" == only("title=__import__('antigravity')")
        assert "antigravity" not in sys.modules

    @pytest.mark.parametrize("char", ["(", "[", "-", "9", "a", "'", "{", "$", "\0"])
    def test_ten_megabytes_are_read_or_refused(self, char):
        """
        A value of ten million characters neither crashes nor floods the message.
        """
        try:
            given_on("x=" + char * 10_000_000, {})
        except MachinaError as error:
            text = str(error)
        else:
            text = ""

        assert len(text) < 500


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Point:
    """
    A type that only a caster of the user can read.
    """

    def __init__(self, x, y):
        self.place = x, y

    @classmethod
    def parse(cls, text):
        return cls(*map(int, text.split(";")))


@dataclass
class Pin:
    at: Point | None = None


class TestUsersCasters:
    @pytest.fixture(autouse=True)
    def _registered(self):
        casters.register(Point, Point.parse)
        yield
        casters.unregister(Point)

    @pytest.mark.parametrize("source", ["at=1;2", "at='1;2'", 'pin.at="1;2"'])
    def test_text_is_given_to_it(self, source):
        """
        A rule of the user reads bare and quoted text, in associations too.
        """
        fields = {
            **kind_of(Pin).fields(Pin),
            "pin": Field("pin", role="to_one", target=Pin),
        }
        found = given_on(source, fields)

        assert (1, 2) == found.get("at", found.get("pin", {}).get("at")).place

    def test_an_insert_leaves_it_to_the_insert(self):
        """
        Inserts cast by themselves: a rule sees the text once, not what it made of it.
        """
        line = read_line("pin at=1;2", LINES["insert"])

        assert {"at": "1;2"} == overrides(line, kind_of(Pin).fields(Pin), Scope())
