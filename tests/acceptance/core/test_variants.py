"""
Variants: with a body, without one, combined, and who wins.
"""

from dataclasses import dataclass

import pytest

from machina_lab import (
    DuplicateFactoryError,
    Lab,
    MachinaError,
    OptionError,
    UndefinedFactoryError,
    UnknownAttributeError,
    VariantError,
    assoc,
    sequence,
)
from tests.support.bodies import empty


@dataclass
class User:
    name: str = "person"
    role: str = "member"
    title: str | None = None
    confirmed: bool = False


@pytest.fixture(autouse=True)
def _factories(lab):
    @lab.factory(model=User)
    def user():
        return {"name": sequence("user"), "title": lambda it: f"The {it.role}"}

    @lab.variant("user")
    def admin(params):
        return {"role": "admin", **params}

    @lab.variant("user", as_="mod")
    def moderator(params):
        return {"role": "moderator", **params}

    lab.variant("user", "confirmed", defaults={"confirmed": True})


class TestWithABody:
    def test_called_by_both_names(self, lab):
        """
        A variant is a factory called variant_base.
        """
        assert User("user0", "admin", "The admin") == lab.build("admin_user")
        assert "admin" == lab.build("user+admin").role

    def test_caller_wins_over_defaults(self, lab):
        """
        A body that puts the caller's params last lets the caller win.
        """
        assert "owner" == lab.build("admin_user", role="owner").role

    def test_as_replaces_the_whole_name(self, lab):
        """
        `as_` is the name; the default name does not exist.
        """
        assert "moderator" == lab.build("mod").role
        with pytest.raises(UndefinedFactoryError, match="'moderator_user'"):
            lab.build("moderator_user")

    def test_composed_names_use_the_variants_own_name(self, lab):
        """
        Whatever `as_` says, `+` takes the variant's own name.
        """
        assert "moderator" == lab.build("user+moderator").role

    def test_whole_family(self, lab):
        """
        A variant has the base's functions under its own name.
        """
        assert {
            "build_admin_user_params",
            "build_admin_user_params_list",
            "build_admin_user_struct",
            "build_admin_user_struct_list",
            "params_for_admin_user",
            "string_params_for_admin_user",
            "build_mod_struct",
        } <= set(dir(lab))
        assert "build_moderator_user_struct" not in dir(lab)
        assert "admin" == lab.build_admin_user_params()["role"]
        assert ["admin"] * 2 == [u.role for u in lab.build_admin_user_struct_list(2)]

    def test_variants_are_no_factories(self, lab):
        """
        `lab.factories()` lists bases; a handle lists its variants.
        """
        assert ["user"] == list(lab.factories())
        assert ["admin", "moderator", "confirmed"] == list(
            lab.factories()["user"].variants
        )

    def test_value_base(self, lab):
        """
        A variant of a value factory preprocesses any argument.
        """
        lab.factory(name="greeting")(lambda name="world": f"Hello, {name}!")

        @lab.variant("greeting")
        def loud(name="world"):
            return name.upper()

        assert "Hello, WORLD!" == lab.build("loud_greeting")
        assert "Hello, AL!" == lab.build("greeting+loud", "al")
        assert ["Hello, AL!"] * 2 == lab.build_loud_greeting_list(2, "al")

    def test_caller_is_not_mutated(self, lab):
        """
        A body that changes its params changes a copy.
        """

        @lab.variant("user")
        def greedy(params):
            params["role"] = params.pop("job", "none")
            return params

        given = {"job": "cook"}

        assert ["cook"] * 2 == [u.role for u in lab.build_list(2, "greedy_user", given)]
        assert {"job": "cook"} == given

    def test_body_that_returns_nothing(self, lab):
        """
        A body that forgets its `return` would lose what the caller gave: it raises.
        """

        @lab.variant("user")
        def forgetful(params):
            params["role"] = "lost"

        with pytest.raises(MachinaError, match=r"forgetful.*None"):
            lab.build("forgetful_user", name="Al")

    def test_typo_of_a_body(self, lab):
        """
        Keys that a variant makes up are checked like the caller's.
        """

        @lab.variant("user")
        def broken(params):
            return {"rol": "admin", **params}

        with pytest.raises(UnknownAttributeError, match=r"'rol'.*'role'"):
            lab.build("broken_user")


