"""
How errors are put on the screen.
"""

import pickle

from types import SimpleNamespace

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.errors import LineError, UndefinedFactoryError
from machina_lab.notebook.settings import MachinaLab
from machina_lab.notebook.tracebacks import (
    Rendering,
    full,
    one_line,
    pointer,
    users_errors,
    users_part,
)
from tests.support.shells import shell


class TestOneLine:
    def test_leaves_the_stub_out(self):
        """
        The stub that the text ends with is for the traceback, not for the line.
        """
        text = one_line(UndefinedFactoryError("usr", known=["user"]))

        assert "no factory named 'usr'. Did you mean 'user'? Defined: user." == text

    def test_notes_follow(self):
        """
        What was noted on the way out stands behind, in brackets.
        """
        error = LineError("wrong.", line="x", at=0)
        error.add_note("while building\n'user'")

        assert "wrong. (while building 'user')" == one_line(error)

    @given(st.text())
    def test_is_one_line_and_not_endless(self, text):
        """
        Whatever the text, it is one line of limited length.
        """
        shown = one_line(LineError(text * 500, line="", at=0))

        assert len(shown.splitlines()) <= 1
        assert len(shown) <= 1000


class TestPointer:
    @given(st.text(), st.integers(0, 300), st.integers(1, 300))
    def test_never_fails_and_never_floods(self, line, at, length):
        """
        Any position in any line gives two short lines.
        """
        shown, mark = pointer(LineError("x", line=line * 20, at=at, length=length))

        assert len(shown) < 120
        assert "^" in mark
        assert len(mark) < 120

    def test_a_word_far_to_the_right(self):
        """
        A long line is cut on the left so that the word is seen.
        """
        line = "%build " + "x" * 500 + " bad"
        shown, mark = pointer(LineError("x", line=line, at=508, length=3))

        assert "bad" == shown[mark.index("^") : mark.rindex("^") + 1]


class TestRendering:
    def test_a_user_error_keeps_its_type_and_travels(self):
        """
        An error that passed through a magic can be pickled, and shown without a shell.
        """
        with (
            pytest.raises(ZeroDivisionError, match="zero") as caught,
            users_errors(object(), MachinaLab()),
        ):
            1 / 0
        again = pickle.loads(pickle.dumps(caught.value))

        assert ZeroDivisionError is type(again)
        assert any("ZeroDivisionError" in line for line in again._render_traceback_())

    def test_our_own_errors_are_left_alone(self):
        """
        Errors of the lab carry their display on their class.
        """
        with (
            pytest.raises(LineError, match="wrong") as caught,
            users_errors(object(), MachinaLab()),
        ):
            raise LineError("wrong", line="", at=0)

        assert "_render_traceback_" not in vars(caught.value)

    def test_rendering_knows_its_error(self):
        """
        A rendering says which error it shows.
        """
        error = ValueError("x")

        assert error is Rendering(error, None, None).error


def test_notes_are_shown_once():
    """
    What was noted stands below a traceback, in shells that leave notes out as well.
    """
    error = ValueError("x")
    error.add_note("while building factory 'user'")
    with shell() as ip:
        lines = "\n".join(full(ip, error, users_only=True))
        ip.InteractiveTB = SimpleNamespace(
            structured_traceback=lambda *_, **__: ["ValueError: x"]
        )
        without = full(ip, error, users_only=True)

    assert lines.count("while building factory 'user'") == 1
    assert without == ["ValueError: x", "while building factory 'user'"]


def test_users_part_drops_our_frames():
    """
    What is left of a traceback are the frames of others.
    """
    try:
        pointer(None)
    except AttributeError as error:
        first = users_part(error.__traceback__)

    assert first is not None
    assert __file__ == first.tb_frame.f_code.co_filename
    assert first.tb_next is None
