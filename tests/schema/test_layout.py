import shutil
import subprocess
import sys

from pathlib import Path

import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from machina_lab.schema.layout import Call, Items, Named, lay_out, literal


VALUES = st.recursive(
    st.one_of(
        st.text(max_size=30), st.integers(), st.binary(max_size=8), st.booleans()
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_literals_are_read_back(value):
    """
    What is written as source is the value again.
    """
    assert value == eval(literal(value))


@pytest.mark.parametrize(
    ("value", "code"),
    [("a", '"a"'), ('say "hi"', "'say \"hi\"'"), ("it's", '"it\'s"'), (b"x", 'b"x"')],
)
def test_quotes_as_the_formatter_wants_them(value, code):
    """
    Double quotes, unless that costs an escape.
    """
    assert code == literal(value)


WORDS = st.integers(1, 40).map(lambda length: "x" * length)
PIECES = st.recursive(
    WORDS,
    lambda inner: (
        st.builds(Call, WORDS, st.lists(inner, max_size=4).map(tuple))
        | st.builds(Items, st.lists(inner, min_size=1, max_size=6).map(tuple))
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module", name="ruff")
def _ruff():
    found = shutil.which("ruff") or shutil.which(
        "ruff", path=Path(sys.executable).parent
    )
    if found is None:
        pytest.skip("ruff is not installed (group `lint`)")
    return found


def reformatted(ruff, code):
    command = [ruff, "format", "--isolated", "-"]
    done = subprocess.run(
        command, input=code, capture_output=True, text=True, check=True
    )
    return done.stdout


@settings(max_examples=20, deadline=None)
@given(st.lists(PIECES, min_size=5, max_size=30))
def test_lines_are_broken_as_ruff_breaks_them(ruff, pieces):
    """
    The formatter has nothing to change, however long and deep the source.
    """
    lines = [lay_out(Named(f"value_{n} = ", each)) for n, each in enumerate(pieces)]
    code = "\n".join(lines) + "\n"

    assert code == reformatted(ruff, code)
