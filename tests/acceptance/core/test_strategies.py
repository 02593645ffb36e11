"""
Strategies: verbs of your own, in three forms, on the lab and on handles.
"""

import json

from dataclasses import FrozenInstanceError, asdict, dataclass

import pytest

from machina_lab import Lab, MachinaError, OptionError, Strategy, name_from_record


@dataclass
class User:
    name: str = "Jane"


class JsonEncode(Strategy, function_name="json_encode"):
    """
    Build a record and return it as JSON.
    """

    def handle(self, record, details):
        return json.dumps(asdict(record), indent=details.options.get("indent"))


class Batch(Strategy, function_name="batch"):
    def handle(self, record, details):
        return [record]

    def handle_list(self, records, details):
        return {"count": len(records), "records": records}


@pytest.fixture(name="user", autouse=True)
def _user(lab):
    @lab.factory
    def user():
        return User()

    return user


@pytest.fixture(name="spy")
def _spy():
    """
    Return a strategy that notes what it handles in `Spy.calls`.
    """

    class Spy(Strategy, function_name="spy"):
        calls = []  # noqa: RUF012 - one list for the one class of this test

        def handle(self, record, details):
            self.calls.append((record, details))
            return record

    return Spy


class TestForms:
    @pytest.fixture(autouse=True)
    def _use(self, lab):
        lab.use(JsonEncode)

    def test_by_name(self, lab):
        """
        A factory's name: build, then handle.
        """
        assert '{"name": "Jane"}' == lab.json_encode("user")
        assert '{"name": "Al"}' == lab.json_encode("user", name="Al")
        assert '{"name": "Al"}' == lab.json_encode("user", {"name": "Al"})

    def test_by_record(self, lab):
        """
        A record: handle it.
        """
        assert '{"name": "Bo"}' == lab.json_encode(User("Bo"))

    def test_pair_and_list(self, lab):
        """
        Every strategy has `_pair` and `_list`.
        """
        assert ['{"name": "Jane"}'] * 2 == lab.json_encode_pair("user")
        assert ['{"name": "Al"}'] * 3 == lab.json_encode_list(3, "user", name="Al")
        assert [] == lab.json_encode_list(0, "user")

    def test_handles_have_the_verb(self, user):
        """
        Handles have a verb for each strategy.
        """
        assert '{"name": "Al"}' == user.json_encode(name="Al")
        assert ['{"name": "Jane"}'] * 2 == user.json_encode_pair()
        assert ['{"name": "Jane"}'] * 3 == user.json_encode_list(3)

    def test_verbs_are_listed(self, lab, user):
        """
        Completion finds the new verbs, and they explain themselves.
        """
        names = {"json_encode", "json_encode_pair", "json_encode_list"}

        assert names <= set(dir(lab))
        assert names <= set(dir(user))
        assert "JSON" in lab.json_encode.__doc__
        assert "json_encode_list" == lab.json_encode_list.__name__

    def test_composed_names(self, lab):
        """
        A strategy takes variants like any verb.
        """
        lab.variant("user", "boss", defaults={"name": "Boss"})

        assert '{"name": "Boss"}' == lab.json_encode("user+boss")

    def test_count_is_checked(self, lab):
        """
        The list form checks its count.
        """
        with pytest.raises(ValueError, match="-1"):
            lab.json_encode_list(-1, "user")

    def test_attributes_beside_a_record(self, lab):
        """
        A record takes no overrides.
        """
        with pytest.raises(OptionError, match="record"):
            lab.json_encode(User(), name="Al")
        with pytest.raises(OptionError, match="record"):
            lab.json_encode(User(), {"name": "Al"}, {"indent": 2})


class TestDetails:
    def test_options_of_use(self, lab):
        """
        Options given to `use` arrive in the details.
        """
        lab.use(JsonEncode, indent=1)

        assert '{\n "name": "Jane"\n}' == lab.json_encode("user")

    def test_details_of_a_name(self, lab, user, spy):
        """
        The details hold lab, factory, options and call options.
        """
        lab.use(spy, color="red")

        lab.spy("user", {"name": "Al"}, {"loud": True})
        ((record, details),) = spy.calls

        assert User("Al") == record
        assert lab is details.lab
        assert user is details.factory
        assert {"color": "red"} == dict(details.options)
        assert {"loud": True} == dict(details.call_options)

    def test_details_of_a_record(self, lab, spy):
        """
        A bare record has no factory; options come third.
        """
        lab.use(spy)
        mine = User("mine")

        lab.spy(mine)
        lab.spy(mine, None, {"loud": True})
        (first, one), (second, two) = spy.calls

        assert mine is first is second
        assert None is one.factory is two.factory
        assert {} == dict(one.call_options)
        assert {"loud": True} == dict(two.call_options)

    def test_details_are_frozen(self, lab, spy):
        """
        A handler cannot change its details.
        """
        lab.use(spy)
        lab.spy("user")
        details = spy.calls[0][1]

        with pytest.raises((FrozenInstanceError, AttributeError), match="lab"):
            details.lab = None

    def test_list_handles_each(self, lab, spy):
        """
        Without `handle_list`, each record is handled by itself.
        """
        lab.use(spy)

        lab.spy_list(3, "user")

        assert [User()] * 3 == [record for record, _ in spy.calls]


class TestHandleList:
    def test_takes_all_at_once(self, lab):
        """
        With `handle_list`, a list is handled in one call.
        """
        lab.use(Batch)

        assert {"count": 3, "records": [User()] * 3} == lab.batch_list(3, "user")
        assert [User()] == lab.batch("user")

    def test_none(self, lab):
        """
        A list of none is handled, too.
        """
        lab.use(Batch)

        assert {"count": 0, "records": []} == lab.batch_list(0, "user")


class TestRegistering:
    def test_values_that_are_no_records(self, lab, spy):
        """
        A factory that makes texts is handled, never taken for another name.
        """
        lab.factory(name="word")(lambda value="user": value)
        lab.use(spy)

        assert "user" == lab.spy("word")
        assert ["user"] == [record for record, _ in spy.calls]

    def test_children_inherit(self, lab):
        """
        A child lab has the strategies of its base.
        """
        lab.use(JsonEncode)

        assert '{"name": "Jane"}' == Lab(extends=lab).json_encode("user")

    def test_used_again_replaces(self, lab):
        """
        A cell that uses a strategy twice is fine; the last options count.
        """
        lab.use(JsonEncode)
        lab.use(JsonEncode, indent=1)

        assert "\n" in lab.json_encode("user")

    def test_taken_name(self, lab):
        """
        A strategy may not hide a verb.
        """

        class Build(Strategy, function_name="build"):
            def handle(self, record, details):
                return record

        with pytest.raises(OptionError, match="build"):
            lab.use(Build)

    def test_function_name_is_needed(self):
        """
        A strategy says how it is called.
        """

        def define():
            class Nameless(Strategy):
                def handle(self, record, details):
                    return record

            Lab().use(Nameless)

        with pytest.raises((MachinaError, TypeError), match="function_name"):
            define()

    def test_no_strategy(self, lab):
        """
        Only strategies can be used.
        """
        with pytest.raises(TypeError, match="Strategy"):
            lab.use(User)


class TestNameFromRecord:
    @pytest.mark.parametrize(
        ("class_name", "expected"),
        [
            ("User", "user"),
            ("TwoWord", "two_word"),
            ("HTTPServer", "http_server"),
            ("APIKey2", "api_key2"),
        ],
    )
    def test_snake_case(self, class_name, expected):
        """
        The name is the class in snake case, runs of capitals kept together.
        """
        assert expected == name_from_record(type(class_name, (), {})())
