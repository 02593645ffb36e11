"""
Looking around, as magics and as plain functions do it: factories, sequences, tables.
"""

from __future__ import annotations

from typing import Any, Final

from machina_lab.core.merging import is_record
from machina_lab.core.records import MISSING, Field, kind_of
from machina_lab.core.sequences import sequences as counters
from machina_lab.errors import ArgumentValueError, nearest
from machina_lab.notebook.desk import desk
from machina_lab.notebook.display import (
    Code,
    Facts,
    Grid,
    Page,
    Picture,
    cut,
)
from machina_lab.notebook.labels import label
from machina_lab.notebook.loops import loop
from machina_lab.notebook.suggestions import type_label
from machina_lab.notebook.waiting import find, is_async, read_tables


#: Foreign keys that a diagram lists where it cannot be seen.
_ARROWS: Final = 60
_NO_FACTORIES: Final = "no factories yet: define one with @lab.factory"


def factories() -> Any:
    """
    Return the lab's factories as a DataFrame (`%factories`).
    """
    read_tables()
    lab = desk.lab
    own = set(lab.names(automatic=False))
    rows = [
        _factory_row(name, lab.find(name) if name in own else None)
        for name in lab.names()
    ]
    columns = ("factory", "makes", "variants", "inputs", "hooks", "defined")
    return _listing(rows, columns, "" if rows else _NO_FACTORIES)


def _factory_row(name: str, handle: Any) -> dict[str, Any]:
    """
    Return one factory as a row; those of tables are defined when they are first used.
    """
    if handle is None:
        return {
            "factory": name,
            "makes": "",
            "variants": "",
            "inputs": "",
            "hooks": "",
            "defined": "by its table",
        }
    return {
        "factory": name,
        "makes": handle.model.__name__ if handle.model else "",
        "variants": ", ".join(handle.variants),
        "inputs": ", ".join(handle.inputs),
        "hooks": ", ".join(handle.hooks),
        "defined": handle.definition.place,
    }


def _listing(rows: list[dict[str, Any]], columns: tuple[str, ...], caption: str) -> Any:
    from machina_lab.frames import frame

    # Without rows there is nothing to tell the columns from.
    made: Any = frame(rows or [dict.fromkeys(columns, "")], caption=caption)
    return made if rows else made.iloc[:0]


def factory(name: Any) -> Page:
    """
    Return one factory in detail, with a sample of what it builds (`%factory`).

    Raises:
        UndefinedFactoryError: There is no such factory.
    """
    handle = find(name)
    definition = handle.definition
    makes = handle.model.__name__ if handle.model else "what its body returns"
    facts = {
        "makes": makes,
        "defined": definition.place,
        "inputs": ", ".join(handle.inputs) or "none",
        "hooks": ", ".join(handle.hooks) or "none",
        "variants": ", ".join(handle.variants) or "none",
        **_of_table(handle),
    }
    parts = (
        Facts(facts),
        *([Code("Source", handle.source)] if handle.source else []),
        *([_fields(handle.fields())] if handle.fields() else []),
        _options(handle),
        _sample(handle),
    )
    data = {"name": handle.path, "model": handle.model, "options": handle.options}
    return Page(f"Factory {handle.path}", parts, data)


def _of_table(handle: Any) -> dict[str, str]:
    """
    Return what there is to know of a table's own factory before rows are inserted.
    """
    lab = desk.lab
    if handle.name in lab.names(automatic=False):
        return {}
    table = lab.tables().define(handle.name)
    room = {} if table.limit is None else {"room": f"for {table.limit:,} rows at most"}
    return {"needs you": "; ".join(table.needs) or "for nothing", **room}


def _fields(fields: Any) -> Grid:
    rows = [
        (name, type_label(each), each.role.replace("_", " "), _needs(each))
        for name, each in fields.items()
    ]
    return Grid("Fields", ("name", "type", "role", "value"), rows)


def _needs(each: Field) -> str:
    words = [
        "required" if each.required else "",
        "generated" if each.generated else "",
        "unique" if each.unique else "",
        "" if each.default is MISSING else f"default {_shown(each.default, 40)}",
    ]
    return ", ".join(filter(None, words))


def _options(handle: Any) -> Grid:
    rows = [
        (name, _shown_option(name, option.value), option.level)
        for name, option in handle.options.items()
    ]
    return Grid("Options", ("option", "value", "said on"), rows)


def _shown_option(name: str, value: Any) -> str:
    if name == "repo" and value is not None:
        return str(getattr(value, "label", type(value).__name__))
    return value.__name__ if isinstance(value, type) else repr(value)


def _sample(handle: Any) -> Facts | Code:
    """
    Return what the factory builds; sequences and random values stay as they were.
    """
    with counters.isolated(), desk.lab.seeded(0):
        try:
            record = handle.build()
        except Exception as error:  # noqa: BLE001 - a user's body may fail in any way
            return Code("Sample", f"{type(error).__name__}: {error}")
    if not is_record(record):
        return Code("Sample", cut(record))
    read = kind_of(type(record)).read(record)
    lines = [f"{key}: {_shown(value, 80)}" for key, value in read.items()]
    return Code("Sample", "\n".join(lines))


def _shown(value: Any, limit: int) -> str:
    return cut(value, limit) if isinstance(value, str) else label(value, limit)


def sequences() -> Any:
    """
    Return the sequences and their next numbers as a DataFrame (`%sequences`).
    """
    rows = [
        {
            "sequence": str(name),
            "next": counters.peek(name),
            "start": counters.start(name),
        }
        for name in counters.names()
    ]
    caption = "" if rows else "no sequence was used yet"
    return _listing(rows, ("sequence", "next", "start"), caption)


def reset_sequences(*names: Any) -> Any:
    """
    Let sequences start anew, all or the named ones (`%sequences reset`).

    Raises:
        ArgumentValueError: There is no such sequence.
    """
    known = {str(name): name for name in counters.names()}
    for name in names:
        if str(name) not in known:
            close = nearest(name, known)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise ArgumentValueError(f"no sequence named {name!r}.{hint}")
    counters.reset(*(known[str(name)] for name in names))
    return sequences()


def set_sequence(name: Any, number: int) -> Any:
    """
    Let *number* come next in a sequence (`%sequences set`).
    """
    known = {str(each): each for each in counters.names()}
    counters.set(known.get(str(name), name), number)
    return sequences()


def schema(table: str = "") -> Any:
    """
    Return the database's tables, or one table's columns, as a DataFrame (`%schema`).

    The database is asked anew each time.
    """
    found = _read_schema()
    rows = found.column_rows(table) if table else found.rows()
    if not rows:
        return Page("The database has no tables")
    from machina_lab.frames import frame

    told = [key for key in rows[0] if any(row[key] not in ("", None) for row in rows)]
    return frame([{key: row[key] for key in told} for row in rows])


def diagram(table: str = "") -> Any:
    """
    Return a picture of the tables, or of one and its neighbours (`%schema --diagram`).
    """
    found = _read_schema()
    drawn = found.diagram("svg", **({"around": table} if table else {}))
    near = found.neighbourhood(table) if table else found
    arrows = [str(relation) for relation in near.relations]
    more = [f"and {len(arrows) - _ARROWS} more"] if len(arrows) > _ARROWS else []
    told = "\n".join([*arrows[:_ARROWS], *more]) or "no table points to another"
    return Picture(drawn, told, desk.settings.theme)


def _read_schema() -> Any:
    if is_async():
        from machina_lab.schema import Schema

        read = desk.lab.repo.arun(lambda session: Schema.reflect(session.connection()))
        return loop.run(read)
    return desk.lab.refresh_schema()
