"""
Every notebook runs from top to bottom, anywhere, and is stored as a reader gets it.
"""

import tempfile

from pathlib import Path

import nbformat
import pytest

from tests.support.notebooks import NOTEBOOKS, executed, outputs


ALL = sorted(NOTEBOOKS.glob("*.ipynb"))

#: Put before the first cell: whatever asks the network fails with a clear word.
OFFLINE = """\
import socket as _socket
import sys as _sys

_connect = _socket.socket.connect

def _local(self, address):
    local = self.family == _socket.AF_UNIX or address[0] in ("127.0.0.1", "::1")
    if not local:
        raise OSError(f"a notebook asked the network: {address}")
    return _connect(self, address)

def _resolve(event, args):
    here = (None, "", "localhost", "127.0.0.1", "::1")
    if event == "socket.getaddrinfo" and args[0] not in here:
        raise OSError(f"a notebook asked the network: {args[0]}")

_socket.socket.connect = _local
_sys.addaudithook(_resolve)
"""


def test_there_are_notebooks():
    """
    The quickstart is among the notebooks that are run here.
    """
    assert "01_quickstart.ipynb" in [path.name for path in ALL]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """
    An empty folder to run in, and another one for the notebook's temporary files.
    """
    run, temporary = tmp_path / "run", tmp_path / "tmp"
    run.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return run


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
class TestNotebook:
    def test_runs_anywhere(self, path, folder):
        """
        It runs without an error or a warning, offline, and leaves no file behind.
        """
        notebook = nbformat.read(path, 4)
        guard = nbformat.v4.new_code_cell(OFFLINE)
        notebook.cells.insert(0, guard)
        copy = folder.parent / path.name
        nbformat.write(notebook, copy)

        done = executed(copy, folder=folder)

        loud = [
            (source, output.get("text"))
            for source, output in outputs(done)
            if output.get("name") == "stderr"
        ]
        assert loud == []
        assert _files(folder) == []
        assert _files(Path(tempfile.gettempdir())) == []

    def test_stored_without_outputs(self, path):
        """
        It is kept as source: no outputs, no counts, no machine's metadata.
        """
        notebook = nbformat.read(path, nbformat.NO_CONVERT)

        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.outputs for cell in code] == [[]] * len(code)
        assert {cell.execution_count for cell in code} == {None}
        assert set(notebook.metadata) <= {"kernelspec", "language_info"}
        assert notebook.metadata.kernelspec.name == "python3"

    def test_tells_what_to_read_next(self, path):
        """
        It starts with a title and ends with words, not with code.
        """
        notebook = nbformat.read(path, 4)

        first, last = notebook.cells[0], notebook.cells[-1]
        assert first.cell_type == last.cell_type == "markdown"
        assert first.source.startswith("# ")


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
