"""
FactoryMan: params builders, struct builders, composition, lists (rows 1-12, 41-49).
"""

import pytest

from tests.support.factoryman import Embedded, User


class TestParams:
    def test_default(self, demo):
        """
        Row 1: params are a plain dict.
        """
        got = demo.build_user_params()

        assert dict is type(got)
        assert isinstance(got["username"], str)

    def test_given(self, demo):
        """
        Row 2: what the caller gives is in them.
        """
        assert "alice" == demo.build_user_params({"username": "alice"})["username"]

    def test_without_a_model(self, demo):
        """
        Row 3: a factory without a model builds a plain dict.
        """
        got = demo.build_non_struct()

        assert dict is type(got)
        assert (str, int) == (type(got["name"]), type(got["age"]))

    def test_extra_keys(self, demo):
        """
        Row 4: raw params keep keys that the class does not have.
        """
        given = {"username": "test", "first_name": "John", "extra": "value"}

        assert [given] == demo.build_user_params_list(1, given)

    def test_list(self, demo):
        """
        Row 5: a list of params keeps what was given.
        """
        given = {"username": "test", "first_name": "John"}

        assert [given] == demo.build_user_params_list(1, given)


class TestStruct:
    def test_default(self, demo):
        """
        Row 7: a struct is a record that is not saved.
        """
        user = demo.build_user_struct()

        assert isinstance(user, User)
        assert None is user.id
        assert isinstance(user.username, str)

    def test_given(self, demo):
        """
        Row 8: what the caller gives is on it.
        """
        assert "bob" == demo.build_user_struct({"username": "bob"}).username

    def test_key(self, demo):
        """
        Row 9: also the key.
        """
        assert 123 == demo.build_user_struct({"id": 123}).id

    def test_class_without_a_table(self, demo):
        """
        Row 10: a class without a table is built and never inserted.
        """
        assert Embedded("some value") == demo.build_embedded_schema_struct()
        assert not hasattr(demo, "insert_embedded_schema")

    def test_independent(self, demo):
        """
        Row 11: changing one record of a list leaves the other alone.
        """
        one, two = demo.build_user_struct_list(2, {"first_name": "Same"})

        one.first_name = "Changed"

        assert "Same" == two.first_name

    def test_list(self, demo):
        """
        Row 12: a list of structs has what was given.
        """
        (user,) = demo.build_user_struct_list(
            1, {"username": "single", "first_name": "John"}
        )

        assert isinstance(user, User)
        assert (None, "single", "John") == (user.id, user.username, user.first_name)


class TestComposition:
    def test_default(self, demo):
        """
        Row 41: a factory may go through another one's params.
        """
        assert demo.build_extended_user_struct().username.startswith("extended-user-")

    def test_given(self, demo):
        """
        Row 41: the caller wins through both.
        """
        got = demo.build_extended_user_struct({"username": "custom"})

        assert "custom" == got.username

    def test_insert(self, demo):
        """
        Row 41: such a record is inserted like any other.
        """
        assert isinstance(demo.insert_extended_user().id, int)


class TestLists:
    @pytest.mark.parametrize(
        ("function", "read"),
        [
            ("build_user_params_list", lambda user: user["username"]),
            ("build_user_struct_list", lambda user: user.username),
            ("insert_user_list", lambda user: user.username),
        ],
    )
    def test_distinct(self, demo, function, read):
        """
        Row 42: the items of a list are distinct.
        """
        users = getattr(demo, function)(3)

        assert 3 == len({read(user) for user in users})

    def test_keys(self, demo):
        """
        Row 42: built records have no key, inserted ones do.
        """
        assert [None] * 3 == [user.id for user in demo.build_user_struct_list(3)]
        assert [int] * 3 == [type(user.id) for user in demo.insert_user_list(3)]

    def test_same(self, demo):
        """
        Row 43: a plain value is the same in every item.
        """
        got = demo.build_user_params_list(2, {"username": "same"})

        assert ["same", "same"] == [user["username"] for user in got]

    def test_lazy(self, demo):
        """
        Row 44: a function is evaluated for each item.
        """
        names = iter(["one", "two"])

        users = demo.insert_user_list(2, {"username": lambda: next(names)})

        assert ["one", "two"] == [user.username for user in users]

    def test_options(self, demo):
        """
        Row 45: options of the insert come after the params.
        """
        users = demo.insert_user_list(2, None, {"returning": True})

        assert [int, int] == [type(user.id) for user in users]

    def test_params_and_options(self, demo):
        """
        Row 46: both may be given, also empty.
        """
        assert 2 == len(demo.insert_user_list(2, {}, {"returning": True}))
        (user,) = demo.insert_user_list(1, {"username": "arity3"}, {"returning": True})
        assert "arity3" == user.username

    @pytest.mark.parametrize(
        "function",
        [
            "build_user_params_list",
            "build_user_struct_list",
            "insert_user_list",
            "build_non_struct_list",
            "build_greeting_list",
            "build_admin_user_struct_list",
        ],
    )
    def test_none(self, demo, function):
        """
        Row 47: a list of none is empty, for every kind of list.
        """
        assert [] == getattr(demo, function)(0)

    def test_without_a_model(self, demo):
        """
        Row 48: factories without a model have lists, too.
        """
        got = demo.build_non_struct_list(3)

        assert [dict] * 3 == [type(each) for each in got]
        assert 3 == len({each["name"] for each in got})

    @pytest.mark.parametrize(
        "function",
        ["build_user_params_list", "build_user_struct_list", "insert_user_list"],
    )
    def test_one(self, demo, function):
        """
        Row 49: a list of one has one item.
        """
        assert 1 == len(getattr(demo, function)(1))
