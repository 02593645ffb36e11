"""
A cell is one short line that is safe to look at.
"""

import enum
import tracemalloc

import pandas as pd
import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.frames.cells import NOTHING, WIDTH, cell_text, cell_values
from tests.frames.people import Address, Level, Role


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<NA>"),
        (pd.NA, "<NA>"),
        (pd.NaT, "<NA>"),
        (5, "5"),
        (0.1, "0.1"),
        (True, "True"),
        ("Jane", "Jane"),
        ("", ""),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("👩\u200d💻", "👩\u200d💻"),
        (Role.admin, "admin"),
        (Level.high, "high"),
        (b"\x00a", "b'\\x00a'"),
        ({"a": [1, 2]}, "{'a': [1, 2]}"),
        (Address(), "Address(street='Elm Street', city=None)"),
    ],
)
def test_reads_like_the_value(value, text):
    """
    A short value is shown as people write it.
    """
    assert cell_text(value) == text


def test_missing_is_not_the_text():
    """
    A text that reads like a missing value can be told from one.
    """
    assert cell_text(None) is NOTHING
    assert cell_text("<NA>") is not NOTHING


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10_000_000,
        b"x" * 10_000_000,
        {"key": "x" * 10_000_000},
        [list(range(100)) for _ in range(100_000)],
        Address("x" * 10_000_000),
    ],
    ids=["text", "bytes", "json", "list", "record"],
)
def test_huge_values_are_cut(value):
    """
    Ten megabytes become one short line.
    """
    assert len(cell_text(value)) <= WIDTH


@pytest.mark.parametrize(
    "value", ["x" * 10_000_000, b"x" * 10_000_000, {"key": "x" * 10_000_000}]
)
def test_huge_values_cost_nothing(value):
    """
    What is cut off is never formatted.
    """
    tracemalloc.start()
    cell_text(value)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 100_000


def test_bytes_tell_their_length():
    """
    Long bytes say how many there are.
    """
    assert cell_text(b"\xff" * 3000).endswith("… (3,000 bytes)")


def test_a_failing_str_is_survived():
    """
    A value whose own text fails is named by its class.
    """

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no")

        __repr__ = __str__

    assert "Broken" in cell_text(Broken())


def test_object_without_text_is_its_class():
    """
    An object that has no text of its own is its record's label, not an address.
    """

    class Silent:
        pass

    assert cell_text(Silent()) == "Silent"
    assert cell_text([Silent()]) == "[Silent]"


def test_values_of_each_dtype():
    """
    A missing cell is None, whatever pandas uses for it; a stored NaN is kept.
    """
    assert cell_values(pd.Series([1.0, float("nan")])) == [1.0, None]
    assert cell_values(pd.Series(["a", None])) == ["a", None]
    assert cell_values(pd.Series(["a", None], dtype="category")) == ["a", None]
    kept = cell_values(
        pd.Series(
            pd.arrays.FloatingArray(
                pd.Series([float("nan"), 1.0]).to_numpy(),
                pd.Series([False, True]).to_numpy(),
            )
        )
    )
    assert kept[0] != kept[0]
    assert kept[1] is None


class Odd(enum.Enum):
    a = "x\n" * 50


@given(
    st.recursive(
        st.none() | st.text() | st.binary() | st.integers() | st.floats(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_always_one_short_printable_line(value):
    """
    Whatever the value, its cell is one line, short, without control characters.
    """
    text = cell_text(value)

    assert len(text) <= WIDTH
    assert all(each.isprintable() or each == "\u200d" for each in text)
