"""
From one SQLAlchemy table to plain data.
"""

from __future__ import annotations

import re

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from sqlalchemy.exc import SQLAlchemyError

from machina_lab.core.datatypes import DataType, of_type
from machina_lab.core.tables import Check, Column, ForeignKey, Index, Table, Unique


def key_of(table: sa.Table) -> str:
    """
    Return the name that `machina_lab.core.tables.Table.key` gives *table*.
    """
    return f"{table.schema}.{table.name}" if table.schema else str(table.name)


def read_table(
    table: sa.Table, dialect: sa.Dialect, connection: sa.Connection | None = None
) -> Table:
    """
    Return *table* as plain data, SQL written for *dialect*.

    Args:
        table: A reflected or a declared table.
        dialect: How types, defaults and checks are written.
        connection: The database it is in, where the dialect alone cannot tell who makes
            the key (SQLite).
    """
    in_sqlite = connection if connection and dialect.name == "sqlite" else None
    generated = _generated_key(table, in_sqlite)
    uniques = _uniques(table, dialect)
    if in_sqlite:
        uniques = _with_inline(uniques, table, in_sqlite)
    return Table(
        name=str(table.name),
        columns=tuple(
            _column(column, dialect, generated=column is generated)
            for column in table.columns
        ),
        schema=table.schema,
        primary_key=tuple(column.name for column in table.primary_key.columns),
        foreign_keys=tuple(_foreign_keys(table)),
        uniques=tuple(uniques),
        checks=tuple(_checks(table, dialect)),
        indexes=tuple(_indexes(table)),
        comment=table.comment or "",
    )


def _generated_key(
    table: sa.Table, in_sqlite: sa.Connection | None
) -> sa.Column[Any] | None:
    """
    Return the key column whose value the database counts up by itself.
    """
    column = table.autoincrement_column
    if column is None or in_sqlite is None:
        return column
    # Only a column declared as exactly INTEGER is SQLite's own row number.
    declared = {
        row["name"]: str(row["type"]).upper()
        for row in _pragma(in_sqlite, "table_info", table.name, table.schema)
    }
    return column if declared.get(column.name) == "INTEGER" else None


def _with_inline(
    uniques: list[Unique], table: sa.Table, in_sqlite: sa.Connection
) -> list[Unique]:
    """
    Add what SQLAlchemy overlooks: it reads SQLite's `VARCHAR(3) UNIQUE` by a pattern.
    """
    found = {unique.columns for unique in uniques if not unique.where}
    added = []
    for index in _pragma(in_sqlite, "index_list", table.name, table.schema):
        if index["unique"] and index["origin"] == "u":
            rows = _pragma(in_sqlite, "index_info", index["name"], table.schema)
            columns = tuple(row["name"] for row in rows)
            added += [Unique(columns)] if columns not in found else []
    return [*uniques, *added]


def _pragma(
    connection: sa.Connection, name: str, argument: str, schema: str | None
) -> list[dict[str, Any]]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    prefix = f"{quote(schema)}." if schema else ""
    rows = connection.exec_driver_sql(f"PRAGMA {prefix}{name}({quote(argument)})")
    return [dict(row) for row in rows.mappings()]


def _column(column: sa.Column[Any], dialect: sa.Dialect, *, generated: bool) -> Column:
    return Column(
        name=column.name,
        type=_type(column.type),
        nullable=bool(column.nullable),
        primary_key=bool(column.primary_key),
        generated=_generated(column, key=generated),
        default=_default(column, dialect),
        server_default=column.server_default is not None,
        comment=column.comment or "",
    )


def _type(source: Any) -> DataType:
    """
    Read a column's type; a domain is called by its own name.
    """
    found = of_type(source)
    is_domain = getattr(source, "__visit_name__", "") == "DOMAIN"
    return replace(found, sql=source.name) if is_domain else found


def _generated(column: sa.Column[Any], *, key: bool) -> str:
    if column.computed is not None:
        return "computed"
    if column.identity is not None:
        return "identity always" if column.identity.always else "identity"
    counted = "nextval(" in str(getattr(column.server_default, "arg", ""))
    return "autoincrement" if key or counted else ""


def _default(column: sa.Column[Any], dialect: sa.Dialect) -> str:
    given = column.server_default
    if column.computed is not None:
        return _sql(column.computed.sqltext, dialect)
    if isinstance(given, sa.DefaultClause):
        arg = given.arg
        return repr(arg) if isinstance(arg, str) else _sql(arg, dialect)
    default = column.default
    if default is None:
        return ""
    made: Any = getattr(default, "arg", None)
    if callable(made):
        return f"{getattr(made, '__name__', type(made).__name__)}()"
    return _sql(made, dialect) if isinstance(made, sa.ClauseElement) else repr(made)


