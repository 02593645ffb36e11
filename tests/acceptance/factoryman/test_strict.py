"""
FactoryMan: strict factories (rows 147-161).
"""

from dataclasses import dataclass, field

import pytest

from machina_lab import Lab, OptionError, UnknownAttributeError, assoc


@dataclass
class User:
    username: str = "default"
    email: str | None = None


@dataclass
class Account:
    name: str = "account"
    settings: dict = field(default_factory=dict)
    owner: User | None = None


@pytest.fixture(name="lab")
def _lab():
    lab = Lab(strict="all")

    @lab.factory(model=User)
    def user(params):
        return {"username": "default", **params}

    lab.factory(name="forgetful", model=User)(lambda params: {"username": "forgetful"})
    lab.factory(name="loud", model=User)(
        lambda params: {"username": params.get("username", "x").upper()}
    )
    lab.variant("user", "admin", defaults={"username": "admin"})
    return lab


class TestUnknownKeys:
    def test_known(self, lab):
        """
        Row 147: a known key builds.
        """
        assert "alice" == lab.build_user_struct({"username": "alice"}).username

    @pytest.mark.parametrize(
        "call",
        [
            lambda lab: lab.build_user_struct({"usernme": "typo"}),
            lambda lab: lab.params_for_user({"usernme": "typo"}),
            lambda lab: lab.build_admin_user_struct({"usernme": "typo"}),
            lambda lab: lab.build("user+admin", usernme="typo"),
        ],
        ids=["struct", "params", "variant", "combined"],
    )
    def test_unknown(self, lab, call):
        """
        Row 148: an unknown key raises, whatever the door.
        """
        with pytest.raises(UnknownAttributeError, match=r"'usernme'.*'username'"):
            call(lab)

    def test_value_factory(self, lab):
        """
        Row 149: a factory without a class takes any key.
        """
        lab.factory(name="payload")(lambda params: {"a": 1, **params})

        assert {"a": 1, "anything": 2} == lab.build_payload({"anything": 2})

    def test_off(self):
        """
        Row 158: `strict=False` ignores what the class does not have.
        """
        lab = Lab(strict=True)
        lab.factory(name="user", model=User, strict=False)(
            lambda params: {"username": "u", **params}
        )

        assert User("u") == lab.build_user_struct({"usernme": "typo"})


class TestIgnoredParams:
    def test_ignored(self, lab):
        """
        Row 150: a body that forgot to merge is found, with the key.
        """
        with pytest.raises(UnknownAttributeError, match=r"(?s)forgetful.*username"):
            lab.build_forgetful_struct({"username": "alice"})
        with pytest.raises(UnknownAttributeError, match=r"(?s)forgetful.*email"):
            lab.build_forgetful_struct({"email": "a@b.c"})

    def test_nothing_given(self, lab):
        """
        Row 150: with nothing given there is nothing to forget.
        """
        assert User("forgetful") == lab.build_forgetful_struct()

    def test_record_body(self, lab):
        """
        Row 151: a body that returns a record is held to it as well.
        """

        @lab.factory
        def direct(params) -> User:
            return User(username=params.get("username", "d"))

        assert User("alice") == lab.build_direct_struct({"username": "alice"})
        with pytest.raises(UnknownAttributeError, match="email"):
            lab.build_direct_struct({"email": "a@b.c"})

    def test_changed(self, lab):
        """
        Row 152: a body that changed what it was given is found.
        """
        with pytest.raises(UnknownAttributeError, match=r"(?s)loud.*username"):
            lab.build_loud_struct({"username": "alice"})

    def test_lazy(self, lab):
        """
        Row 153: functions are not compared.
        """
        got = lab.build_user_struct({"username": lambda: "lazy"})

        assert "lazy" == got.username

    def test_hook(self, lab):
        """
        Row 155: a key that a hook adds and the body takes out is fine.
        """

        def add(params):
            return {**params, "domain": "x.test"}

        @lab.factory(model=User, hooks={"before_build_params": add})
        def mailed(params):
            domain = params.pop("domain")
            return {"email": f"a@{domain}", **params}

        assert "a@x.test" == lab.build_mailed_struct().email

    def test_merged_mapping(self, lab):
        """
        Row 156: a body may add to a mapping that it was given, not replace it.
        """
        lab.factory(name="themed", model=Account)(
            lambda params: {**params, "settings": {"a": 1, **params["settings"]}}
        )
        lab.factory(name="fixed", model=Account)(
            lambda params: {**params, "settings": {"a": 1}}
        )
        given = {"settings": {"theme": "dark"}}

        got = lab.build_themed_struct(given)

        assert {"a": 1, "theme": "dark"} == got.settings
        with pytest.raises(UnknownAttributeError, match="settings"):
            lab.build_fixed_struct(given)

    @pytest.mark.parametrize("body", [[("username", "x")], None, "text"], ids=repr)
    def test_body_of_another_kind(self, lab, body):
        """
        Row 154: a body that returns neither mapping nor record is told so.
        """
        lab.factory(name="odd", model=User)(lambda: body)

        with pytest.raises(TypeError, match=r"'odd'.*User"):
            lab.build_odd_struct()

    def test_association(self, lab):
        """
        Row 157: a mapping that the body merged over its reference is kept.
        """

        @lab.factory(model=Account)
        def account(params):
            return {"owner": assoc("user"), **params}

        got = lab.build_account_struct({"owner": {"username": "o"}})

        assert {"username": "o"} == got.owner


class TestOptions:
    @pytest.mark.parametrize("wrong", ["yes", 3, ["domain"]], ids=repr)
    def test_invalid(self, wrong):
        """
        Row 160: `strict` is True, False or "all".
        """
        with pytest.raises(OptionError, match="strict"):
            Lab(strict=wrong)

    @pytest.mark.parametrize("params", [[("username", "x")], "text", 1], ids=repr)
    def test_no_mapping(self, lab, params):
        """
        Row 161: params of a struct factory are a mapping.
        """
        with pytest.raises(TypeError, match=r"map.*user|user.*map"):
            lab.build_user_struct(params)
