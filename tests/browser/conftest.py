"""
One server and one browser for all tests of pages.

They end with the last of these tests: Playwright keeps an event loop running, which
tests elsewhere must not find.
"""

import pytest

from tests.support.browsers import Browser, chromium
from tests.support.jupyter import JupyterServer
from tests.support.notebooks import written
from tests.support.shown_widgets import CELLS, SETUP, Widget


def pytest_collection_modifyitems(items):
    """
    Mark the tests of this folder, and keep them together on one worker.
    """
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    """
    A Jupyter server over an empty folder.
    """
    chromium()
    with JupyterServer(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(scope="package")
def browser():
    """
    A browser.
    """
    with Browser() as running:
        yield running


@pytest.fixture(params=["lab", "notebook7"])
def front_end(request):
    """
    Each front end: JupyterLab and Notebook 7.
    """
    return request.param


@pytest.fixture
def opened(server, browser):
    """
    Opens a notebook of the server's folder; closes it after the test.
    """
    pages = []

    def _open(name, front_end="lab"):
        pages.append(browser.open(getattr(server, front_end)(name)))
        return pages[-1]

    yield _open
    for page in pages:
        page.close()


@pytest.fixture
def show(server, opened, front_end):
    """
    Shows one widget in a notebook of its own, after a cell that sets it up.

    After the test no request has left the machine, and the console is clean.
    """
    pages = []

    def _show(kind, setup=SETUP):
        name = f"{kind}-{front_end}.ipynb"
        written(server.folder / name, setup, CELLS[kind], "")
        shown = opened(name, front_end)
        # What the front end says while it starts is its own.
        shown.console.clear()
        shown.theme("light")
        shown.run_all()
        pages.append(shown)
        return Widget(shown)

    yield _show
    for page in pages:
        assert page.foreign == []
        assert page.console == []
