"""
How each column's values leave a database as portable values, and go back.

A *form* is that for one column: what to select, how to read what the driver gives, how
to make what the driver takes. Values travel in their stored form, so nothing depends on
the Python classes of a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from machina_lab.alchemy.columns import data_type
from machina_lab.core.datatypes import DataType, Kind
from machina_lab.core.portable import from_portable, portable
from machina_lab.core.tables import Column, Table


#: Turns one value that is not NULL into another.
Change = Callable[[Any], Any]

#: SQLAlchemy's type for a column whose own type is not known.
_TYPES: Final[Mapping[Kind, Callable[[DataType], TypeEngine[Any]]]] = {
    "integer": lambda _: sa.BigInteger(),
    "decimal": lambda t: sa.Numeric(t.precision, t.scale),
    "float": lambda _: sa.Double(),
    "boolean": lambda _: sa.Boolean(),
    "date": lambda _: sa.Date(),
    "time": lambda t: sa.Time(timezone=t.timezone),
    "datetime": lambda t: sa.DateTime(timezone=t.timezone),
    "duration": lambda _: sa.Interval(),
    "uuid": lambda _: sa.Uuid(),
    "binary": lambda _: sa.LargeBinary(),
    "json": lambda _: sa.JSON(),
    "text": lambda t: sa.String(t.length),
    "enum": lambda t: sa.Enum(*t.labels) if t.labels else sa.String(),
}


@dataclass(frozen=True, slots=True)
class Form:
    """
    How one column's values travel.

    Attributes:
        column: The column, with the type of its portable values.
        stored_type: SQLAlchemy's type of what is stored.
        select: What to select.
        read: Driver's value -> portable value; None where they are the same.
        write: Portable value -> driver's value; None where they are the same.
        stored: `"verbatim"`, `"literal"` or "" (see `RowSource.stored`).
    """

    column: Column
    stored_type: TypeEngine[Any]
    select: sa.ColumnElement[Any]
    read: Change | None = None
    write: Change | None = None
    stored: str = ""


def stored_type(type_: DataType, dialect: sa.Dialect) -> TypeEngine[Any]:
    """
    Return the SQLAlchemy type of what a column stores, decorators taken off.
    """
    found = type_.source
    if not isinstance(found, TypeEngine):
        make = _TYPES.get(type_.kind)
        return make(type_) if make else sa.types.NullType()
    stored: TypeEngine[Any] = found
    while isinstance(stored, TypeDecorator) and not isinstance(stored, sa.Interval):
        stored = stored.load_dialect_impl(dialect)
    return stored


def plain(column: Column, dialect: sa.Dialect) -> tuple[Column, TypeEngine[Any]]:
    """
    Return *column* with the type of its stored values, and SQLAlchemy's type for them.
    """
    stored = stored_type(column.type, dialect)
    if isinstance(stored, sa.types.NullType):
        kind = DataType("other", sql=column.type.sql, source=stored)
        return replace(column, type=kind), stored
    type_ = data_type(stored)
    if isinstance(stored, postgresql.HSTORE) or not _is_portable(type_):
        type_ = replace(type_, kind="other")
    sql = column.type.sql or type_.sql
    return replace(column, type=replace(type_, sql=sql)), stored


def _is_portable(type_: DataType) -> bool:
    """
    Return whether values have a form that is no database's own.

    In an array, JSON's null and NULL look the same as JSON; types that Python has no
    class for may look like anything.
    """
    if type_.kind == "array":
        item = type_.item or DataType()
        return item.kind not in ("json", "other") and _is_portable(item)
    return type_.kind not in ("any", "record")


def generic_form(column: Column, dialect: sa.Dialect) -> Form:
    """
    Return the form that any database takes: through SQLAlchemy's own types.
    """
    plain_column, stored = plain(column, dialect)
    type_ = plain_column.type
    select: sa.ColumnElement[Any] = sa.column(column.name, stored)
    if type_.kind in ("json", "enum", "other", "array"):
        select = sa.cast(select, sa.Text())
    elif type_.kind in ("decimal", "float"):
        select = sa.type_coerce(select, sa.types.NullType())

    def read(value: Any) -> Any:
        return portable(value, type_)

    def write(value: Any) -> Any:
        return from_portable(value, type_)

    textual = type_.kind in ("json", "enum", "other", "array")
    return Form(
        plain_column,
        sa.String() if textual else stored,
        select,
        read=None if textual else read,
        write=None if textual else write,
    )


def target(table: Table) -> sa.TableClause:
    """
    Return *table* as something to name in a statement.
    """
    columns: list[sa.ColumnClause[Any]] = [sa.column(c.name) for c in table.columns]
    return sa.table(table.name, *columns, schema=table.schema)
