"""
The quickstart as a newcomer meets it: opened, run, and tried out by hand.
"""

import re
import shutil

import pytest

from tests.support.notebooks import NOTEBOOKS


NAME = "01_quickstart.ipynb"


@pytest.fixture
def page(server, opened, front_end):
    """
    The quickstart, run from top to bottom.
    """
    shutil.copy(NOTEBOOKS / NAME, server.folder / NAME)
    shown = opened(NAME, front_end)
    shown.run_all()
    return shown


def test_runs_and_reads_well(page, front_end):
    """
    No cell fails, nothing asks the network, and both themes are free of barriers.
    """
    assert page.errors() == []
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"quickstart-{front_end}-{theme}")
        assert page.barriers(".jp-OutputArea-output") == []
    assert page.foreign == []
    assert page.console == [], sorted(set(page.console))


def test_completes_as_you_type(page, front_end):
    """
    Tab completes factories, attributes and values.
    """
    cell = page.add_cell()

    assert page.complete(cell, "%build us") == ["user"]
    offered = page.complete(
        cell, "%build user role=", picture=f"completion-{front_end}"
    )
    assert {"member", "admin"} <= set(offered)
    assert page.complete(cell, "%build user ro") == ["role="]
    assert page.complete(cell, "%build user role=ad") == ["admin"]
    assert page.complete(cell, "%build co", take=True) == ["%build comment"]


def test_a_typo_is_one_line(page, front_end):
    """
    A wrong name is one line with the right one, and the cell counts as failed.
    """
    cell = page.add_cell()

    shown = page.run(cell, "%build usr").all_inner_texts()

    assert len(shown) == 1
    assert len(shown[0].splitlines()) == 1
    assert re.search(r"UndefinedFactoryError.*usr.*user", shown[0])
    assert len(page.errors()) == 1
    page.picture(cell, f"typo-{front_end}")
