"""
Whole lines, whatever is on them: answered, or refused by us.
"""

import sys

from contextlib import suppress

import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from machina_lab.errors import MachinaError
from machina_lab.notebook.completion import Completer
from machina_lab.notebook.desk import desk
from machina_lab.notebook.grammars import LINES
from tests.support.shells import shell
from tests.support.shop_lab import shop_lab


#: Pieces of which lines are made, so that many of them get far.
PIECES = st.sampled_from(
    [
        "customer",
        "order+paid",
        "+",
        "5",
        "-1",
        "name=",
        "customer.name=",
        "born=",
        "state=paid",
        "'",
        '"',
        "''",
        "[1, 2]",
        "[",
        "(",
        "$nobody",
        "$ip",
        "--seed",
        "--records",
        "--deep",
        "--",
        "=",
        ";",
        "#",
        " ",
        "  ",
        "\\",
        "None",
        "2024-01-31",
        "é",
        "\x00",
    ]
)
LINE = st.lists(
    PIECES | st.text(st.characters(exclude_characters="{")), max_size=8
).map("".join)
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def ip():
    """
    Return a shell whose current lab is the shop's, without a database.
    """
    with shell(extension="machina_lab") as ip:
        ip.user_ns["ip"] = 3
        desk.use(shop_lab())
        yield ip


class TestAnyLine:
    @settings(suppress_health_check=CHECKS, deadline=None, max_examples=200)
    @given(magic=st.sampled_from(["build", "build_pair", "params_for"]), line=LINE)
    def test_is_answered_or_refused(self, ip, magic, line):
        """
        No line without braces raises anything but our own error, or imports anything.
        """
        modules = set(sys.modules)
        with suppress(MachinaError, ZeroDivisionError):
            ip.run_line_magic(magic, line)

        assert "antigravity" not in set(sys.modules) - modules

    @settings(suppress_health_check=CHECKS, deadline=None, max_examples=200)
    @given(magic=st.sampled_from([*LINES, "nothing"]), line=LINE)
    def test_is_completed_or_not(self, ip, magic, line):
        """
        Completing any line never raises, and every candidate goes on from its fragment.
        """
        text = f"%{magic} {line}".replace("\n", " ")
        found = Completer(desk).completions(text, 0, len(text))

        assert found is None or text.endswith(found.fragment)

    @settings(suppress_health_check=CHECKS, deadline=None, max_examples=100)
    @given(body=st.text(st.characters(codec="utf-8")) | LINE)
    def test_any_body_is_read_or_refused(self, ip, body):
        """
        No body of a cell magic raises anything but our own error.
        """
        with suppress(MachinaError):
            ip.run_cell_magic("build_list", "customer", f"name,born\n{body}")


def test_an_inner_shell_leaves_the_outer_one_as_it_was():
    """
    Loaded in a shell inside another, the extension leaves the outer one usable.
    """
    from machina_lab.notebook.extension import Extension

    with shell() as ip:
        first, second = Extension(ip, desk), Extension(ip, desk)
        first.load()
        second.load()
        second.unload()
        assert "_render_traceback_" in vars(MachinaError)
        assert ip is desk.shell
        first.unload()

    assert "_render_traceback_" not in vars(MachinaError)
    assert desk.shell is None
