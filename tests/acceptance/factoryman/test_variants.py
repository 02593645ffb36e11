"""
FactoryMan: variants (rows 93-101, 162-188, 263).
"""

from dataclasses import dataclass

import pytest

from machina_lab import (
    Lab,
    MachinaError,
    UndefinedFactoryError,
    UnknownAttributeError,
    VariantError,
    sequence,
)
from tests.support.factoryman import User


@dataclass
class Person:
    name: str = "person"
    role: str = "member"
    title: str | None = None
    confirmed: bool = False
    banned: bool = False


@pytest.fixture(name="people")
def _people():
    """
    Return FactoryMan's person with its variants.
    """
    lab = Lab()
    lab.factory(name="person", model=Person)(lambda: {"name": "person"})
    lab.factory(name="greeting")(lambda name="world": f"Hello, {name}!")

    @lab.variant("person")
    def admin(params):
        return {"role": "admin", "title": "Administrator", **params}

    lab.variant("person", "moderator", defaults={"role": "moderator"})
    lab.variant("person", "confirmed", defaults={"confirmed": True})
    lab.variant("admin_person", "senior", defaults={"title": "Senior admin"})
    lab.variant("person", "boss", as_="chief", defaults={"title": "Boss"})
    lab.variant("chief", "big", defaults={"name": "big boss"})

    @lab.variant("greeting")
    def loud(name="world"):
        return name.upper()

    @lab.variant("greeting")
    def excited(name="world"):
        return name + "!!"

    return lab


class TestDemo:
    def test_family(self, demo):
        """
        Row 93: a variant has params and struct functions of its own.
        """
        assert demo.build_admin_user_params()["username"].startswith("admin-")
        assert demo.build_admin_user_struct().username.startswith("admin-")

    def test_caller_wins(self, demo):
        """
        Row 94: the caller wins over the variant's defaults.
        """
        user = demo.build_guest_user_struct({"first_name": "Custom"})

        assert ("guest", "Custom") == (user.username, user.first_name)

    def test_insert(self, demo):
        """
        Row 95: a variant is inserted.
        """
        user = demo.insert_admin_user()

        assert isinstance(user.id, int)
        assert user.username.startswith("admin-")

    def test_list(self, demo):
        """
        Row 96: a variant has lists.
        """
        users = demo.build_admin_user_struct_list(3)

        assert [User] * 3 == [type(user) for user in users]

    def test_as(self, demo):
        """
        Row 97: a name of its own replaces the default name.
        """
        assert demo.build_mod_struct().username.startswith("mod-")
        assert not hasattr(demo, "build_moderator_user_struct")

    def test_value_base(self, demo):
        """
        Row 98: a variant of a value factory.
        """
        assert "Hello, WORLD!" == demo.build_loud_greeting()
        assert "Hello, ALICE!" == demo.build_loud_greeting("alice")

    def test_list_of_value_base(self, demo):
        """
        Row 99: and its lists.
        """
        assert ["Hello, WORLD!"] * 2 == demo.build_loud_greeting_list(2)

    def test_unknown_base(self, lab):
        """
        Row 100: the base must exist.
        """
        with pytest.raises(UndefinedFactoryError, match="'nonexistent'"):
            lab.variant("nonexistent", "admin", defaults={"a": 1})

    def test_variant_of_a_variant(self, demo):
        """
        Row 101: a variant may build on another.
        """
        user = demo.build_senior_user_struct()

        assert "Senior" == user.first_name
        assert user.username.startswith("admin-")
        assert isinstance(demo.insert_senior_user().id, int)

    def test_is_its_base_with_params(self, people):
        """
        Row 263: a variant is its base with these params; the caller wins.
        """
        same = people.build_person_struct({"role": "admin", "title": "Administrator"})

        assert same == people.build_admin_person_struct()
        got = people.build_admin_person_struct({"role": "superadmin"})
        assert "superadmin" == got.role


