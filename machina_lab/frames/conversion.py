"""
Records into DataFrames: a row a record, a column a field, loaded state only.

Nothing here asks a database: what a record has not loaded is NA, and an association
that no record has loaded has no column.
"""

from __future__ import annotations

import enum

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from machina_lab.core.datatypes import ANY, DataType
from machina_lab.core.records import Field, RecordKind, kind_of
from machina_lab.errors import ArgumentTypeError
from machina_lab.frames import dtypes
from machina_lab.frames.recordframes import Origin, RecordFrame, RecordFrames, labels


_TEXT: Final = DataType("text", str)
_COUNT: Final = DataType("integer", int)
#: Name of the only column when the records are plain values, such as numbers.
_VALUE: Final = "value"
#: Where the classes of plain values live.
_VALUE_MODULES: Final = frozenset(
    {"builtins", "datetime", "decimal", "uuid", "fractions", "pathlib"}
)


class _Plain:
    """
    The class of records that are plain values.
    """


@dataclass(frozen=True, slots=True)
class _Column:
    cells: list[Any]
    type: DataType
    shown_only: bool = False


def frame(  # noqa: PLR0913 - all but the records are options by name
    records: Any,
    *,
    deep: bool = False,
    caption: str = "",
    lab: Any = None,
    model: type | None = None,
    rows_shown: int | None = None,
) -> RecordFrame | RecordFrames:
    """
    Return *records* as a DataFrame: a row a record, columns in the model's order.

    Values keep what they are: integers and booleans stay so beside NULL, times keep
    their zone, Decimals their digits. A belongs-to association is a short label, a
    has-many one a count; both only if a record has it loaded. Nothing is queried.

    Args:
        records: What a verb returned: one record, or any number of them. Mapped
            objects, dataclasses, dicts, rows, plain values.
        deep: Show an association's own columns (`author.name`) instead of its label.
        caption: One line that says what happened; shown below the table.
        lab: The lab that `df.machina` uses.
        model: The class that dicts and rows are of, by attribute or column names, and
            that gives an empty frame its columns.
        rows_shown: How many rows a display shows. Unless given, pandas' options
            `display.max_rows` and `display.min_rows` decide.

    Returns:
        One frame, or one for each kind (`RecordFrames`) if the records are of several.
    """
    given = _listed(records)
    groups = _by_class(given, model)
    made = {}
    for cls, members in groups.items():
        columns = _columns(cls, members, deep=deep, above=())
        origin = Origin(
            records=members,
            model=None if cls in {_Plain, dict} else cls,
            caption="" if len(groups) > 1 else caption,
            lab=lab,
            shown_only=frozenset(k for k, v in columns.items() if v.shown_only),
            rows_shown=rows_shown,
        )
        made[cls] = _frame(columns, origin)
    if len(made) == 1:
        return made.popitem()[1]
    return RecordFrames(_named(made), given, caption)


def _listed(records: Any) -> list[Any]:
    if isinstance(records, pd.DataFrame):
        raise ArgumentTypeError("frame() takes records, and this is a DataFrame.")
    many = isinstance(records, Collection | Iterator) and not isinstance(
        records, str | bytes | bytearray | Mapping
    )
    if many and not _is_row(records):
        return list(records)
    return [records]


def _is_row(value: object) -> bool:
    # A named tuple is one record, and so is a row of a result.
    return hasattr(value, "_fields") or hasattr(value, "_mapping")


def _by_class(records: list[Any], model: type | None) -> dict[type, list[Any]]:
    classes = set(map(type, records))
    targets = {cls: _class_of(cls, model) for cls in classes}
    if len(set(targets.values())) <= 1:
        target = next(iter(targets.values()), model or dict)
        return {target: records}
    groups: dict[type, list[Any]] = {}
    for record in records:
        groups.setdefault(targets[type(record)], []).append(record)
    return groups


def _class_of(cls: type, model: type | None) -> type:
    if issubclass(cls, Mapping) or hasattr(cls, "_mapping"):
        return model or dict
    plain = cls.__module__ in _VALUE_MODULES or issubclass(cls, enum.Enum)
    return _Plain if plain else cls


