"""
Magic lines as people type them: completed by Tab, run, and shown in both front ends.
"""

import re
import shutil

import nbformat
import pytest

from playwright.sync_api import expect

from tests.support.notebooks import NOTEBOOKS, written


SETUP = """\
from sqlalchemy import create_engine
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import *

shop = shop_lab(create_engine("sqlite://"))
Base.metadata.create_all(shop.repo.engine)

@shop.factory
def own():
    return Customer(name=no_such_name)

jane = shop.build("customer")

%load_ext machina_lab
%lab use shop
shop.tables();"""

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'

#: A table wider than the page scrolls inside the front end's own output area, which
#: takes no focus.
WIDE = ["scrollable-region-focusable"]

#: What stands before the cursor -> what must be offered, and nothing else.
OFFERED = {
    "%build cus": ["customer"],
    "x = %build cus": ["customer"],
    "%%insert_list cus": ["customer"],
    "%build customer+": ["admin", "retired"],
    "%build customer+admin+": ["retired"],
    "%build order nu": ["number="],
    "%build order customer.na": ["customer.name="],
    "%build product eu": ["euros="],
    "%build order state=": ["new", "paid", "sent"],
    "%build customer active=": ["true", "false"],
    "%insert_list --": [
        "--seed",
        "--records",
        "--deep",
        "--dry-run",
        "--returning",
        "--schema",
        "--bulk",
    ],
    "%schema order": ["orders", "order_lines"],
    "%scaffold prod": ["products", "product_tags"],
    "%lab co": ["connect", "commit"],
    "%sequences reset em": ["email"],
    "%build order customer=$ja": ["$jane"],
    "%load_fixtures x --keys n": ["new"],
    "%export_fixtures my": ["'my sets/"],
    "%%insert_list order\nnu": ["number"],
    "%%insert_list order\nnumber,state\nA1,p": ["paid"],
}


@pytest.fixture
def page(server, opened, front_end):
    """
    A notebook on the shop with the magics loaded, and an empty cell below.
    """
    name = f"magics-{front_end}.ipynb"
    written(server.folder / name, SETUP, "")
    shown = opened(name, front_end)
    shown.theme("light")
    shown.run_all()
    assert shown.errors() == []
    shown.console.clear()
    return shown


def pictures(page, name):
    """
    Keep pictures of the cell that was typed into, in both themes.
    """
    for theme in ("light", "dark"):
        page.theme(theme)
        page.picture(1, f"{name}-{theme}")


def ours(console):
    """
    Return what the page said that the front end does not say of itself.
    """
    return [text for text in console if "[yjs#" not in text]


def test_completes_what_may_stand_there(page, front_end, server):
    """
    Tab offers all that a line or a row may hold: names, values, options and paths.

    The front end itself adds words of the cell where nothing is typed yet; so these
    lines all have a letter or a mark before the cursor.
    """
    (server.folder / "my sets").mkdir(exist_ok=True)
    for line, expected in OFFERED.items():
        assert (line, sorted(page.complete(1, line))) == (line, sorted(expected))
    page.complete(1, "%build customer ", picture=f"magics-completion-{front_end}")

    assert ours(page.console) == []
    assert page.foreign == []


def test_takes_what_is_offered(page):
    """
    Enter takes the marked offer, and the line then runs as it stands.
    """
    assert page.complete(1, "%build order sta", take=True) == ["%build order state="]
    assert page.complete(1, "%build order state=pa", take=True) == [
        "%build order state=paid"
    ]

    page.page.keyboard.press("Control+Enter")

    table = page.cell(1).locator("table.dataframe")
    expect(table).to_be_visible()
    expect(table.get_by_role("cell", name="paid")).to_be_visible()


TYPOS = {
    "%build custmer": r"UndefinedFactoryError: .*'custmer'.*'customer'",
    "%build customer+amdin": r"VariantError: .*'amdin'.*'admin'",
    "%build customer rloe=admin": r"UnknownAttributeError: .*'rloe'.*'role'",
    "%build order state=piad": r"CastError: .*'piad'.*'paid'|Choices: new, paid, sent",
    "%insert order --dry-rum": r"OptionError: .*--dry-rum.*--dry-run",
}


def test_a_typo_is_one_red_line(page, front_end):
    """
    A wrong word is one line in red with the right one, without a traceback.
    """
    for line, expected in TYPOS.items():
        shown = page.run(1, line)

        assert shown.count() == 1
        text = shown.inner_text()
        assert len(text.splitlines()) == 1
        assert re.search(expected, text)
        red = shown.locator(".ansi-red-fg")
        assert red.evaluate("e => e.innerText") == text.split(":")[0]
    pictures(page, f"magics-typo-{front_end}")