def _foreign_keys(table: sa.Table) -> Iterable[ForeignKey]:
    for constraint in _in_order(table.foreign_key_constraints, table):
        target, references = _target(constraint)
        yield ForeignKey(
            columns=tuple(column.name for column in constraint.columns),
            table=target,
            references=references,
            name=str(constraint.name or ""),
            deferrable=bool(constraint.deferrable),
        )


def _target(
    constraint: sa.ForeignKeyConstraint,
) -> tuple[str, tuple[str, ...]]:
    """
    Return where *constraint* points, also if that table was never read.
    """
    names = [element.target_fullname for element in constraint.elements]
    table = names[0].rpartition(".")[0]
    try:
        found = constraint.referred_table
    except SQLAlchemyError:
        return table, tuple(name.rpartition(".")[2] for name in names)
    try:
        columns = tuple(element.column.name for element in constraint.elements)
    except SQLAlchemyError:
        columns = tuple(name.rpartition(".")[2] for name in names)
    return key_of(found), columns


def _in_order(
    constraints: Iterable[sa.ForeignKeyConstraint], table: sa.Table
) -> list[sa.ForeignKeyConstraint]:
    """
    Sort by the place of the first column: sets have no order of their own.
    """
    place = {column.name: index for index, column in enumerate(table.columns)}
    return sorted(
        constraints,
        key=lambda each: (
            [place[column.name] for column in each.columns],
            str(each.name or ""),
        ),
    )


def _uniques(table: sa.Table, dialect: sa.Dialect) -> list[Unique]:
    found: dict[tuple[tuple[str, ...], str], Unique] = {}
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            columns = tuple(column.name for column in constraint.columns)
            found[columns, ""] = Unique(columns, str(constraint.name or ""))
    for index in table.indexes:
        if index.unique:
            columns = _index_columns(index, table)
            where = _index_where(index, dialect)
            found.setdefault((columns, where), Unique(columns, str(index.name), where))
    kept = [each for each in found.values() if each.columns]
    return sorted(kept, key=lambda each: (each.columns, each.name, each.where))


def _index_columns(index: sa.Index, table: sa.Table) -> tuple[str, ...]:
    """
    Return the columns of *index*; those of an expression count (`lower(email)`).
    """
    names: dict[str, None] = {}
    for expression in index.expressions:
        if isinstance(expression, sa.Column):
            names[expression.name] = None
            continue
        words = set(re.findall(r"\w+", str(expression)))
        names |= dict.fromkeys(c.name for c in table.columns if c.name in words)
    return tuple(names)


def _index_where(index: sa.Index, dialect: sa.Dialect) -> str:
    spoken = [] if dialect.name == "default" else [dialect.name]
    for name in (*spoken, "postgresql", "sqlite"):
        where = index.dialect_options[name].get("where")
        if where is not None:
            return where if isinstance(where, str) else _sql(where, dialect)
    return ""


def _checks(table: sa.Table, dialect: sa.Dialect) -> list[Check]:
    # Those written beside a column are kept by the column alone.
    constraints = [
        *table.constraints,
        *(k for c in table.columns for k in c.constraints),
    ]
    found = [
        Check(_sql(constraint.sqltext, dialect), str(constraint.name or ""))
        for constraint in constraints
        if isinstance(constraint, sa.CheckConstraint)
    ]
    found += [check for column in table.columns for check in _domain_checks(column)]
    return sorted(set(found), key=lambda check: (check.name, check.sql))


def _domain_checks(column: sa.Column[Any]) -> list[Check]:
    """
    Return what a PostgreSQL domain asks of its values, said of the column.
    """
    check = getattr(column.type, "check", None)
    if check is None:
        return []
    quoted = f'"{column.name}"'
    sql = re.sub(r"\bVALUE\b", lambda _: quoted, str(check))
    return [Check(sql, str(getattr(column.type, "constraint_name", None) or ""))]


def _indexes(table: sa.Table) -> list[Index]:
    found = [
        Index(
            name=str(index.name or ""),
            columns=tuple(column.name for column in index.columns),
            unique=bool(index.unique),
        )
        for index in table.indexes
    ]
    return sorted(found, key=lambda index: index.name)


def _sql(expression: Any, dialect: sa.Dialect) -> str:
    """
    Write *expression* with its values in place: nobody can read `:param_1`.
    """
    if not isinstance(expression, sa.ClauseElement):
        return str(expression)
    try:
        compiled = expression.compile(
            dialect=dialect, compile_kwargs={"literal_binds": True}
        )
    except (SQLAlchemyError, NotImplementedError):
        return str(expression)
    doubled = dialect.paramstyle in ("format", "pyformat")
    return str(compiled).replace("%%", "%") if doubled else str(compiled)
