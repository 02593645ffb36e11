"""
ExMachina: build, build_pair, build_list (T4-T10, T17-T21).
"""

import pytest

from machina_lab import UndefinedFactoryError
from tests.support.exmachina import FooBar


ADMIN = {"id": 3, "name": "John Doe", "admin": True}


class TestBuild:
    def test_undefined_factory(self, lab):
        """
        T4: a helpful error if the factory is not defined.
        """
        with pytest.raises(UndefinedFactoryError, match=r"'foo'.*'foo_bar'"):
            lab.build("foo")

    def test_returns_the_matching_factory(self, lab):
        """
        T5: build returns what the factory of that name makes.
        """
        assert {"id": 3, "name": "John Doe", "admin": False} == lab.build("user")

    def test_keywords(self, lab):
        """
        T6: keywords are merged over the factory's result.
        """
        assert ADMIN == lab.build("user", admin=True)

    def test_mapping(self, lab):
        """
        T7: a mapping does the same as keywords.
        """
        assert ADMIN == lab.build("user", {"admin": True})

    def test_invalid_keys(self, lab):
        """
        T8: a key that the class lacks is a KeyError.
        """
        with pytest.raises(KeyError, match="'doesnt_exist'"):
            lab.build("foo_bar", doesnt_exist=True)

    def test_full_control(self, lab):
        """
        T9: a factory that takes the attributes has full control over them.
        """
        comment = lab.build("comment", name="James")

        assert "James Doe" == comment["author"]
        assert "James" == comment["name"]
        assert comment["username"].startswith("James-")

    def test_any_value(self, lab):
        """
        T10: a factory may make something that is no record.
        """
        assert "500" == lab.build("room_number", floor=5)
        assert "501" == lab.build("room_number", floor=5)


class TestPairAndList:
    def test_pair(self, lab):
        """
        T17: build_pair builds two.
        """
        assert [ADMIN, ADMIN] == lab.build_pair("user", admin=True)

    def test_pair_of_nested_lazies(self, lab):
        """
        T18: nested lazies are built for each of the two.
        """
        one, two = lab.build_pair(
            "account",
            profile=lambda: lab.build("profile", user=lambda: lab.build("user")),
        )

        assert one["profile"]["username"] != two["profile"]["username"]

    def test_list(self, lab):
        """
        T19: build_list builds as many as it is told.
        """
        assert [ADMIN] * 3 == lab.build_list(3, "user", admin=True)

    def test_none(self, lab):
        """
        T20: build_list of none is an empty list.
        """
        assert [] == lab.build_list(0, "user")


class TestOldNames:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("create", "insert"),
            ("create_pair", "insert_pair"),
            ("create_list", "insert_list"),
        ],
    )
    def test_create(self, lab, old, new):
        """
        T21: the verbs of old point to those of today.
        """
        with pytest.raises(AttributeError, match=rf"{old}.*{new}"):
            getattr(lab, old)


class TestLazies:
    def test_function(self, lab):
        """
        T11: a factory's attribute may be a function.
        """
        assert "username" in lab.build("account")["profile"]

    @pytest.mark.parametrize("admin", [True, False])
    def test_parent(self, lab, admin):
        """
        T12: a function may ask for the parent, overrides included.
        """
        account = lab.build("admin_account", admin=admin)

        assert admin is account["profile"]["admin"]

    def test_override(self, lab):
        """
        T13: an override may be a function, also under a new key.
        """
        user = lab.build("user", foo_bar=lambda: lab.build("foo_bar"))

        assert FooBar() == user["foo_bar"]

    def test_full_control_is_not_evaluated(self, lab):
        """
        T14: a factory with full control evaluates for itself.
        """
        comment = lab.build("comment", name="James", user=lambda: lab.build("user"))

        assert callable(comment["user"])
        assert {"id": 3, "name": "John Doe", "admin": False} == comment["user"]()

    def test_nested(self, lab):
        """
        T15: functions of nested builds are evaluated, too.
        """
        account = lab.build(
            "account",
            profile=lambda: lab.build("profile", user=lambda: lab.build("user")),
        )

        assert "username" in account["profile"]
        assert "John Doe" == account["profile"]["user"]["name"]
        assert False is account["profile"]["user"]["admin"]

    def test_list(self, lab):
        """
        T16: a function may make a list.
        """
        user = lab.build("user", profiles=lambda: [lab.build("profile")])

        assert {"username", "user"} == set(user["profiles"][0])
