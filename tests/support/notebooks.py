"""
Notebooks without a browser: written, run strictly, and read.
"""

from __future__ import annotations

import os

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import nbformat

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.support.jupyter import ROOT


NOTEBOOKS: Final = ROOT / "notebooks"
_KERNEL: Final = {
    "name": "python3",
    "display_name": "Python 3",
    "language": "python",
}


def written(path: Path, *sources: str) -> Path:
    """
    Write a notebook of *sources*: code, or text where one starts with `md:`.
    """
    cells = [
        new_markdown_cell(source[3:]) if source.startswith("md:") else _code(source)
        for source in sources
    ]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})
    nbformat.write(notebook, path)
    return path


def _code(source: str) -> NotebookNode:
    return new_code_cell(source)


def executed(
    path: Path, *, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> NotebookNode:
    """
    Run a notebook in a kernel of its own and return it with its outputs.

    Args:
        path: The notebook; its file stays as it is.
        folder: Where the kernel runs; the notebook's own folder unless given.
        env: More environment variables for the kernel.

    Raises:
        CellExecutionError: A cell failed; the cells below it were not run.
    """
    notebook = nbformat.read(path, 4)
    client = NotebookClient(
        notebook,
        timeout=100,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder or path.parent)}},
        # No warning about an unencrypted connection on stderr.
        extra_arguments=["--log-level=ERROR"],
    )
    with _environment({"PYTHONPATH": str(ROOT), **(env or {})}):
        client.execute()
    return notebook


def outputs(notebook: NotebookNode) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Yield each output with the source of its cell.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield cell.source, output


@contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    """
    Set variables, and hide that a worker of pytest-xdist runs the kernel.

    A run of pytest in a notebook is nobody's worker: its numbers start at zero.
    """
    before = dict(os.environ)
    for name in before:
        if name.startswith("PYTEST_"):
            del os.environ[name]
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
