"""
FactoryMan's generated functions: which exist, what they are called, what they take.
"""

import inspect

from dataclasses import dataclass

import pytest

from sqlalchemy import create_engine

from machina_lab import Lab, OptionError
from tests.support.bodies import empty
from tests.support.kinds import Base, MappedUser


@dataclass
class Event:
    name: str = "launch"
    place: str | None = None


PARAMS = {"build_event_params", "build_event_params_list"}
STRUCT = {"build_event_struct", "build_event_struct_list"}
PARAMS_FOR = {"params_for_event", "string_params_for_event"}
INSERT = {"insert_event", "insert_event_list"}


@pytest.fixture(name="db")
def _db(memory):
    return memory.create(Base)


def generated(lab):
    return {name for name in dir(lab) if "event" in name or "greeting" in name}


class TestWhichExist:
    @pytest.mark.parametrize(
        ("model", "options", "expected"),
        [
            (MappedUser, {}, PARAMS | STRUCT | PARAMS_FOR | INSERT),
            (Event, {}, PARAMS | STRUCT | PARAMS_FOR),
            (MappedUser, {"insert": False}, PARAMS | STRUCT | PARAMS_FOR),
            (MappedUser, {"build_struct": False}, PARAMS),
            (MappedUser, {"build_params": False}, STRUCT | PARAMS_FOR | INSERT),
            (Event, {"build_params": False}, STRUCT | PARAMS_FOR),
        ],
        ids=[
            "mapped",
            "plain",
            "insert off",
            "struct off",
            "params off",
            "plain, params off",
        ],
    )
    def test_matrix(self, db, model, options, expected):
        """
        The options leave exactly the functions of FactoryMan's table.
        """
        with Lab(db) as lab:
            lab.factory(name="event", model=model, **options)(lambda: {"name": "x"})

            assert expected == generated(lab)
            assert all(callable(getattr(lab, name)) for name in expected)

    def test_without_a_database(self):
        """
        Insert functions appear when a database is connected.
        """
        lab = Lab()
        lab.factory(name="event", model=MappedUser)(lambda: {"name": "x"})
        assert PARAMS | STRUCT | PARAMS_FOR == generated(lab)

        engine = create_engine("sqlite://")
        lab.connect(engine)

        assert PARAMS | STRUCT | PARAMS_FOR | INSERT == generated(lab)
        lab.rollback()
        engine.dispose()

    def test_without_a_model(self, lab):
        """
        A value factory has two functions.
        """
        lab.factory(name="greeting")(lambda name="world": f"Hello, {name}!")

        assert {"build_greeting", "build_greeting_list"} == generated(lab)

    @pytest.mark.parametrize(
        ("option", "function"),
        [
            ("insert", "insert_event"),
            ("build_struct", "build_event_struct"),
            ("build_params", "build_event_params"),
        ],
    )
    def test_absent_function_is_an_attribute_error(self, db, option, function):
        """
        What an option switched off is not there.
        """
        with Lab(db) as lab:
            lab.factory(name="event", model=MappedUser, **{option: False})(
                lambda: {"name": "x"}
            )

            assert not hasattr(lab, function)
            with pytest.raises(AttributeError, match=function):
                getattr(lab, function)

    def test_option_of_the_lab(self, db):
        """
        `Lab(insert=False)` switches inserts off for all of its factories.
        """
        with Lab(db, insert=False) as lab:
            lab.factory(name="event", model=MappedUser)(lambda: {"name": "x"})
            lab.factory(name="event_on", model=MappedUser, insert=True)(
                lambda: {"name": "x"}
            )

            assert "insert_event" not in dir(lab)
            assert "insert_event_on" in dir(lab)

    def test_verb_that_is_switched_off_names_the_option(self, db):
        """
        `lab.insert` of such a factory raises and names the option.
        """
        with Lab(db) as lab:
            lab.factory(name="event", model=MappedUser, insert=False)(
                lambda: {"name": "x"}
            )

            with pytest.raises(OptionError, match=r"event.*insert=False"):
                lab.insert("event")

    def test_struct_switched_off(self, lab):
        """
        `build_struct=False` leaves the raw params alone.
        """
        lab.factory(name="event", model=Event, build_struct=False)(empty)

        assert {"name": "x"} == lab.build_event_params(name="x")
        with pytest.raises(OptionError, match=r"event.*build_struct=False"):
            lab.build("event")

    def test_redefinition_drops_stale_functions(self, lab):
        """
        A factory that lost its model loses the functions of a model.
        """

        def define(**options):
            @lab.factory(**options)
            def event():
                return {}

        define(model=Event)
        define()

        assert {"build_event", "build_event_list"} == generated(lab)


