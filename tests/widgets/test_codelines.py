"""
The lines of code beside a widget do what the widget does.
"""

import datetime as dt
import enum

from decimal import Decimal
from uuid import UUID

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.core.datatypes import DataType, of_annotation
from machina_lab.core.records import Field
from machina_lab.notebook.grammars import LINES
from machina_lab.notebook.lines import read_line
from machina_lab.notebook.scopes import Scope
from machina_lab.notebook.values import overrides
from machina_lab.widgets.codelines import Nested, build_lines


class Color(enum.Enum):
    red = 1
    blue = 2


KINDS = {
    "text": (str, st.text()),
    "number": (int, st.integers()),
    "price": (Decimal, st.decimals(allow_nan=False, allow_infinity=False)),
    "share": (float, st.floats(allow_nan=False, allow_infinity=False)),
    "on": (bool, st.booleans()),
    "day": (dt.date, st.dates()),
    "moment": (dt.datetime, st.datetimes()),
    "color": (Color, st.sampled_from(Color)),
    "key": (UUID, st.uuids()),
    "data": (dict, st.dictionaries(st.text(), st.integers() | st.text())),
}
FIELDS = {
    **{name: Field(name, of_annotation(cls)[0]) for name, (cls, _) in KINDS.items()},
    "anything": Field("anything", DataType()),
}
SCOPE = Scope({"datetime": dt, "Decimal": Decimal, "UUID": UUID, "Color": Color})
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        **{name: values | st.none() for name, (_, values) in KINDS.items()},
        "anything": st.text() | st.integers() | st.none() | st.booleans(),
    },
)


class Recorder:
    """
    Takes the Python call in place of a lab.
    """

    def build(self, name, attrs=None, /, **overrides):
        return 1, name, {**(attrs or {}), **overrides}

    def build_list(self, n, name, attrs=None, /, **overrides):
        return n, name, {**(attrs or {}), **overrides}


@given(GIVEN)
def test_the_magic_line_gives_the_same_overrides(given):
    """
    Read as a line of a magic, the line gives what the form holds.
    """
    magic = build_lines("build", "user", 1, given, FIELDS).magic

    read = read_line(magic.removeprefix("%build "), LINES["build"])

    assert overrides(read, FIELDS, SCOPE) == given


@given(GIVEN, st.integers(0, 5))
def test_the_python_call_gives_the_same_overrides(given, count):
    """
    Run as Python, the call gives what the form holds.
    """
    python = build_lines("build", "user+admin", count, given, FIELDS).python

    called = eval(python, {**SCOPE.globals, "lab": Recorder()})

    assert called == (count, "user+admin", given)


def test_associations_are_written_with_dots():
    """
    What a nested form holds is `author.role=…` on a line and a mapping in Python.
    """
    lines = build_lines("insert", "post", 1, {"author": Nested(role="admin")})

    assert lines.magic == "%insert post author.role=admin"
    assert lines.python == 'lab.insert("post", author={"role": "admin"})'


def test_secrets_are_named_not_shown():
    """
    In place of a secret stands a variable of its name.
    """
    given = {"password": "hunter2", "user": Nested(api_token="t")}

    lines = build_lines("build", "login", 1, given)

    assert lines.magic == "%build login password=$password user.api_token=$api_token"
    assert "hunter2" not in str(lines)
    assert "password=password" in lines.python


@pytest.mark.parametrize("name", ["class", "two words", "self"])
def test_names_that_are_no_keywords_go_into_a_mapping(name):
    """
    An attribute called like a Python word can be given too.
    """
    python = build_lines("build", "thing", 1, {name: 1}).python

    assert eval(python, {"lab": Recorder()}) == (1, "thing", {name: 1})