class TestCombined:
    def test_two(self, people):
        """
        Row 162: two variants add up.
        """
        person = people.build("person+admin+confirmed")

        assert ("admin", True) == (person.role, person.confirmed)

    def test_order(self, people):
        """
        Row 163: the later one wins.
        """
        one = people.build("person+admin+moderator")
        two = people.build("person+moderator+admin")

        assert ("moderator", "Administrator") == (one.role, one.title)
        assert "admin" == two.role

    def test_caller(self, people):
        """
        Row 164: the caller wins over all.
        """
        assert "owner" == people.build("person+admin+moderator", role="owner").role

    def test_none(self, people):
        """
        Row 165: no variant is the base itself.
        """
        handle = people.factories()["person"]

        assert people.build("person") == handle.variant().build()

    @pytest.mark.parametrize(
        ("verb", "read"),
        [
            ("params_for", lambda got: [got["role"]]),
            ("string_params_for", lambda got: [got["role"]]),
            ("build", lambda got: [got.role]),
            ("build_pair", lambda got: [each.role for each in got]),
        ],
    )
    def test_every_function(self, people, verb, read):
        """
        Row 167: every verb applies them.
        """
        assert {"admin"} == set(read(getattr(people, verb)("person+admin")))

    def test_on_a_variant(self, people):
        """
        Row 168: a variant's name takes further ones.
        """
        got = people.build("admin_person+moderator")

        assert people.build("person+admin+moderator") == got

    def test_twice(self, people):
        """
        Row 166: a variant that is named twice runs once.
        """
        calls = []

        @people.variant("person")
        def counted(params):
            calls.append(1)
            return params

        people.build("person+counted+admin+counted")

        assert [1] == calls

    def test_own_name(self, people):
        """
        Row 169: a combination takes the variant's own name.
        """
        assert "Boss" == people.build("person+boss").title
        assert "Boss" == people.build_chief_struct().title

    @pytest.mark.parametrize("name", ["admn", "loud"])
    def test_unknown(self, people, name):
        """
        Row 170: an unknown variant is told with the known ones.
        """
        with pytest.raises(
            VariantError, match=rf"'person'.*{name!r}.*admin, moderator"
        ):
            people.build(f"person+{name}")

    def test_extended(self, people):
        """
        Row 172: a variant that builds on another wins over it.
        """
        got = people.build_senior_admin_person_struct()

        assert ("admin", "Senior admin") == (got.role, got.title)

    def test_extended_with_a_name(self, people):
        """
        Row 173: the base may be called by the name of its own.
        """
        got = people.build_big_chief_struct()

        assert ("big boss", "Boss") == (got.name, got.title)

    def test_values(self, people):
        """
        Row 175: variants of a value factory combine as well.
        """
        assert "Hello, BOB!" == people.build("greeting+loud", "bob")
        assert ["Hello, BOB!"] * 2 == people.build_list(2, "greeting+loud", "bob")
        assert "Hello, BOB!!!" == people.build("greeting+loud+excited", "bob")

    def test_reflection(self, people):
        """
        Row 134: a handle lists its variants by their own names.
        """
        handles = people.factories()

        assert {"admin", "moderator", "confirmed", "boss"} <= set(
            handles["person"].variants
        )
        assert ["loud", "excited"] == list(handles["greeting"].variants)


class TestWithoutABody:
    def test_defaults(self, people):
        """
        Row 177: defaults lose to the caller; the whole family exists.
        """
        lab = people
        lab.variant("person", "vip", defaults={"role": "vip", "title": "VIP"})

        assert ("vip", "VIP") == (
            lab.build_vip_person_struct().role,
            lab.build_vip_person_struct().title,
        )
        assert "owner" == lab.build_vip_person_struct({"role": "owner"}).role
        assert "vip" == lab.build_vip_person_params()["role"]
        assert ["vip"] == [each.role for each in lab.build_vip_person_struct_list(1)]

    def test_functions(self, people):
        """
        Row 178: a function in defaults is evaluated for each build.
        """
        people.variant("person", "counted", defaults={"name": lambda: sequence("p")})

        assert ["p0", "p1"] == [
            each.name for each in people.build_counted_person_struct_list(2)
        ]

    def test_no_mapping(self, people):
        """
        Row 179: defaults must be a mapping.
        """
        with pytest.raises(MachinaError, match="map"):
            people.variant("person", "listed", defaults=[("role", "admin")])

    def test_lazy(self, people):
        """
        Row 180: such a function may ask for the record.
        """
        people.variant(
            "person", "titled", defaults={"title": lambda it: f"Title of {it.name}"}
        )

        assert "Title of person" == people.build_titled_person_struct().title

    def test_force(self, people):
        """
        Row 181: what is forced beats the caller.
        """
        people.variant("person", "banned", force={"banned": True})

        assert True is people.build_banned_person_struct({"banned": False}).banned

    def test_defaults_and_force(self, people):
        """
        Row 182: both in one.
        """
        people.variant(
            "person", "mixed", defaults={"role": "default"}, force={"title": "forced"}
        )

        got = people.build_mixed_person_struct({"role": "caller", "title": "caller"})
        assert ("caller", "forced") == (got.role, got.title)
        assert "default" == people.build_mixed_person_struct().role

    def test_as(self, people):
        """
        Row 184: without a body, too, a variant may have a name of its own.
        """
        assert "Boss" == people.build_chief_params()["title"]
        assert "boss" in people.factories()["person"].variants

    def test_typo(self, people):
        """
        Row 187: a typo in defaults is found.
        """
        people.variant("person", "typo", defaults={"rol": "admin"})

        with pytest.raises(UnknownAttributeError, match=r"'rol'.*'role'"):
            people.build("person+typo")

    def test_both_forms(self, people):
        """
        Row 189: a variant has a body, or defaults and force, not both.
        """
        with pytest.raises(MachinaError, match=r"both|body"):
            people.variant("person", "both", defaults={"role": "x"})(dict)

    def test_unknown_option(self, people):
        """
        Row 189: an option that a variant lacks is told with the nearest one.
        """
        with pytest.raises(MachinaError, match=r"'default'.*'defaults'"):
            people.variant("person", "both", default={"role": "x"})

    def test_value_base(self, people):
        """
        Row 188: defaults of a value factory merge into its mapping, nothing else.
        """
        people.factory(name="event")(lambda params: dict(params))
        people.variant("event", "deletion", defaults={"action": "delete"})

        assert {"action": "delete"} == people.build_deletion_event()
        assert {"action": "archive"} == people.build_deletion_event(
            {"action": "archive"}
        )
        with pytest.raises(TypeError, match="map"):
            people.build_deletion_event("world")
