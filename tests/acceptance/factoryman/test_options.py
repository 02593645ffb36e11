"""
FactoryMan: options, heads, value factories (rows 77-92, 102-110, 265).
"""

import datetime as dt
import inspect

import pytest

from machina_lab import Lab, MachinaError, OptionError, UnknownAttributeError
from tests.support.factoryman import User


class TestSwitches:
    def test_insert_off(self, demo):
        """
        Row 77: without insert, the builders stay.
        """
        assert callable(demo.build_non_insertable_params)
        assert callable(demo.build_non_insertable_struct)
        assert not hasattr(demo, "insert_non_insertable")

    def test_params_off(self, demo):
        """
        Row 78: without params, the struct's functions stay.
        """
        assert callable(demo.build_raw_user_struct)
        assert not hasattr(demo, "build_raw_user_params")
        assert not hasattr(demo, "build_raw_user_params_list")
        assert callable(demo.insert_raw_user)

    def test_body_that_returns_a_record(self, lab):
        """
        Row 79: where they are not switched off, its params are a plain dict.
        """

        @lab.factory
        def raw_user() -> User:
            return User(username="raw-user-1")

        got = lab.build_raw_user_params()

        assert dict is type(got)
        assert "raw-user-1" == got["username"]

    def test_record_body(self, demo):
        """
        Row 80: the body's record is the struct.
        """
        assert demo.build_raw_user_struct().username.startswith("raw-user-")
        got = demo.build_raw_user_struct({"username": "custom"})
        assert "custom" == got.username

    def test_value_factory(self, lab):
        """
        Row 81: a value factory does not care for that option.
        """
        lab.factory(name="thing", build_params=False)(
            lambda params: {"name": "hello", **params}
        )

        assert {"name": "hello"} == lab.build_thing()
        assert {"name": "world"} == lab.build_thing({"name": "world"})

    def test_for_the_whole_lab(self):
        """
        Row 82: the option of a lab reaches its factories, each in its way.
        """
        lab = Lab(build_params=False)
        lab.factory(name="plain")(lambda: {"a": 1})
        lab.factory(name="user", model=User)(lambda params: User(username="raw"))

        assert {"a": 1} == lab.build_plain()
        assert "raw" == lab.build_user_struct().username
        assert not hasattr(lab, "build_user_params")

    def test_invalid(self, lab):
        """
        Row 83: an option that does not exist is refused.
        """
        with pytest.raises(OptionError, match="'body'"):
            lab.factory(name="thing", body="map")(lambda: {"a": 1})

    def test_hook(self, demo):
        """
        Row 84: a hook after the params adds to them.
        """
        got = demo.build_hooked()

        assert True is got["hook_applied"]
        assert isinstance(got["name"], str)

    def test_key_that_is_no_field(self, lab):
        """
        Row 85: a body's key that the class lacks is named with its factory.
        """
        lab.factory(name="broken", model=User)(lambda: {"usernme": "x"})

        with pytest.raises(UnknownAttributeError, match=r"'usernme'.*'broken'"):
            lab.build_broken_struct()

    def test_nothing_left(self):
        """
        Row 82: a factory with both builders off has no functions.
        """
        lab = Lab()
        lab.factory(name="user", model=User, build_params=False, build_struct=False)(
            lambda: User()
        )

        assert [] == [name for name in dir(lab) if "user" in name]


