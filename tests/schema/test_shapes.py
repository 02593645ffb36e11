import re
import string

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.schema.shapes import pattern_of, slots_of, text_of


@pytest.mark.parametrize(
    "regex",
    [
        r"^[A-Z]{2}-[0-9]{3,4}$",
        r"^[0-9a-f]{6}$",
        r"^[^@]+@[^@]+\.[a-z]{2,}$",
        r"^(foo|bar)-\d+$",
        r"^\+?[1-9]\d{1,14}$",
        r"^\w+\s\w*$",
        r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
        r"^https?://",
        r"^.{3}$",
        r"^#([0-9A-Fa-f]{3}){1,2}$",
        r"^[A-C]$",
        r"^$",
    ],
)
def test_texts_have_the_shape(regex):
    """
    The first texts of a shape match the expression it came from.
    """
    slots = slots_of(regex)

    for number in (0, 1, 7):
        assert re.search(regex, text_of(slots, number))


def test_different_numbers_give_different_texts():
    """
    As many texts as there are combinations, each once.
    """
    slots = slots_of("[A-C][0-9]")

    assert 30 == len({text_of(slots, n) for n in range(30)})


def test_patterns_count_in_the_longest_run_of_digits():
    """
    A readable pattern is found where there are digits, also hexadecimal ones.
    """
    assert ("AA-{:03d}", 1000) == pattern_of(slots_of("^[A-Z]{2}-[0-9]{3}$"))
    assert ("#{:06d}", 10**6) == pattern_of(slots_of("^#[0-9a-f]{6}$"))
    assert pattern_of(slots_of("^[A-Z]+$")) is None


SETS = st.sampled_from(["[a-z]", "[0-9]", "[A-F0-9]", r"\d", "x", "-"])
PARTS = st.tuples(SETS, st.sampled_from(["", "?", "+", "*", "{2}", "{1,3}", "{2,}"]))


@given(st.lists(PARTS, max_size=6), st.integers(0, 500))
def test_any_sequence_of_sets(parts, number):
    """
    Whatever is put together from sets and counts, the text matches it.
    """
    regex = "".join(one + many for one, many in parts)

    text = text_of(slots_of(regex), number)

    assert re.fullmatch(regex, text)
    assert set(text) <= set(string.printable)