class TestWithoutABody:
    def test_defaults_lose_to_the_caller(self, lab):
        """
        Defaults replace the base's values, and the caller's replace them.
        """
        assert lab.build("confirmed_user").confirmed
        assert not lab.build("confirmed_user", confirmed=False).confirmed

    def test_force_beats_everybody(self, lab):
        """
        What is forced stays, whatever the caller says.
        """
        lab.variant("user", "banned", force={"role": "banned"})

        assert "banned" == lab.build("banned_user", role="owner").role
        assert "banned" == lab.build("user+banned+admin", role="owner").role
        assert "banned" == lab.build("user+admin+banned", role="owner").role

    def test_defaults_and_force_together(self, lab):
        """
        One variant may have both.
        """
        lab.variant("user", "vip", defaults={"role": "vip"}, force={"confirmed": True})

        got = lab.build("vip_user", role="caller", confirmed=False)

        assert ("caller", True) == (got.role, got.confirmed)

    def test_functions_are_lazies(self, lab):
        """
        A function in defaults or force is evaluated per record, with its parent.
        """
        lab.variant(
            "user",
            "numbered",
            defaults={"name": lambda: sequence("number")},
            force={"title": lambda it: it.name.upper()},
        )

        got = lab.build_list(2, "numbered_user")

        assert [("number0", "NUMBER0"), ("number1", "NUMBER1")] == [
            (each.name, each.title) for each in got
        ]

    def test_a_mapping_goes_through_an_association_of_defaults(self, lab):
        """
        What a caller says of an optional parent is said to the parent's factory.
        """

        @lab.factory
        def note():
            return {"text": "Hello"}

        lab.variant("note", "signed", defaults={"by": assoc("user", role="author")})

        signed = lab.build("note+signed", by={"name": "Ada"})["by"]

        assert User("Ada", "author", "The author") == signed
        assert lab.build("note+signed", by=None)["by"] is None
        assert signed is lab.build("note+signed", by=signed)["by"]

    def test_as(self, lab):
        """
        A variant without a body may have a name of its own.
        """
        lab.variant("user", "boss", as_="chief", defaults={"role": "boss"})

        assert "boss" == lab.build_chief_struct().role
        assert "boss" == lab.build("user+boss").role

    def test_defined_again_replaces(self, lab):
        """
        Without a body a variant is known by its name: a cell may run twice.
        """
        lab.variant("user", "confirmed", defaults={"confirmed": "again"})

        assert "again" == lab.build("confirmed_user").confirmed

    def test_typo(self, lab):
        """
        Unknown keys in defaults are found when the base builds.
        """
        lab.variant("user", "broken", defaults={"rol": "admin"})

        with pytest.raises(UnknownAttributeError, match=r"'rol'.*'role'"):
            lab.build("broken_user")

    @pytest.mark.parametrize("wrong", [["role"], "role", 3], ids=repr)
    def test_no_mapping(self, lab, wrong):
        """
        Defaults and force are mappings.
        """
        with pytest.raises(MachinaError, match=r"listed.*map"):
            lab.variant("user", "listed", defaults=wrong)


class TestCombined:
    def test_left_to_right(self, lab):
        """
        A later variant wins over an earlier one.
        """
        assert "moderator" == lab.build("user+admin+moderator").role
        assert "admin" == lab.build("user+moderator+admin").role

    def test_all_apply(self, lab):
        """
        Variants that touch different keys add up; the caller still wins.
        """
        got = lab.build("user+admin+confirmed", name="Al")

        assert User("Al", "admin", "The admin", confirmed=True) == got

    def test_full_name_may_be_a_base(self, lab):
        """
        `admin_user+confirmed` is `user+admin+confirmed`.
        """
        got = lab.build("admin_user+confirmed", name="Al")

        assert lab.build("user+admin+confirmed", name="Al") == got

    def test_every_verb_takes_them(self, lab):
        """
        Composed names work wherever a factory's name does.
        """
        name = "user+admin+confirmed"

        assert ["admin"] * 2 == [each.role for each in lab.build_pair(name)]
        assert ["admin"] * 3 == [each.role for each in lab.build_list(3, name)]
        assert "admin" == lab.params_for(name)["role"]
        assert "admin" == lab.string_params_for(name)["role"]

    def test_handles_select(self, lab):
        """
        `handle.variant(...)` gives a handle with these variants.
        """
        user = lab.factories()["user"]

        assert ("admin", True) == (
            user.variant("admin", "confirmed").build().role,
            user.variant("admin", "confirmed").build().confirmed,
        )
        assert "admin" == user.variant("admin").build_list(1)[0].role

    def test_variant_of_a_variant(self, lab):
        """
        A variant's full name may be the base of another.
        """

        @lab.variant("admin_user", as_="senior_user")
        def senior(params):
            return {"title": "Senior", **params}

        got = lab.build("senior_user")

        assert ("admin", "Senior") == (got.role, got.title)


class TestErrors:
    def test_unknown_variant(self, lab):
        """
        An unknown variant raises with the nearest and all known ones.
        """
        with pytest.raises(VariantError, match=r"'admn'.*'admin'.*confirmed") as caught:
            lab.build("user+admn")

        assert isinstance(caught.value, LookupError)

    def test_variant_of_another_factory(self, lab):
        """
        Variants belong to their base.
        """
        lab.factory(name="event")(empty)

        with pytest.raises(VariantError, match=r"'event'.*'admin'"):
            lab.build("event+admin")

    def test_unknown_base(self, lab):
        """
        A variant needs a base that exists, with the nearest name.
        """
        with pytest.raises(UndefinedFactoryError, match=r"'usr'.*'user'"):

            @lab.variant("usr")
            def lost(params):
                return params

    def test_plus_in_a_name(self, lab):
        """
        `+` is refused in a variant's name.
        """
        with pytest.raises(OptionError, match=r"a\+b"):
            lab.variant("user", "a+b", defaults={"role": "x"})

    def test_two_bodies_of_one_name(self, lab):
        """
        Two variants of one name from two places collide.
        """
        with pytest.raises((DuplicateFactoryError, OptionError), match="admin"):

            @lab.variant("user")
            def admin(params):
                return params

    def test_name_of_a_factory(self, lab):
        """
        A variant's full name may not be another factory's.
        """
        lab.factory(name="guest_user")(empty)

        with pytest.raises((DuplicateFactoryError, OptionError), match="guest_user"):
            lab.variant("user", "guest", defaults={"role": "guest"})

    @pytest.mark.parametrize("count", [0, 2])
    def test_wrong_shape(self, lab, count):
        """
        A variant's body takes exactly one positional.
        """

        def two(a, b):
            return {}

        with pytest.raises(MachinaError, match=r"one (positional|argument)"):
            lab.variant("user")(empty if count == 0 else two)

    def test_composed_name_without_a_variant(self):
        """
        An empty part of a composed name is no variant.
        """
        lab = Lab()
        lab.factory(name="user")(empty)

        with pytest.raises(MachinaError, match=r"user|''"):
            lab.build("user+")
