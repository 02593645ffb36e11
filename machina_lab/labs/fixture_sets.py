"""
Fixture sets of a lab: rows as files, and files as rows.

What it made, records, frames, queries or whole tables go out; a set comes in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from machina_lab.errors import FixtureError, InsertError, OptionError
from machina_lab.labs.exploring import Exploring


if TYPE_CHECKING:
    from collections.abc import Callable

    from machina_lab.core.batches import Key
    from machina_lab.core.tables import Table
    from machina_lab.fixtures import Checked, Loaded, Package, Progress


def export_rows(  # noqa: PLR0913 - the options of an export, all by name
    session: Any,
    directory: str | Path,
    made: Iterable[Any] | None,
    *,
    metadatas: Iterable[Any] = (),
    tables: Collection[str] | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    exclude: Collection[str] = (),
    redact: Mapping[str, Any] | None = None,
    format: str = "csv",  # noqa: A002 - the word users write
    info: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Package:
    """
    Write rows that a session sees as a fixture set.

    Args:
        session: A SQLAlchemy session or connection.
        directory: Where the files go.
        made: The rows to start from (see `alchemy.made`); what they point at comes
            along. None: all rows of `tables`.
        metadatas: MetaData that know more of the types than the database.
        tables: Names of the tables to write whole; None for all.
        columns: Table -> the columns wanted.
        exclude: Tables and `table.column`s to leave out.
        redact: `table.column` -> a value, or a function of the value.
        format: `csv`, `parquet`, `jsonl` or `sql`.
        info: Goes into the manifest.
        progress: Called with a table and how many more rows are done.
    """
    from machina_lab.alchemy.made import keys_of
    from machina_lab.alchemy.rows import Rows
    from machina_lab.fixtures import export_tables, with_associations

    connection = _connection(session)
    source = Rows(connection)
    known, late = _tables(connection, metadatas)
    keys: Mapping[str, Sequence[Key]] | None = None
    wanted = known
    if made is not None:
        found = keys_of(made, connection.dialect)
        found = {_known_name(name, known): each for name, each in found.items()}
        keys = with_associations(known, found, source)
    elif tables is not None:
        names = _chosen(tables, known)
        wanted = [table for table in known if table.key in names]
    return export_tables(
        directory,
        wanted,
        source,
        keys=keys,
        late=late,
        columns=columns,
        exclude=exclude,
        redact=redact,
        format=format,
        info=info,
        progress=progress,
    )


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
    committed; with a lab, repo, session or connection they wait for its commit.

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
    from machina_lab.schema.reflection import connected

    def load(session: Any) -> Loaded:
        return _load(session, directory, strict, keys, metadatas, progress)

    held = getattr(repo, "repo", repo)
    if held is None:
        raise InsertError(
            "the lab has no database: lab.connect('sqlite:///shop.db') opens one."
        )
    if hasattr(held, "journal"):
        return _in_repo(held, load)
    if isinstance(held, str) or hasattr(held, "render_as_string"):
        with connected(held) as connection:
            loaded = load(connection)
            connection.commit()
            return loaded
    if hasattr(held, "begin") and hasattr(held, "dispose"):
        with held.begin() as connection:
            return load(connection)
    return load(held)


def _in_repo(repo: Any, load: Any) -> Loaded:
    loaded: Loaded = repo.run(load)
    if repo.autocommit:
        repo.commit()
    return loaded


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

    connection = _connection(session)
    known, _ = _tables(connection, metadatas)
    return load_set(
        directory, Rows(connection), known, strict=strict, keys=keys, progress=progress
    )


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
    from machina_lab.schema.reflection import connected

    with connected(database) as connection:
        tables, _ = _tables(connection, ())
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

        connection = _connection(session)
        sink = Rows(connection)
        place = (directory.resolve(), str(connection.engine.url))
        signature = _signature(directory)
        known, checked = self._checked.get(place, (None, None))
        if checked is None or known != signature:
            tables, _ = _tables(connection, lab._metadatas())  # noqa: SLF001 - its room
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


def _connection(session: Any) -> Any:
    if hasattr(session, "flush"):
        session.flush()
        return session.connection()
    return session


def _tables(
    connection: Any, metadatas: Iterable[Any]
) -> tuple[list[Table], dict[str, tuple[str, ...]]]:
    """
    Return the tables, parents first, and the columns that come in a second pass.

    What the models say of a type wins: a database may know less (SQLite has no UUID).
    """
    from machina_lab.schema import Schema

    schema = Schema.reflect(connection)
    given = list(metadatas)
    models: dict[str, Table] = {}
    if given:
        declared = Schema.from_metadata(given, dialect=connection.dialect.name)
        models = {table.key: table for table in declared}
    order = schema.insert_order()
    late: dict[str, tuple[str, ...]] = {}
    for each in order.late:
        late[each.table] = late.get(each.table, ()) + each.foreign_key.columns
    by_key = {table.key: table for table in schema}
    return [_typed(by_key[key], models.get(key)) for key in order], late


def _typed(table: Table, model: Table | None) -> Table:
    from dataclasses import replace

    if model is None:
        return table
    types = {column.name: column for column in model.columns}
    return replace(
        table,
        columns=tuple(
            replace(column, type=types[column.name].type)
            if column.name in types
            else column
            for column in table.columns
        ),
    )


def _known_name(name: str, known: Sequence[Table]) -> str:
    """
    Return the key of the table called *name*, whether its schema is spelled out or not.
    """
    if any(table.key == name for table in known):
        return name
    alike = [table.key for table in known if table.name == name.rpartition(".")[2]]
    return alike[0] if len(alike) == 1 else name


def _chosen(names: Collection[str], known: Sequence[Table]) -> set[str]:
    found = {_known_name(name, known) for name in names}
    missing = sorted(found - {table.key for table in known})
    if missing:
        from machina_lab.errors import nearest

        close = nearest(missing[0], [table.key for table in known])
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise OptionError(f"there is no table {missing[0]!r}.{hint}")
    return found


class FixtureSets(Exploring):
    """
    What a lab does with files.
    """

    def export_fixtures(  # noqa: PLR0913 - the options of an export, all by name
        self,
        directory: str | Path,
        *,
        records: Any = None,
        query: Any = None,
        tables: Collection[str] | Literal["all"] | None = None,
        columns: Mapping[str, Sequence[str]] | None = None,
        exclude: Collection[str] = (),
        redact: Mapping[str, Any] | None = None,
        format: str = "csv",  # noqa: A002 - the word users write
        progress: Progress | None = None,
    ) -> Package:
        """
        Write rows as a fixture set: all that this lab made, or what is named.

        What the rows point at comes along, each row once, parents first. The same data
        give the same files, byte for byte; an older set is replaced as a whole.

        Args:
            directory: Where the files go.
            records: Records or frames to write instead.
            query: A `select()` of mapped classes whose records are written instead.
            tables: Names of tables to write whole instead; `"all"` for all of them.
            columns: Table -> the columns wanted.
            exclude: Tables and `table.column`s to leave out.
            redact: `table.column` -> a value, or a function of the value, to write
                instead of it.
            format: `csv`, `parquet`, `jsonl` or `sql`.
            progress: Called with a table and how many more rows are done.

        Returns:
            The manifest of what was written.

        Raises:
            FixtureError: There is nothing to write, the folder holds something else,
                or it cannot be written.
        """
        options: dict[str, Any] = {
            "columns": columns,
            "exclude": exclude,
            "redact": redact,
            "format": format,
            "progress": progress,
        }
        if records is not None:
            return export_fixtures(records, directory, info=self._origin(), **options)
        repo = self._exporting(directory)
        work = self._export_work(directory, repo, query, tables, options)
        written: Package = repo.run(work)
        return written

    def _exporting(self, directory: str | Path) -> Any:
        del directory
        repos = self._some_repo()
        made = [repo for repo in repos if repo.made]
        if len(made) > 1:
            labels = " and ".join(repo.label for repo in made)
            raise FixtureError(
                f"the lab made rows in {labels}: export the records of each by"
                " records=."
            )
        return made[0] if made else repos[0]

    def _export_work(
        self,
        directory: str | Path,
        repo: Any,
        query: Any,
        tables: Collection[str] | str | None,
        options: dict[str, Any],
    ) -> Callable[[Any], Package]:
        def work(session: Any) -> Package:
            from machina_lab.alchemy.made import rows_of_records

            made: Iterable[Any] | None = None
            if query is not None:
                made = rows_of_records(_queried(session, query))
            elif tables is None:
                made = repo.made
                if not made:
                    raise no_source()
            names = None if tables == "all" or tables is None else _listed(tables)
            return export_rows(
                session,
                directory,
                made,
                metadatas=self._metadatas(),
                tables=names,
                info=self._origin(),
                **options,
            )

        return work

    def load_fixtures(
        self,
        directory: str | Path,
        *,
        strict: bool = False,
        keys: Literal["keep", "new"] = "keep",
        progress: Progress | None = None,
    ) -> Loaded:
        """
        Load a fixture set into the lab's database; see `machina_lab.load_fixtures`.
        """
        return load_fixtures(
            directory,
            self._some_repo()[0],
            strict=strict,
            keys=keys,
            metadatas=self._metadatas(),
            progress=progress,
        )

    def _metadatas(self) -> list[Any]:
        found: dict[int, Any] = {}
        for factory in self.factories().values():
            metadata = getattr(factory.model, "metadata", None)
            if hasattr(metadata, "sorted_tables"):
                found[id(metadata)] = metadata
        return list(found.values())

    def _origin(self) -> dict[str, Any]:
        """
        Return what the manifest says of how the rows came about.
        """
        names = sorted({step.factory for step in self.journal if step.factory})
        about: dict[str, Any] = {"factories": names} if names else {}
        seed = self._streams.value
        return about if seed is None else {"seed": seed, **about}


def export_fixtures(  # noqa: PLR0913 - the options of an export, all by name
    records: Any,
    directory: str | Path,
    *,
    columns: Mapping[str, Sequence[str]] | None = None,
    exclude: Collection[str] = (),
    redact: Mapping[str, Any] | None = None,
    format: str = "csv",  # noqa: A002 - the word users write
    info: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Package:
    """
    Write records or frames as a fixture set, what they hold and point at included.

    Records that are rows of a database are read from it. Others are written as they
    are; keys that a database would have made are numbered from 1.

    Args:
        records: Records, a frame, or a mapping of names to either; or a lab.
        directory: Where the files go.
        columns: Table -> the columns wanted.
        exclude: Tables and `table.column`s to leave out.
        redact: `table.column` -> a value, or a function of the value.
        format: `csv`, `parquet`, `jsonl` or `sql`.
        info: Goes into the manifest.
        progress: Called with a table and how many more rows are done.

    Raises:
        FixtureError: There is nothing to write, or the folder holds something else.
    """
    options: dict[str, Any] = {
        "columns": columns,
        "exclude": exclude,
        "redact": redact,
        "format": format,
        "progress": progress,
    }
    if isinstance(records, FixtureSets):
        return records.export_fixtures(directory, **options)
    groups = _groups(records)
    loose = [each for _, given in groups if isinstance(given, list) for each in given]
    sessions = {id(s): s for s in map(_session_of, loose)}
    if (
        loose
        and len(groups) == 1
        and len(sessions) == 1
        and None not in sessions.values()
    ):
        from machina_lab.alchemy.made import rows_of_records

        session = next(iter(sessions.values()))
        metadatas = {
            id(r.metadata): r.metadata for r in loose if hasattr(r, "metadata")
        }
        session.flush()
        made = rows_of_records(loose)
        return export_rows(
            session,
            directory,
            made,
            metadatas=metadatas.values(),
            info=info,
            **options,
        )
    return _export_loose(groups, directory, info or {}, options)


def _export_loose(
    groups: list[tuple[str, Any]],
    directory: str | Path,
    info: Mapping[str, Any],
    options: dict[str, Any],
) -> Package:
    from machina_lab.fixtures import (
        narrowed,
        part_of_frame,
        parts_of_records,
        write_set,
    )

    listed = {name: given for name, given in groups if isinstance(given, list)}
    parts = parts_of_records(listed) if listed else []
    parts += [
        part_of_frame(name, given) for name, given in groups if name not in listed
    ]
    if not parts:
        raise no_source()
    chosen = {name: options.pop(name) for name in ("columns", "exclude", "redact")}
    return write_set(directory, narrowed(parts, **chosen), info=info, **options)


def _groups(records: Any) -> list[tuple[str, Any]]:
    """
    Return name and records (a list) or name and frame.
    """
    from machina_lab.core.records import kind_of
    from machina_lab.fixtures import is_frame

    if is_frame(records) or hasattr(records, "machina"):
        return [_frame_group("frame", records)]
    if isinstance(records, Mapping) and not records:
        return []
    if isinstance(records, Mapping):
        values = list(records.values())
        named = [v for v in values if is_frame(v) or isinstance(v, list | tuple)]
        if values and len(named) == len(values):
            return [
                _frame_group(str(name), each)
                if is_frame(each)
                else (str(name), [*each])
                for name, each in records.items()
            ]
        return [("records", [records])]
    if isinstance(records, str | bytes):
        raise OptionError(f"{records!r} is no record and no frame.")
    if isinstance(records, Iterable) and not hasattr(type(records), "_fields"):
        return [("records", list(records))]
    kind_of(type(records))
    return [("records", [records])]


def _frame_group(name: str, frame: Any) -> tuple[str, Any]:
    """
    Return a frame, or the mapped records that it was made from.
    """
    origin = getattr(frame, "_origin", None)
    if origin is not None and getattr(origin, "records", None):
        from machina_lab.frames.recordframes import records_of

        try:
            found = records_of(frame)
        except ValueError:
            return name, frame
        if all(hasattr(type(each), "__mapper__") for each in found):
            return name, found
    return name, frame


def _session_of(record: Any) -> Any:
    state = getattr(record, "_sa_instance_state", None)
    return state.session if state is not None and state.key is not None else None


def _queried(session: Any, query: Any) -> list[Any]:
    found = session.scalars(query).unique().all()
    if not all(hasattr(each, "_sa_instance_state") for each in found):
        raise OptionError(
            "query= takes a select() of mapped classes, as in select(User). For other"
            " columns make a frame and export that."
        )
    if not found:
        raise FixtureError("the query found no rows to export.")
    return list(found)


def _listed(names: Collection[str] | str) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def no_source() -> FixtureError:
    """
    Return the error for an export of nothing.
    """
    return FixtureError(
        "there is nothing to export: insert records first, or name records=, query= or"
        " tables=."
    )
