"""
Source of tables' factories, as `%scaffold` and as plain functions.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from machina_lab.errors import ArgumentValueError
from machina_lab.notebook.desk import desk
from machina_lab.notebook.display import Facts, Page
from machina_lab.notebook.waiting import waited_work


if TYPE_CHECKING:
    from machina_lab.schema import Update


def scaffold(table: str) -> str:
    """
    Return the source of a factory for a table (`%scaffold`).
    """
    return str(waited_work(lambda: desk.lab.scaffold(table)))


def scaffold_update(table: str, file: str | Path) -> Page:
    """
    Add to a file what a table's factory there lacks (`%scaffold --update`).

    Lines that are there stay as they are.

    Args:
        table: The table.
        file: A file of factories, scaffolded once and edited since.

    Raises:
        ArgumentValueError: The file cannot be read or is no Python.
    """
    path = Path(file).expanduser()
    found = _compared(table, path)
    if found.added:
        with path.open("w", encoding="utf-8", newline=_newline(path)) as sink:
            sink.write(found.text)
    data = {"added": list(found.added), "left": list(found.left)}
    if not found:
        return Page(f"{file} is up to date", data=data)
    facts = {"added": ", ".join(found.added) or "nothing"}
    if found.left:
        facts["by hand"] = f"{'; '.join(found.left)} (written in a way of its own)"
    title = f"Updated {file}" if found.added else f"Left {file} as it is"
    return Page(title, (Facts(facts),), data)


def scaffold_check(table: str, file: str | Path) -> Page:
    """
    Say that a table's factory in a file is up to date (`%scaffold --check`).

    Nothing is written.

    Args:
        table: The table.
        file: A file of factories, scaffolded once and edited since.

    Raises:
        ArgumentValueError: The file lacks the factory, or the factory attributes (all
            are named); or it cannot be read or is no Python.
    """
    found = _compared(table, Path(file).expanduser())
    if found:
        missing = ", ".join([*found.added, *found.left])
        raise ArgumentValueError(f"{file} is not up to date: it lacks {missing}.")
    return Page(f"{file} is up to date", data={"added": [], "left": []})


def _compared(table: str, path: Path) -> Update:
    try:
        text = path.read_text(encoding="utf-8")
        found: Update = waited_work(lambda: desk.lab.scaffold_update(text, table))
    except OSError as error:
        raise ArgumentValueError(f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ArgumentValueError(f"{path} is no UTF-8 text.") from error
    except SyntaxError as error:
        message = f"{path} is no Python: line {error.lineno}: {error.msg}."
        raise ArgumentValueError(message) from error
    return found


def _newline(path: Path) -> str:
    return "\r\n" if b"\r\n" in path.read_bytes() else "\n"