class TestWhatTheyAre:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        @lab.factory(model=Event)
        def event():
            """
            Something that happens.
            """
            return {"name": "launch"}

    def test_name_and_docstring(self, lab):
        """
        Each function is called as it is found, and explains itself.
        """
        for name in PARAMS | STRUCT | PARAMS_FOR:
            function = getattr(lab, name)

            assert name == function.__name__
            assert "event" in function.__doc__

    def test_signature(self, lab):
        """
        Arguments are params and opts by position, overrides by keyword.
        """
        one = str(inspect.signature(lab.build_event_struct))
        many = str(inspect.signature(lab.build_event_struct_list))

        assert one.startswith("(params=None, opts=None, /, **overrides")
        assert many.startswith("(n, params=None, opts=None, /, **overrides")

    def test_same_function_every_time(self, lab):
        """
        A generated function is one object, not made anew at each look.
        """
        assert lab.build_event_struct is lab.build_event_struct


class TestWhatTheyDo:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        @lab.factory(model=Event)
        def event():
            return {"name": "launch", "place": lambda it: f"{it.name} pad"}

    def test_params_are_raw(self, lab):
        """
        The params function gives the body's mapping after lazies.
        """
        assert {"name": "launch", "place": "launch pad"} == lab.build_event_params()

    def test_params_keep_keys_that_are_no_fields(self, lab):
        """
        Raw params are not checked against the class.
        """
        got = lab.build_event_params({"extra": 1}, name="x")

        assert {"name": "x", "place": "x pad", "extra": 1} == got

    def test_struct(self, lab):
        """
        The struct function gives the record.
        """
        assert Event("x", "x pad") == lab.build_event_struct({"name": "x"})
        assert Event("y", "y pad") == lab.build_event_struct({"name": "x"}, name="y")

    def test_lists(self, lab):
        """
        List functions take the count first.
        """
        assert [Event("x", "x pad")] * 2 == lab.build_event_struct_list(
            2, {"name": "x"}
        )
        assert [{"name": "a", "place": "b"}] == lab.build_event_params_list(
            1, name="a", place="b"
        )
        assert [] == lab.build_event_params_list(0)

    def test_params_for(self, lab):
        """
        `params_for_event` is `params_for("event")`; options go in opts.
        """
        assert {"name": "x"} == lab.params_for_event(name="x", place=None)
        assert {"name": "x", "place": None} == lab.params_for_event(
            {"name": "x", "place": None}, {"keep_none": True}
        )

    def test_string_params_for(self, lab):
        """
        `string_params_for_event` gives wire values, or keeps them on request.
        """
        assert {"name": "{1}", "place": "p"} == lab.string_params_for_event(
            name="{1}", place="p"
        )
        assert {"name": 1.5, "place": "p"} == lab.string_params_for_event(
            {"name": 1.5, "place": "p"}, {"values": "keep"}
        )

    @pytest.mark.parametrize(
        "function", ["build_event_struct", "build_event_params", "params_for_event"]
    )
    def test_unknown_opts(self, lab, function):
        """
        Options that a function does not know are refused by name.
        """
        with pytest.raises(OptionError, match="retruning"):
            getattr(lab, function)({}, {"retruning": True})

    def test_handles_have_the_raw_params(self, lab):
        """
        `handle.params()` is the raw mapping.
        """
        handle = lab.factories()["event"]

        assert {"name": "x", "place": "x pad", "e": 1} == handle.params(name="x", e=1)
        assert {"name": "x", "place": "x pad"} == handle.params_for(name="x")

    def test_instance_bodies_have_raw_params(self, lab):
        """
        Raw params of a body that returns an instance are what was set.
        """
        lab.factory(name="party", model=Event)(lambda: Event(name="bash"))

        assert "bash" == lab.build_party_params()["name"]
        assert {"name": "x"}.items() <= lab.build_party_params(name="x").items()


class TestCollisions:
    def test_with_a_verb(self, lab):
        """
        A generated name that is taken on the lab raises, naming both.
        """
        with pytest.raises(OptionError, match=r"build_pair.*pair|pair.*build_pair"):
            lab.factory(name="pair")(lambda attrs: attrs)

    def test_between_factories(self, lab):
        """
        Two factories whose functions would share a name are refused.
        """
        lab.factory(name="tag")(lambda value="x": value)

        with pytest.raises(OptionError, match=r"build_tag_list.*tag"):
            lab.factory(name="tag_list")(lambda value="x": [value])

    def test_with_a_helper(self, lab):
        """
        A helper's name is taken, too.
        """

        @lab.helper
        def build_thing():
            return 1

        with pytest.raises(OptionError, match="build_thing"):
            lab.factory(name="thing")(lambda attrs: attrs)
