"""
Any text behind any magic: read right or refused by us, shortly, and never run.
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
from machina_lab.notebook.bodies import read_rows
from machina_lab.notebook.candidates import complete, complete_cell
from machina_lab.notebook.grammars import CELLS, LINES, Grammar
from machina_lab.notebook.lines import Line
from machina_lab.notebook.scopes import Scope
from machina_lab.notebook.sources import Sources
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
LINES_OF_TEXT = st.builds(str.join, st.sampled_from(["", " ", " ", "  "]), TEXTS)
#: Magics that write no files, import no modules and draw no widgets.
MAGICS = [
    name
    for name, grammar in LINES.items()
    if " " not in name
    and not name.endswith("_fixtures")
    and name not in ("lab", "overrides", "derived", "workbench", "build_list")
]


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


def refused(ip, magic, line):
    """
    Return the error of a line as the cell shows it; [] if the line was answered.
    """
    try:
        ip.run_line_magic(magic, line)
    except (MachinaError, DBAPIError) as error:
        return error._render_traceback_()
    return []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(magic=st.sampled_from(MAGICS), line=LINES_OF_TEXT)
def test_any_line_is_answered_or_refused(ip, magic, line):
    """
    A line gives a result or our error of at most three lines, and runs nothing.
    """
    lines = refused(ip, magic, line)

    assert len("\n".join(lines).splitlines()) <= 3
    assert all(len(each) < 1_200 for each in lines)
    assert not ip.user_ns["trap"].sprung
    assert "antigravity" not in sys.modules


@given(text=st.text() | LINES_OF_TEXT, grammar=st.sampled_from([*LINES.values()]))
def test_any_line_can_be_completed(ip, text, grammar):
    """
    Completing never fails: each candidate is text for a fragment that ends the line.
    """
    sources = Sources(ip.user_ns["shop"], ip.user_ns)
    found = complete(text, grammar, sources)

    assert text.endswith(found.fragment)
    assert all(isinstance(each.text, str) for each in found.candidates or ())
    assert not ip.user_ns["trap"].sprung


@given(rows=st.lists(LINES_OF_TEXT | st.text()), head=LINES_OF_TEXT)
def test_any_body_is_read_or_refused(ip, rows, head):
    """
    Any text below a cell magic is rows or one error of ours, and completes.
    """
    lab = ip.user_ns["shop"]
    fields = lab.find("order").fields()
    names = {"jane": ip.user_ns["jane"], "trap": ip.user_ns["trap"]}
    body = "\n".join(["number,customer", *rows])
    with suppress(MachinaError):
        read = read_rows(body, fields, Scope(names), Line(Grammar("%"), ""))
        assert all(set(row) <= {"number", "customer"} for row in read)
    text = rows[-1] if rows else ""
    for columns in (None, ["number", "customer"]):
        complete_cell(
            text, columns, f"order {head}", CELLS["insert_list"], Sources(lab)
        )

    assert not names["trap"].sprung
