"""
Texts are part of the contract: what, where, the nearest name, the next step.
"""

from dataclasses import dataclass

import pytest

from machina_lab import (
    Lab,
    MachinaError,
    UndefinedFactoryError,
    UnknownAttributeError,
    assoc,
    assoc_list,
)
from tests.support.bodies import empty


@dataclass
class User:
    name: str = "Jane"
    password: str = ""


class TestUnknownFactory:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        lab.factory(name="user")(lambda: User())
        lab.factory(name="article")(empty)

    def test_nearest_and_all(self, lab):
        """
        The error names what was asked for, the nearest and every name.
        """
        with pytest.raises(
            UndefinedFactoryError, match=r"(?s)'usr'.*Did you mean 'user'.*article"
        ) as caught:
            lab.build("usr")

        assert isinstance(caught.value, LookupError)
        assert isinstance(caught.value, MachinaError)

    def test_stub(self, lab):
        """
        The error ends with a factory to paste.
        """
        with pytest.raises(
            UndefinedFactoryError, match=r"(?s)@lab\.factory\s+def comment\(\):"
        ):
            lab.build("comment")

    @pytest.mark.parametrize(
        "call",
        [
            lambda lab: lab.build("usr"),
            lambda lab: lab.build_pair("usr"),
            lambda lab: lab.build_list(0, "usr"),
            lambda lab: lab.build_list(3, "usr"),
            lambda lab: lab.params_for("usr"),
            lambda lab: lab.string_params_for("usr"),
            lambda lab: lab.options("usr"),
            lambda lab: lab.build("usr+admin"),
        ],
        ids=range(8),
    )
    def test_every_verb(self, lab, call):
        """
        Every verb that takes a name raises the same error, also for no items.
        """
        with pytest.raises(UndefinedFactoryError, match=r"'usr'.*'user'"):
            call(lab)

    @pytest.mark.parametrize("name", [3, None, User, ["user"]], ids=repr)
    def test_what_is_no_name(self, lab, name):
        """
        A factory's name is a text.
        """
        with pytest.raises((TypeError, LookupError), match=r"name|factory"):
            lab.build(name)


class TestCounts:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        lab.factory(name="user")(lambda: User())

    def test_zero(self, lab):
        """
        None of something is an empty list.
        """
        assert [] == lab.build_list(0, "user")

    @pytest.mark.parametrize("count", [-1, -100])
    def test_negative(self, lab, count):
        """
        A negative count is a ValueError that shows it.
        """
        with pytest.raises(ValueError, match=str(count)) as caught:
            lab.build_list(count, "user")

        assert isinstance(caught.value, MachinaError)

    @pytest.mark.parametrize("count", [True, False, 1.0, "2", None], ids=repr)
    def test_no_int(self, lab, count):
        """
        A count is an int; booleans and floats are not.
        """
        with pytest.raises(TypeError, match=r"int|whole number") as caught:
            lab.build_list(count, "user")

        assert isinstance(caught.value, MachinaError)

    def test_swapped(self, lab):
        """
        Name and count the wrong way round are a TypeError as well.
        """
        with pytest.raises(TypeError, match=r"int|whole number"):
            lab.build_list("user", 3)


class TestNotes:
    def test_failing_body(self, lab):
        """
        A failing body keeps its type and gains a note with the factory's name.
        """

        @lab.factory
        def user():
            raise ConnectionResetError("gone")

        with pytest.raises(ConnectionResetError, match="gone") as caught:
            lab.build("user")

        assert "user" in "\n".join(caught.value.__notes__)

    def test_association_path(self, lab):
        """
        The note of a nested failure shows the way there.
        """

        @lab.factory
        def user():
            return {"slug": lambda: 1 / 0}

        lab.factory(name="article")(lambda: {"author": assoc("user")})
        lab.factory(name="comment")(lambda: {"article": assoc("article")})

        with pytest.raises(ZeroDivisionError, match="division") as caught:
            lab.build("comment")

        note = "\n".join(caught.value.__notes__)
        for word in ("comment", "article", "author", "user", "slug"):
            assert word in note

    def test_path_into_a_list(self, lab):
        """
        The note says which item of a collection failed.
        """

        @lab.factory
        def tag(params):
            return {"name": params["name"]}

        lab.factory(name="post")(lambda: {"tags": assoc_list(1, "tag")})

        with pytest.raises(KeyError, match="name") as caught:
            lab.build("post", tags=[{"name": "fine"}, {}])

        note = "\n".join(caught.value.__notes__)
        assert "tags" in note
        assert "1" in note

    def test_traceback_reaches_the_users_line(self, lab):
        """
        The traceback ends where the user's own code failed.
        """

        @lab.factory
        def user():
            return {"n": lambda: helper()}

        def helper():
            raise ValueError("mine")

        with pytest.raises(ValueError, match="mine") as caught:
            lab.build("user")

        assert "helper" == caught.traceback[-1].name

    def test_secrets_do_not_show(self, lab):
        """
        Values of keys such as password are masked in notes.
        """

        @lab.factory
        def user(attrs):
            raise ValueError("no")

        with pytest.raises(ValueError, match="no") as caught:
            lab.build("user", password="hunter2")

        assert "hunter2" not in "\n".join(caught.value.__notes__)


class TestUnknownAttributes:
    def test_all_of_them(self, lab):
        """
        Several unknown attributes are named together.
        """
        lab.factory(name="user")(lambda: User())

        with pytest.raises(UnknownAttributeError, match=r"'nmae'.*'pasword'") as caught:
            lab.build("user", nmae="x", pasword="y", name="fine")

        assert ["nmae", "pasword"] == caught.value.keys
        assert "User" == caught.value.model

    def test_known_ones_are_listed(self, lab):
        """
        Without a near name, the record's attributes are shown.
        """
        lab.factory(name="user")(lambda: User())

        with pytest.raises(UnknownAttributeError, match=r"'zzz'.*name, password"):
            lab.build("user", zzz=1)


class TestOldNames:
    @pytest.mark.parametrize("verb", ["create", "create_pair", "create_list"])
    def test_create_points_to_insert(self, verb):
        """
        T21: `create` of old is no verb; the error points to `insert`.
        """
        with pytest.raises(AttributeError, match=verb.replace("create", "insert")):
            getattr(Lab(), verb)