class TestHeads:
    def test_required(self, demo):
        """
        Row 86: a positional without a default is served by what is given.
        """
        got = demo.build_simple_required_params({"username": "test"})

        assert "test" == got["username"]

    def test_pattern_without_default(self, demo):
        """
        Row 87: a missing input is named; with it, extra keys are kept.
        """
        with pytest.raises(MachinaError, match="username"):
            demo.build_no_default_fallback()
        with pytest.raises(MachinaError, match="username"):
            demo.build_no_default_fallback({"other": "data"})

        got = demo.build_no_default_fallback({"username": "test", "extra": 1})
        assert {"greeting": "Hi test", "username": "test", "extra": 1} == got

    def test_pattern_with_default(self, demo):
        """
        Row 88: the default of the head serves the call without argument.
        """
        default = demo.build_combined_pattern_struct()
        alice = demo.build_combined_pattern_struct({"first_name": "Alice"})
        bob = demo.insert_combined_pattern({"first_name": "Bob"})

        assert "Default User" == default.full_name
        assert "Alice User" == alice.full_name
        assert ("Bob User", int) == (bob.full_name, type(bob.id))

    def test_default_replaces_the_whole_argument(self, demo):
        """
        Row 88: an explicit empty mapping is an argument, and lacks the input.
        """
        with pytest.raises(MachinaError, match="first_name"):
            demo.build_combined_pattern_struct({})

    def test_nested(self, demo):
        """
        Row 89: an input may be a mapping that the body looks into.
        """
        got = demo.build_nested_pattern_params({"author": {"name": "John"}})

        assert "author-john" == got["username"]
        with pytest.raises(MachinaError, match="author"):
            demo.build_nested_pattern_params({"other": "data"})

    def test_deeply_nested(self, lab):
        """
        Row 90: however deep.
        """

        @lab.factory(model=User)
        def deep_nested(params, *, config):
            return {"username": f"deep-{config['nested']['value']}"}

        got = lab.build_deep_nested_params({"config": {"nested": {"value": "test123"}}})

        assert "deep-test123" == got["username"]

    def test_two_arguments(self, lab):
        """
        Row 91: a body takes at most one positional.
        """
        with pytest.raises(OptionError, match=r"multi.*positional"):

            @lab.factory
            def multi(a, b):
                return {}

    def test_documentation(self, demo):
        """
        Row 92: every generated function is documented.
        """
        names = [name for name in dir(demo) if "combined_pattern" in name]

        assert "insert_combined_pattern_list" in names
        assert all(inspect.getdoc(getattr(demo, name)) for name in names)


class TestValues:
    def test_text(self, demo):
        """
        Row 102: a value factory makes any value from any value.
        """
        assert "Hello, world!" == demo.build_greeting()
        assert "Hello, Alice!" == demo.build_greeting("Alice")

    def test_none_and_tuples(self, demo):
        """
        Row 103: None and tuples are values.
        """
        assert None is demo.build_nothing()
        assert ("a", "b") == demo.build_couple()
        assert ("x", "y") == demo.build_couple(("x", "y"))

    def test_lists(self, demo):
        """
        Row 104: so are lists.
        """
        assert ["tag-1", "tag-2", "tag-3"] == demo.build_tags()
        assert ["item-1", "item-2", "item-3"] == demo.build_tags("item")

    def test_options(self, demo):
        """
        Row 105: options are dicts, merged by the body.
        """
        assert {"timeout": 5000, "retries": 3} == demo.build_settings()
        assert {"timeout": 5000, "retries": 10} == demo.build_settings({"retries": 10})
        assert {"timeout": 5000, "retries": 10} == demo.build_settings(retries=10)

    def test_sequence(self, demo):
        """
        Row 106: a value may count.
        """
        one, two = demo.build_unique_email(), demo.build_unique_email()

        assert ("user0@example.com", "user1@example.com") == (one, two)

    def test_list_functions(self, demo):
        """
        Row 107: lists of values, with and without an argument.
        """
        assert ["Hello, world!"] * 3 == demo.build_greeting_list(3)
        assert ["Hello, Bob!"] * 2 == demo.build_greeting_list(2, "Bob")
        assert [] == demo.build_greeting_list(0)

    def test_arguments_of_lists(self, demo):
        """
        Row 108: an argument of a list may be anything.
        """
        assert [("x", "y")] * 2 == demo.build_couple_list(2, ("x", "y"))
        expected = {"timeout": 5000, "retries": 1}
        assert [expected] * 2 == demo.build_settings_list(2, {"retries": 1})

    def test_lazies(self, demo):
        """
        Row 109: functions in options are evaluated where it is asked for.
        """
        got = demo.build_lazy_options()
        other = demo.build_lazy_options({"timeout": 9000})

        assert (5000, "timeout-5000") == (got["timeout"], got["label"])
        assert isinstance(got["created_at"], dt.datetime)
        assert (9000, "timeout-9000") == (other["timeout"], other["label"])

    def test_names(self, demo):
        """
        Row 110: value factories have no params functions.
        """
        assert callable(demo.build_non_struct)
        assert not hasattr(demo, "build_non_struct_params")
        assert not hasattr(demo, "params_for_non_struct")


class TestReflection:
    def test_lab(self, demo):
        """
        Row 265: a lab shows its options.
        """
        options = demo.options()

        assert ("parent", "parent") == (options["repo"].level, options["hooks"].level)
        assert True is options["insert"].value

    def test_factory(self, demo):
        """
        Row 265: a factory shows its own, and what it inherits.
        """
        options = demo.options("non_insertable")

        assert (False, "factory") == (options["insert"].value, options["insert"].level)
        assert User is options["model"].value
        assert "parent" == options["repo"].level
