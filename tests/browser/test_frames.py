"""
Frames in a real notebook: readable in both themes, and nothing but text.
"""

import nbformat
import pytest

from nbconvert import HTMLExporter

from tests.support.browsers import SCREENSHOTS
from tests.support.notebooks import executed, written


SETUP = """\
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from machina_lab import frame

class Role(Enum):
    admin = 1
    guest = 2

@dataclass
class User:
    id: int | None
    name: str
    admin: bool | None = None
    role: Role = Role.guest
    worth: Decimal | None = Decimal("9.90")
    seen: dt.datetime | None = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    settings: dict | None = None
"""
CELLS = [
    "frame([User(1, 'Jane', True), User(None, 'Al')], caption='users 2 · pending')",
    "frame([User(n, f'User {n}') for n in range(1000)])",
    "frame([User(1, '<img src=x onerror=\"x()\">'), User(2, 'x' * 10**7)])",
    "frame([User(1, 'Jane'), {'a': 1}], caption='two kinds')",
    "frame([], model=User)",
]


@pytest.fixture
def page(server, opened):
    """
    A notebook that shows frames of several sorts.
    """
    written(server.folder / "frames.ipynb", SETUP, *CELLS)
    shown = opened("frames.ipynb")
    shown.run_all()
    return shown


def test_frames_read_well(page):
    """
    Frames show in both themes, without an error, a request or a barrier.
    """
    assert page.errors() == []
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"frames-{theme}")
        assert page.barriers(".jp-OutputArea-output") == []
    assert page.foreign == []
    assert page.console == []


def test_data_is_text(page):
    """
    Markup and huge values in the data are short text on the page.
    """
    assert page.page.locator(".jp-OutputArea-output img").count() == 0
    text = page.cell(3).inner_text()
    assert "<img src=x" in text
    assert len(text) < 2_000


def test_limits_rows(page):
    """
    Of a thousand rows ten are shown, and the number of all.
    """
    assert page.cell(2).locator("tbody tr").count() == 11
    assert "1,000 rows" in page.cell(2).inner_text()


def test_in_a_notebook_that_is_not_trusted(server, opened):
    """
    A notebook run elsewhere shows its frames before anybody trusts it.
    """
    path = written(server.folder / "untrusted.ipynb", SETUP, *CELLS)
    nbformat.write(executed(path), path)

    page = opened("untrusted.ipynb")

    first = page.cell(1)
    assert first.locator("thead th").all_inner_texts()[:2] == ["id", "name"]
    name = first.locator("tbody td").nth(1)
    assert name.evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    assert "users 2 · pending" in first.inner_text()
    page.screenshot("frames-untrusted")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_exported_as_html(server, browser, theme):
    """
    Exported as a page, the frames are there, and markup in the data is text.
    """
    path = written(server.folder / "exported.ipynb", SETUP, *CELLS)
    exporter = HTMLExporter(template_name="lab", theme=theme)
    html, _ = exporter.from_notebook_node(executed(path))
    file = server.folder / f"exported-{theme}.html"
    file.write_text(html, encoding="utf-8")

    page = browser.page(file.as_uri())

    assert page.locator("table.dataframe").count() == 6
    assert page.locator(".jp-OutputArea-output img").count() == 0
    assert page.get_by_text('<img src=x onerror="x()">', exact=True).count() == 1
    page.screenshot(path=SCREENSHOTS / f"frames-exported-{theme}.png", full_page=True)
    page.close()