def test_a_mistake_is_pointed_at(page, front_end):
    """
    The mark stands under the word that is wrong.
    """
    text = page.run(1, "%build customer name=Jane Doe").inner_text()

    head, line, mark = text.splitlines()
    assert 'name="Jane Doe"' in head
    assert line[mark.index("^") : mark.rindex("^") + 1] == "Doe"
    pictures(page, f"magics-pointer-{front_end}")


def test_own_code_that_fails_is_shown(page, front_end):
    """
    A factory that raises shows the user's frames, and none of ours.
    """
    text = page.run(1, "%build own").inner_text()

    assert "NameError: name 'no_such_name' is not defined" in text
    assert "return Customer(name=no_such_name)" in text
    assert "while building factory 'own'" in text
    assert "machina_lab/" not in text
    assert "site-packages" not in text
    pictures(page, f"magics-own-error-{front_end}")


def test_help(page, front_end):
    """
    A question mark behind a magic shows its help, examples included.
    """
    page.write(1, "%build?")
    page.page.keyboard.press("Control+Enter")

    shown = page.page.get_by_text("%build user+admin").first
    expect(shown).to_be_visible(timeout=30_000)
    pictures(page, f"magics-help-{front_end}")


def test_scaffold_writes_a_cell(page):
    """
    %scaffold puts the source of a factory into a new cell right below.
    """
    page.run(1, "%scaffold tags")
    expect(page.page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)

    source = "\n".join(page.cell(2).locator(".cm-line").all_inner_texts())
    assert "@lab.factory(model=" in source
    assert "def tag():" in source


def test_captions_and_frames(page, front_end):
    """
    What is shown reads in both themes, without a barrier.
    """
    lines = (
        "%insert_list 3 order customer.name=Ada --deep",
        "%insert order --dry-run",
        "%lab",
        "%lab log",
        "%factory order",
        "%factories",
        "%sequences",
        "%schema orders",
        "%schema orders --diagram",
        "%undo",
    )
    for line in lines:
        page.run(page.cells() - 1, line)
        page.add_cell()

    assert page.errors() == []
    text = page.cell(1).inner_text()
    assert "inserted customers 3, orders 3 · pending until %lab commit" in text
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"magics-{front_end}-{theme}")
        assert page.barriers(".jp-OutputArea-output", allowed=WIDE) == []
    assert page.foreign == []
    assert ours(page.console) == []


def test_hostile_values_are_text(page, front_end):
    """
    Markup in values, names and errors is shown as it is and does nothing.
    """
    page.run(1, f"bad = {HOSTILE!r}")
    for line in (
        "%build customer name=$bad",
        "%insert customer name=$bad",
        "%lab log",
        "%undo",
        "%build order state=<script>window.pwned=1</script>",
        "shop.variant('customer', '<b>x</b>', defaults={})\n%factories",
        "%factory customer",
        "%sequences set <b>x</b> 3",
    ):
        page.run(page.cells() - 1, line)
        page.add_cell()

    outputs = page.page.locator(".jp-OutputArea-output")
    assert outputs.locator("img, script, b:text-is('x')").count() == 0
    assert page.page.evaluate("window.pwned") is None
    assert page.page.get_by_text(HOSTILE).count() >= 2
    page.screenshot(f"magics-hostile-{front_end}")
    assert page.foreign == []


TOUR = "04_magics.ipynb"


def test_the_tour(server, opened, front_end):
    """
    The tour runs from top to bottom on the page; what fails there fails on purpose.
    """
    shutil.copy(NOTEBOOKS / TOUR, server.folder / TOUR)
    cells = nbformat.read(NOTEBOOKS / TOUR, 4).cells
    on_purpose = [c for c in cells if "raises-exception" in c.metadata.get("tags", ())]
    shown = opened(TOUR, front_end)

    shown.run_all()

    # A cell that fails ends the front end's own waiting for the rest. Outputs arrive
    # in order: once the last cell has its number, all that came before is drawn.
    last = shown.page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(re.compile(r"\[\d+\]"), timeout=60_000)
    assert len(shown.errors()) == len(on_purpose)
    for theme in ("light", "dark"):
        shown.theme(theme)
        shown.screenshot(f"04_magics-{front_end}-{theme}")
    assert shown.foreign == []
    assert ours(shown.console) == []
