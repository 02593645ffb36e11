"""
What a handler raises is shown inside its widget.
"""

import asyncio
import threading

import ipywidgets as widgets
import pytest

from machina_lab.errors import OptionError
from machina_lab.widgets.handlers import (
    Status,
    bound_home,
    guarded,
    on_change,
    on_click,
    raising,
)
from tests.widgets.pages import press, put


class Panel:
    def __init__(self, error):
        self.status = Status()
        self.error = error

    @guarded
    def act(self):
        """
        Fail.
        """
        raise self.error


def test_an_error_is_one_line_with_the_traceback_folded():
    """
    The status says what failed; the traceback is there for those who open it.
    """
    panel = Panel(KeyError("<b>x</b>"))

    panel.act()

    assert panel.status.text == "KeyError: '<b>x</b>'"
    assert panel.status.error is panel.error
    assert "<details>" in panel.status.value
    assert "test_handlers.py" in panel.status.value
    assert "<b>" not in panel.status.value


def test_errors_of_ours_have_no_traceback():
    """
    What machina_lab raises on purpose says all in its text.
    """
    panel = Panel(OptionError("no such option.\n\n    a stub"))

    panel.act()

    assert panel.status.text == "OptionError: no such option."
    assert "<details>" not in panel.status.value


def test_tests_can_have_the_error_itself():
    """
    Inside `raising`, a guarded handler shows and raises.
    """
    panel = Panel(ValueError("bad"))

    with raising(), pytest.raises(ValueError, match="bad"):
        panel.act()

    assert panel.status.text == "ValueError: bad"


def test_a_handler_runs_in_the_thread_of_the_cells():
    """
    What a page sends through a thread of its own waits for the cells' thread.
    """
    seen = []
    pressed, typed = widgets.Button(), widgets.Text()

    async def notebook():
        on_click(pressed, lambda: seen.append(threading.get_ident()))
        on_change(typed, lambda: seen.append(threading.get_ident()))
        await asyncio.to_thread(press, pressed)
        await asyncio.to_thread(put, typed, "x")
        await asyncio.sleep(0)

    asyncio.run(notebook())

    assert seen == [threading.get_ident()] * 2


def test_without_a_loop_a_handler_runs_at_once():
    """
    Where nothing but the caller runs, nothing waits.
    """
    seen = []

    bound_home(lambda: seen.append(1))()

    assert seen == [1]