def _named(frames: Mapping[type, RecordFrame]) -> dict[str, RecordFrame]:
    """
    Return the frames by the names of their classes, longer where two are the same.
    """
    names = [cls.__name__ for cls in frames]
    named: dict[str, RecordFrame] = {}
    for cls, each in frames.items():
        name = _VALUE if cls is _Plain else cls.__name__
        if names.count(name) > 1:
            name = f"{cls.__module__}.{cls.__qualname__}"
        while name in named:
            name += "'"
        named[name] = each
    return named


def _frame(columns: Mapping[Any, _Column], origin: Origin) -> RecordFrame:
    index = labels(len(origin.records or ()))
    data = {
        name: dtypes.column(column.cells, column.type)
        for name, column in columns.items()
    }
    for column in data.values():
        if isinstance(column, pd.Series):
            column.index = index
    made = RecordFrame(data, index=index, copy=False)
    made._origin = origin  # noqa: SLF001 - this makes it
    return made


def _columns(
    cls: type, records: list[Any], *, deep: bool, above: tuple[type, ...]
) -> dict[Any, _Column]:
    """
    Return the columns of *records*, all of *cls*, by name and in order.
    """
    if cls is _Plain:
        return {_VALUE: _Column(records, ANY)}
    kind = kind_of(cls)
    fields = kind.fields(cls)
    read = _read(kind, cls, records, fields)
    made: dict[Any, _Column] = {}
    for name, field in fields.items():
        values = read.pop(name, None)
        if values is None and field.role in {"to_one", "to_many", "property"}:
            continue
        if values is None:
            values = [None] * len(records)
        made |= _field_columns(name, field, values, deep=deep, above=(*above, cls))
    for name, values in read.items():
        made |= _field_columns(
            name, Field(str(name)), values, deep=deep, above=(*above, cls)
        )
    return made


def _read(
    kind: RecordKind, cls: type, records: list[Any], fields: Mapping[str, Field]
) -> dict[Any, list[Any]]:
    if not any(map(_is_mapping, set(map(type, records)))):
        return kind.columns(cls, records)
    rows = kind_of(dict).columns(
        dict,
        [getattr(record, "_mapping", None) or _plain(record) for record in records],
    )
    names = {field.column: name for name, field in fields.items() if field.column}
    return {
        key if key in fields else names.get(key, key): values
        for key, values in rows.items()
    }


def _is_mapping(cls: type) -> bool:
    return issubclass(cls, Mapping) or hasattr(cls, "_mapping")


def _plain(record: Any) -> Any:
    # In a frame of a model's rows, objects of the model itself are rows too.
    if isinstance(record, Mapping):
        return record
    return kind_of(type(record)).read(record)


def _field_columns(
    name: Any, field: Field, values: list[Any], *, deep: bool, above: tuple[type, ...]
) -> dict[Any, _Column]:
    if field.role == "to_many":
        counts = [None if v is None else len(v) for v in values]
        return {name: _Column(counts, _COUNT, shown_only=True)}
    if deep and (inner := _inner_columns(name, values, above)):
        return inner
    if field.role == "to_one":
        return {name: _Column(_identified(values), _TEXT, shown_only=True)}
    return {name: _Column(values, field.type)}


def _identified(values: list[Any]) -> list[Any]:
    kinds = {cls: kind_of(cls) for cls in set(map(type, values))}
    return [None if v is None else kinds[type(v)].identify(v) for v in values]


def _inner_columns(
    name: Any, values: list[Any], above: tuple[type, ...]
) -> dict[Any, _Column]:
    """
    Return the columns of the records in *values*, or none if there are no records.
    """
    classes = set(map(type, values)) - {type(None)}
    if not classes or not all(map(_is_record_class, classes)) or classes & set(above):
        return {}
    found: dict[Any, _Column] = {}
    for cls in sorted(classes, key=lambda each: each.__name__):
        at = [row for row, value in enumerate(values) if type(value) is cls]
        inner = _columns(cls, [values[row] for row in at], deep=True, above=above)
        for inner_name, column in inner.items():
            whole = found.setdefault(
                f"{name}.{inner_name}",
                _Column([None] * len(values), column.type, column.shown_only),
            )
            for row, value in zip(at, column.cells, strict=True):
                whole.cells[row] = value
    return found


def _is_record_class(cls: type) -> bool:
    if cls.__module__ in _VALUE_MODULES:
        return False
    return kind_of(cls).name not in {"object", "dict"}
