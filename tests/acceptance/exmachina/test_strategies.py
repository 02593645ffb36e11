"""
ExMachina: strategies (T30-T31).
"""

import pytest

from machina_lab import Lab, Strategy, name_from_record


class User:
    pass


class TwoWord:
    pass


class NameSpace:
    class TwoWord:
        pass


@pytest.fixture(name="calls")
def _calls():
    return []


@pytest.fixture(name="json_lab")
def _json_lab(calls):
    class FakeJson(Strategy, function_name="json_encode"):
        def handle(self, record, details):
            calls.append((record, dict(details.options), dict(details.call_options)))
            assert lab is details.lab
            return record

    lab = Lab()
    lab.factory(name="user")(lambda: {"name": "John"})
    lab.use(FakeJson, foo="bar")
    return lab


OPTIONS = {"foo": "bar"}


@pytest.mark.parametrize(
    ("record", "expected"),
    [(User(), "user"), (TwoWord(), "two_word"), (NameSpace.TwoWord(), "two_word")],
    ids=["one word", "two words", "nested class"],
)
def test_name_from_record(record, expected):
    """
    T30: a record's factory is called like its class, in snake case.
    """
    assert expected == name_from_record(record)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda lab: lab.json_encode(lab.build("user")), [("John", {})]),
        (lambda lab: lab.json_encode("user"), [("John", {})]),
        (lambda lab: lab.json_encode("user", name="Jane"), [("Jane", {})]),
        (
            lambda lab: lab.json_encode("user", {"name": "Jane"}, {"encode": True}),
            [("Jane", {"encode": True})],
        ),
        (lambda lab: lab.json_encode_pair("user"), [("John", {})] * 2),
        (lambda lab: lab.json_encode_pair("user", name="Jane"), [("Jane", {})] * 2),
        (
            lambda lab: lab.json_encode_pair("user", {"name": "Jane"}, {"a": 1}),
            [("Jane", {"a": 1})] * 2,
        ),
        (lambda lab: lab.json_encode_list(3, "user"), [("John", {})] * 3),
        (lambda lab: lab.json_encode_list(3, "user", name="Jane"), [("Jane", {})] * 3),
        (
            lambda lab: lab.json_encode_list(3, "user", {"name": "Jane"}, {"a": 1}),
            [("Jane", {"a": 1})] * 3,
        ),
    ],
    ids=[
        "record",
        "name",
        "keywords",
        "options",
        "pair",
        "pair keywords",
        "pair options",
        "list",
        "list keywords",
        "list options",
    ],
)
def test_functions(json_lab, calls, call, expected):
    """
    T31: the functions are called like the strategy, and each record is handled once.
    """
    call(json_lab)

    assert [({"name": name}, OPTIONS, opts) for name, opts in expected] == calls
