"""
Real IPython shells for tests: one in this process, one behind a real terminal.
"""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
import time

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config


ROOT = Path(__file__).parents[2]


@contextmanager
def shell(*, terminal: bool = False, extension: str | None = None) -> Iterator[Any]:
    """
    Give a fresh IPython shell; it touches neither a profile nor a history.

    Args:
        terminal: Use the class of `ipython` itself, which formats to text only; else
            the base class, which formats to every MIME type, as a kernel does.
        extension: An extension to load.
    """
    cls = TerminalInteractiveShell if terminal else InteractiveShell
    with tempfile.TemporaryDirectory(prefix="ipython-") as folder:
        before = os.environ.get("IPYTHONDIR")
        os.environ["IPYTHONDIR"] = folder
        cls.clear_instance()
        ip = cls.instance(config=_config(terminal=terminal))
        try:
            if extension:
                ip.run_line_magic("load_ext", extension)
            yield ip
        finally:
            if extension and extension in ip.extension_manager.loaded:
                ip.run_line_magic("unload_ext", extension)
            ip.atexit_operations()
            # Or it runs again at exit, and complains.
            atexit.unregister(ip.atexit_operations)
            cls.clear_instance()
            if before is None:
                os.environ.pop("IPYTHONDIR", None)
            else:
                os.environ["IPYTHONDIR"] = before


def _config(*, terminal: bool) -> Config:
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    if terminal:
        config.TerminalInteractiveShell.simple_prompt = True
    return config


class Ran:
    """
    What a cell did.

    Attributes:
        result: The value of its last expression.
        success: Whether it ran to its end.
        error: The exception that stopped it, or None.
        stdout: What it printed; tracebacks are printed too.
        stderr: What it wrote to the error stream.
        displayed: The MIME bundles it displayed.
    """

    def __init__(self, result: Any, captured: Any) -> None:
        self.result, self.success = result.result, result.success
        self.error = result.error_in_exec or result.error_before_exec
        self.stdout, self.stderr = captured.stdout, captured.stderr
        self.displayed = [output.data for output in captured.outputs]


def run(ip: Any, source: str) -> Ran:
    """
    Run a cell as a user does.
    """
    with capture_output() as captured:
        result = ip.run_cell(source, store_history=True)
    return Ran(result, captured)


def bundle(ip: Any, value: Any) -> dict[str, Any]:
    """
    Return the MIME bundle that a front end receives for *value*.
    """
    data: dict[str, Any] = ip.display_formatter.format(value)[0]
    return data


def completions(ip: Any, text: str) -> list[tuple[str, str]]:
    """
    Return text and type of what Tab offers behind *text*, all completers together.
    """
    with provisionalcompleter():
        found = ip.Completer.completions(text, len(text))
        return [(each.text, each.type) for each in found]


class TerminalIPython:
    """
    `ipython` in a real terminal: it gets keys and is read as a person reads a screen.
    """

    def __init__(
        self, *, extension: str | None = None, rows: int = 40, columns: int = 110
    ) -> None:
        import pexpect
        import pyte

        self._pexpect = pexpect
        self._folder = tempfile.TemporaryDirectory(
            prefix="ipython-", ignore_cleanup_errors=True
        )
        paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {
            **os.environ,
            "IPYTHONDIR": self._folder.name,
            "TERM": "xterm-256color",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "PYTHONPATH": paths,
        }
        arguments = [
            "-m",
            "IPython",
            "--no-banner",
            "--colors=nocolor",
            "--HistoryManager.enabled=False",
        ]
        if extension:
            arguments.append(f"--ext={extension}")
        self._child = pexpect.spawn(
            sys.executable,
            arguments,
            env=environment,
            dimensions=(rows, columns),
            encoding="utf8",
            timeout=30,
        )
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)

    def __enter__(self) -> Self:
        self.wait_for("In [1]")
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)
        self._folder.cleanup()

    def text(self) -> str:
        """
        Return what is on the screen.
        """
        lines = [line.rstrip() for line in self._screen.display]
        return "\n".join(line for line in lines if line)

    def send(self, keys: str) -> None:
        """
        Type *keys*.
        """
        self._child.send(keys)

    def wait_for(self, needle: str, timeout: float = 30) -> str:
        """
        Read the screen until *needle* is on it, and return it.
        """
        end = time.monotonic() + timeout
        while needle not in self.text():
            if time.monotonic() > end:
                raise TimeoutError(f"{needle!r} never appeared:\n{self.text()}")
            try:
                self._stream.feed(self._child.read_nonblocking(65536, timeout=0.2))
            except self._pexpect.TIMEOUT:
                continue
        return self.text()
