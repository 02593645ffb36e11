"""
Loading fixture sets into databases, and checking them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from machina_lab.errors import InsertError
from machina_lab.labs.tables import connection_of, tables_of


if TYPE_CHECKING:
    from machina_lab.fixtures import Checked, Loaded, Progress
    from machina_lab.frames.portables import Frame


def load_fixtures(  # noqa: PLR0913 - the options of a load, all by name
    directory: str | Path,
    repo: Any,
    *,
    strict: bool = False,
    keys: Literal["keep", "new"] = "keep",
    metadatas: Iterable[Any] = (),
    progress: Progress | None = None,
) -> Loaded:
    """
    Load a fixture set into a database, all of it or nothing.

    Everything is checked before the first row. With a URL or an engine the rows are
    committed; with a lab, repo, session or connection they wait for its commit. To a
    lab it is a step of its journal, which `undo` takes back.

    Args:
        directory: The fixture set.
        repo: A lab or its repo, a Session, Connection, Engine or URL.
        strict: Refuse files that were edited since they were written.
        keys: `"keep"` the keys in the files, or take `"new"` ones where the database
            makes them; rows that point at them follow.
        metadatas: MetaData that know more of the types than the database.
        progress: Called with a table and how many more rows are done.

    Raises:
        FixtureError: Something is wrong; `.problems` holds every problem found.
    """
    from machina_lab.schema.targets import connected

    def load(session: Any) -> Loaded:
        return _load(session, directory, strict, keys, metadatas, progress)

    held = getattr(repo, "repo", repo)
    if held is None:
        raise InsertError(
            "the lab has no database: lab.connect('sqlite:///shop.db') opens one."
        )
    if hasattr(held, "sync_engine") or hasattr(held, "sync_session"):
        raise InsertError(
            "that database is asynchronous: Lab(...) takes it, and then"
            " `await lab.aload_fixtures(...)`."
        )
    if hasattr(held, "journal"):
        loaded: Loaded = held.load(given_to(directory, strict, keys), load)
        return loaded
    if isinstance(held, str) or hasattr(held, "render_as_string"):
        with connected(held) as connection:
            done = load(connection)
            connection.commit()
            return done
    if hasattr(held, "begin") and hasattr(held, "dispose"):
        with held.begin() as connection:
            return load(connection)
    return load(held)


def given_to(
    directory: str | Path,
    strict: bool,  # noqa: FBT001
    keys: str,
) -> dict[str, Any]:
    """
    Return what a load was given, for the journal: what is not as usual.
    """
    given: dict[str, Any] = {"directory": str(directory)}
    if strict:
        given["strict"] = True
    return given if keys == "keep" else given | {"keys": keys}


def _load(  # noqa: PLR0913 - the options of a load
    session: Any,
    directory: str | Path,
    strict: bool,  # noqa: FBT001
    keys: Literal["keep", "new"],
    metadatas: Iterable[Any],
    progress: Progress | None,
) -> Loaded:
    from machina_lab.alchemy.rows import Rows
    from machina_lab.fixtures import load_set

    connection = connection_of(session)
    known, _ = tables_of(connection, metadatas)
    return load_set(
        directory, Rows(connection), known, strict=strict, keys=keys, progress=progress
    )


def read_fixtures(
    directory: str | Path, *tables: str, strict: bool = False
) -> dict[str, Frame]:
    """
    Return what a fixture set holds as DataFrames, without a database.

    The dtypes are those of `frame`: integers and booleans stay so beside NULL, Decimals
    keep their digits, NULL is apart from an empty text. Every cell is checked.

    Args:
        directory: The fixture set.
        tables: The tables wanted; none for all.
        strict: Refuse files that were edited since they were written.

    Returns:
        Table -> its rows.

    Raises:
        FixtureError: Something is wrong; `.problems` holds every problem found.
        OptionError: The set has no such table.
    """
    from machina_lab.fixtures import read_set
    from machina_lab.frames.portables import portable_frame

    return {
        table: portable_frame({n: (c.type, c.chunks) for n, c in columns.items()})
        for table, columns in read_set(directory, tables, strict=strict).items()
    }


def check_fixtures(
    directory: str | Path, database: Any = None, *, strict: bool = False
) -> Checked:
    """
    Check a fixture set, against a database if there is one; nothing is loaded.

    Args:
        directory: The fixture set.
        database: A URL, Engine, Connection or Session.
        strict: Refuse files that were edited since they were written.

    Raises:
        FixtureError: Something is wrong; `.problems` holds every problem found.
    """
    from machina_lab.fixtures import check_set

    if database is None:
        return check_set(directory, strict=strict)
    from machina_lab.alchemy.rows import Rows
    from machina_lab.schema.targets import connected

    with connected(database) as connection:
        tables, _ = tables_of(connection, ())
        sink = Rows(connection)
        return check_set(directory, tables=tables, sink=sink, strict=strict)


class Loader:
    """
    Loads fixture sets again and again, as tests do: checked once, read once.

    What was checked is remembered until a file of the set changes.
    """

    def __init__(self) -> None:
        self._checked: dict[tuple[Path, str], tuple[Any, Any]] = {}

    def load(self, directory: Path, lab: Any) -> Loaded:
        """
        Load a set into the database of a lab.

        Raises:
            FixtureError: Something is wrong with it; nothing was loaded.
        """
        repo = lab.repo
        if repo is None:
            raise InsertError("the lab has no database to load fixtures into.")
        loaded: Loaded = repo.run(lambda session: self._load(session, directory, lab))
        return loaded

    def _load(self, session: Any, directory: Path, lab: Any) -> Loaded:
        from machina_lab.alchemy.rows import Rows
        from machina_lab.fixtures import check_set, load_checked

        connection = connection_of(session)
        sink = Rows(connection)
        place = (directory.resolve(), str(connection.engine.url))
        signature = _signature(directory)
        known, checked = self._checked.get(place, (None, None))
        if checked is None or known != signature:
            tables, _ = tables_of(connection, lab._metadatas())  # noqa: SLF001 - its room
            checked = check_set(directory, tables=tables, sink=sink)
            self._checked[place] = (signature, checked)
        return load_checked(checked, sink)


def _signature(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """
    Return what changes when a file of a set does.
    """
    return tuple(
        (str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    )
