"""
Writing rows, records and frames as fixture sets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from machina_lab.errors import FixtureError, OptionError
from machina_lab.labs.tables import chosen, connection_of, known_name, tables_of


if TYPE_CHECKING:
    from machina_lab.core.batches import Key
    from machina_lab.fixtures import Package, Progress


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

    connection = connection_of(session)
    source = Rows(connection)
    known, late = tables_of(connection, metadatas)
    keys: Mapping[str, Sequence[Key]] | None = None
    wanted = known
    if made is not None:
        found = keys_of(made, connection.dialect)
        found = {known_name(name, known): each for name, each in found.items()}
        keys = with_associations(known, found, source)
    elif tables is not None:
        names = chosen(tables, known)
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
    if hasattr(records, "export_fixtures"):
        written: Package = records.export_fixtures(directory, **options)
        return written
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
    left = {name: options.pop(name) for name in ("columns", "exclude", "redact")}
    return write_set(directory, narrowed(parts, **left), info=info, **options)


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


def no_source() -> FixtureError:
    """
    Return the error for an export of nothing.
    """
    return FixtureError(
        "there is nothing to export: insert records first, or name records=, query= or"
        " tables=."
    )
