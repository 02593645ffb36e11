"""
A notebook in a real browser: the system's Chromium, driven through Playwright.
"""

from __future__ import annotations

import os
import shutil
import tempfile

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, Self

import pytest

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, expect, sync_playwright

from tests.support.jupyter import ROOT


SCREENSHOTS: Final = ROOT / "artifacts" / "screenshots"
Theme = Literal["light", "dark"]

_OPTIONS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
#: How long anything may take: long enough for a busy machine, whatever it waits for.
_MILLISECONDS: Final = 60_000
_APP: Final = "window.jupyterapp"
_STATUS: Final = f"{_APP}?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
#: Room for the whole notebook: from its first to its last cell, and the bars around.
_HEIGHT: Final = """() => {
    const cells = [...document.querySelectorAll('.jp-Notebook .jp-Cell')];
    const [top, end] = [cells.at(0), cells.at(-1)].map(
        cell => cell.getBoundingClientRect());
    return end.bottom - top.top + 220;
}"""


def chromium() -> str:
    """
    Return the path of the system's Chromium; skip without one, but fail in CI.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    message = "no Chromium here: install it (apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def _file(name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS / f"{name}.png"


class Browser:
    """
    Chromium with a profile of its own, while its `with` block runs.
    """

    def __init__(self, *, width: int = 1200, height: int = 1400) -> None:
        self._executable = chromium()
        self._size: Any = {"width": width, "height": height}
        self._profile = tempfile.TemporaryDirectory(
            prefix="chromium-", ignore_cleanup_errors=True
        )

    def __enter__(self) -> Self:
        """
        Start the browser.
        """
        self._playwright = sync_playwright().start()
        self._context = self._playwright.chromium.launch_persistent_context(
            self._profile.name,
            executable_path=self._executable,
            headless=True,
            args=_OPTIONS,
            viewport=self._size,
        )
        self._context.set_default_timeout(_MILLISECONDS)
        expect.set_options(timeout=_MILLISECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        """
        Close the browser and forget its profile.
        """
        self._context.close()
        self._playwright.stop()
        self._profile.cleanup()

    def page(self, address: str) -> Page:
        """
        Open any page; what it wants from other machines it does not get.
        """
        page = self._context.new_page()
        page.route("http*://**", lambda route: route.abort())
        page.goto(address)
        return page

    def open(self, address: str) -> NotebookPage:
        """
        Open the notebook at *address* and wait for its kernel.
        """
        page = self._context.new_page()
        opened = NotebookPage(page, address)
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        opened.wait_idle()
        # What a front end says while it starts is its own.
        opened.console.clear()
        return opened


class NotebookPage:
    """
    One open notebook.

    Attributes:
        page: The page, for what is not covered here.
        foreign: Every request that left this machine.
        console: Errors and warnings of the page since the notebook was open.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.console: list[str] = []
        base = "/".join(address.split("/")[:3])
        self._own = (base, base.replace("http", "ws", 1), "data:", "blob:")
        page.on("request", self._on_request)
        page.on("console", lambda m: self._on_console(m.type, m.text))
        page.on("pageerror", lambda error: self._on_console("error", str(error)))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self._own):
            self.foreign.append(request.url)

    def _on_console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.console.append(f"{kind}: {text}")

    def close(self) -> None:
        """
        End the kernel and close the page.
        """
        self.page.evaluate(f"{_APP}.shell.currentWidget?.sessionContext?.shutdown()")
        self.page.close()

    def wait_idle(self) -> None:
        """
        Wait until the kernel has nothing to do.
        """
        self.page.wait_for_function(f"{_STATUS} === 'idle'")

    def run_all(self) -> None:
        """
        Run every cell; look at `errors()` for those that failed.
        """
        self._command("notebook:run-all-cells", "runmenu:run-all")
        self.wait_idle()

    def theme(self, theme: Theme) -> None:
        """
        Switch the front end to its light or dark theme.
        """
        name = f"JupyterLab {theme.title()}"
        self.page.evaluate(
            f"theme => {_APP}.commands.execute('apputils:change-theme', {{theme}})",
            name,
        )
        light = str(theme == "light").lower()
        self.page.wait_for_selector(
            f"body[data-jp-theme-light='{light}']", state="attached"
        )
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def _command(self, *names: str) -> None:
        """
        Execute the first of *names* that this front end knows.
        """
        self.page.evaluate(
            f"""async names => {{
                const known = names.find(name => {_APP}.commands.hasCommand(name));
                await {_APP}.commands.execute(known);
            }}""",
            list(names),
        )

    def cell(self, number: int) -> Locator:
        """
        Return cell *number*, counted from 0, text cells too.
        """
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def cells(self) -> int:
        """
        Return how many cells there are.
        """
        return self.page.locator(".jp-Notebook .jp-Cell").count()

    def add_cell(self) -> int:
        """
        Append an empty cell and return its number.
        """
        last = self.cells() - 1
        self.cell(last).click(position={"x": 5, "y": 5})
        self.page.keyboard.press("Escape")
        self._command("notebook:insert-cell-below")
        return last + 1

    def errors(self) -> list[str]:
        """
        Return the texts of all failed cells and of all that went to stderr.
        """
        kinds = ("application/vnd.jupyter.stderr", "application/vnd.jupyter.error")
        chosen = ", ".join(
            f".jp-OutputArea [data-mime-type='{kind}']" for kind in kinds
        )
        return self.page.locator(chosen).all_inner_texts()

    def write(self, number: int, text: str) -> None:
        """
        Replace the source of a cell by real keys, as completers and shortcuts see them.
        """
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text, delay=15)

    def run(self, number: int, text: str) -> Locator:
        """
        Type *text* into a cell, run it, and return the cell's outputs.
        """
        self.write(number, text)
        prompt = self.cell(number).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.page.keyboard.press("Control+Enter")
        # The number of an earlier run still stands there for a moment.
        self.page.wait_for_function(
            "([e, before]) => /\\[\\d+\\]/.test(e.innerText) && e.innerText !== before",
            arg=[prompt.element_handle(), before],
        )
        self.wait_idle()
        return self.cell(number).locator(".jp-OutputArea-output")

    def complete(
        self, number: int, text: str, *, take: bool = False, picture: str = ""
    ) -> list[str]:
        """
        Type *text* into a cell, press Tab, and return what is offered.

        Args:
            number: The cell.
            text: What to type.
            take: Take the first offer and return the line that this makes.
            picture: Keep a picture of the offers under this name.
        """
        self.write(number, text)
        self.page.keyboard.press("Tab")
        offered = self.page.locator(
            ".jp-Completer:not(.lm-mod-hidden) .jp-Completer-match"
        )
        offered.first.wait_for()
        items = offered.all_inner_texts()
        if picture:
            self.page.screenshot(path=_file(picture))
        self.page.keyboard.press("Enter" if take else "Escape")
        offered.first.wait_for(state="hidden")
        if take:
            return self.cell(number).locator(".cm-line").all_inner_texts()
        return items

    def screenshot(self, name: str) -> Path:
        """
        Keep a picture of the whole notebook under artifacts/screenshots.
        """
        path = _file(name)
        size = self.page.viewport_size
        assert size is not None
        height = int(self.page.evaluate(_HEIGHT))
        # The notebook scrolls inside the page: make the page as high as the notebook.
        self.page.set_viewport_size({"width": size["width"], "height": height})
        self.cell(0).evaluate("cell => cell.scrollIntoView({block: 'start'})")
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)
        return path

    def picture(self, number: int, name: str) -> Path:
        """
        Keep a picture of one cell, source and outputs.
        """
        path = _file(name)
        self.cell(number).scroll_into_view_if_needed()
        self.cell(number).screenshot(path=path)
        return path

    def barriers(self, selector: str, *, allowed: Sequence[str] = ()) -> list[str]:
        """
        Return what axe finds wrong for people with disabilities inside *selector*.

        Args:
            selector: The part of the page that is ours.
            allowed: Names of rules that are not ours to keep here.
        """
        found = Axe().run(self.page, context=selector).response["violations"]
        return [
            f"{each['id']} ({each['impact']}): {node['html'][:200]}"
            for each in found
            if each["id"] not in allowed
            for node in each["nodes"]
        ]
