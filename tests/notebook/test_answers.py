"""
Whole lines, whatever is on them: answered, or refused by us, shortly; never run.
"""

import sys

from contextlib import suppress

import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from machina_lab import sequences
from machina_lab.errors import MachinaError
from machina_lab.notebook.completion import Completer
from machina_lab.notebook.desk import desk
from machina_lab.notebook.grammars import LINES
from tests.support.shells import shell
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base


#: What lines are made of, right and wrong; `trap` notes that it was used.
PIECES = (
    *("customer", "order", "+admin", "customer+retired", "+", "$jane", "$nobody", "$"),
    *("name=", "name=Ada", "customer.name=", "state=", "state=paid", "active=", "=="),
    *("orders.name=1", "customer=$jane", "born=2024-01-31", "born=soon", "nmae=x"),
    *("'", '"', "''", '"a b"', "[", "]", "(", ")", "[1, 2]", "\\", ";", "#", ".", ","),
    *("trap()", "name=trap()", "$trap", "trap", "__import__('antigravity')", "@trap"),
    *("--seed", "--seed 3", "--records", "--deep", "--dry-run", "--nosuch", "-h", "--"),
    *("2", "-1", "0x2", "1e3", "٣", "\x00", "\ud800", "\u202e", "<b>", "😀", "None"),
)
#: Without braces there is nothing on a line that may run.
TEXTS = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(exclude_characters="{}")),
    max_size=7,
)
LINE = st.builds(str.join, st.sampled_from(["", " ", " ", "  "]), TEXTS)
#: Magics that write no files, import no modules and draw no widgets.
MAGICS = [
    name
    for name in LINES
    if " " not in name
    and not name.endswith("_fixtures")
    and name not in ("lab", "overrides", "derived", "workbench", "build_list")
]
SETTINGS = settings(
    suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=200
)


class Trap:
    """
    Notes every use of it as a function or in an expression.
    """

    def __init__(self):
        self.sprung = False

    def __call__(self, *_):
        self.sprung = True

    __getitem__ = __add__ = __radd__ = __matmul__ = __call__


@pytest.fixture(scope="module")
def ip():
    """
    Return a shell that works on the shop, with a record and a trap at hand.
    """
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    shop = shop_lab(engine)
    with sequences.isolated(), shell(extension="machina_lab") as ip:
        ip.user_ns.update(shop=shop, jane=shop.build("customer"), trap=Trap())
        ip.run_line_magic("lab", "use $shop")
        yield ip
    shop.repo.close()


@pytest.fixture(scope="module", autouse=True)
def _nothing_ran(ip):
    yield
    assert not ip.user_ns["trap"].sprung
    assert "antigravity" not in sys.modules


class TestAnyLine:
    @SETTINGS
    @given(magic=st.sampled_from(MAGICS), line=LINE)
    def test_is_answered_or_refused(self, ip, magic, line):
        """
        A line gives a result or an error of at most three lines, and runs nothing.
        """
        shown = []
        try:
            ip.run_line_magic(magic, line)
        except (MachinaError, DBAPIError) as error:
            shown = error._render_traceback_()

        assert len("\n".join(shown).splitlines()) <= 3
        assert all(len(each) < 1_200 for each in shown)
        assert not ip.user_ns["trap"].sprung

    @SETTINGS
    @given(magic=st.sampled_from([*LINES, "nothing"]), line=LINE | st.text())
    def test_is_completed_or_not(self, ip, magic, line):
        """
        Completing any line never raises, and every candidate goes on from its fragment.
        """
        text = f"%{magic} {line}".replace("\n", " ")
        found = Completer(desk).completions(text, 0, len(text))

        assert found is None or text.endswith(found.fragment)

    @SETTINGS
    @given(rows=st.lists(LINE | st.text(st.characters(codec="utf-8"))), head=LINE)
    def test_any_body_is_read_or_refused(self, ip, rows, head):
        """
        Any text below a cell magic is rows or our error, and can be completed.
        """
        body = "\n".join(["name,born", *rows])
        with suppress(MachinaError):
            ip.run_cell_magic("build_list", "customer", body)
        text = "\n".join([f"%%build_list customer {head}".replace("\n", " "), body])
        last = text.split("\n")
        Completer(desk).completions(text, len(last) - 1, len(last[-1]))


def test_an_inner_shell_leaves_the_outer_one_as_it_was():
    """
    Loaded in a shell inside another, the extension leaves the outer one usable.
    """
    from machina_lab.notebook.extension import Extension

    before = desk.laid_out(), vars(MachinaError).get("_render_traceback_")
    with shell() as ip:
        first, second = Extension(ip, desk), Extension(ip, desk)
        first.load()
        second.load()
        second.unload()
        assert "_render_traceback_" in vars(MachinaError)
        assert ip is desk.shell
        first.unload()

    assert before == (desk.laid_out(), vars(MachinaError).get("_render_traceback_"))
