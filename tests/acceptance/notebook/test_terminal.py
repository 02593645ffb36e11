"""
The same in a real terminal: keys in, screen out.
"""

import pytest

from tests.support.shells import TerminalIPython


@pytest.fixture(scope="module")
def terminal():
    """
    Return IPython in a terminal, the extension loaded and a factory defined.
    """
    with TerminalIPython(extension="machina_lab") as terminal:
        terminal.send("from machina_lab import lab\r")
        terminal.wait_for("In [2]")
        terminal.send("lab.define(lambda: {'name': 'Jane'}, name='customer')\r")
        terminal.wait_for("In [3]")
        yield terminal


class TestTerminal:
    def test_tab_completes_and_enter_shows_a_table(self, terminal):
        """
        Tab completes the factory, Enter shows the record as text.
        """
        terminal.send("%build cust\t")
        terminal.wait_for("%build customer")
        terminal.send(" name=Al\r")
        screen = terminal.wait_for("In [4]")

        assert ["name", "0", "Al"] == screen.partition("Out[3]:")[2].split()[:3]

    def test_an_error_is_one_line(self, terminal):
        """
        A mistyped name is one line on the screen, without a traceback.
        """
        terminal.send("%build custmer\r")
        screen = terminal.wait_for("Did you mean 'customer'?")

        assert "UndefinedFactoryError: no factory named 'custmer'." in screen
        assert "Traceback" not in screen
