"""
Frames in a real notebook: readable in both themes, and nothing but text.
"""

import pytest

from tests.support.notebooks import written


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
