"""
A database's tables as plain data.

The port between the rooms that know a database (`alchemy`, `schema`) and those that
only need to know what it looks like (`fixtures`, `widgets`, `notebook`): no object of a
database library is held here.
"""

from __future__ import annotations

from dataclasses import dataclass

from machina_lab.core.datatypes import ANY, DataType


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column.

    Attributes:
        name: Its name in the database.
        type: What it holds.
        nullable: Whether NULL may be stored.
        primary_key: Whether it is part of the primary key.
        generated: `""`, `"autoincrement"`, `"identity"`, `"identity always"` or
            `"computed"`: who makes its value when nobody gives one.
        default: The default as SQL or as Python text, for people; "" where none.
        server_default: Whether that default is the database's own.
        comment: The comment stored with it.
    """

    name: str
    type: DataType = ANY
    nullable: bool = True
    primary_key: bool = False
    generated: str = ""
    default: str = ""
    server_default: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """
    Columns whose values must exist in another table.

    Attributes:
        columns: Columns of this table.
        table: Key of the table they point to (see `Table.key`).
        references: Columns of that table, in the same order.
        name: The constraint's name, or "".
        deferrable: Whether the check can wait for the commit.
        implied: Whether it was only guessed from the column's name.
    """

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    name: str = ""
    deferrable: bool = False
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Unique:
    """
    Columns that are unique together.
    """

    columns: tuple[str, ...]
    name: str = ""
    #: The condition of a partial unique index, as SQL, or "".
    where: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """
    A condition that every row meets, as SQL.
    """

    sql: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """
    An index; `columns` is empty where it is over expressions.
    """

    name: str
    columns: tuple[str, ...] = ()
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """
    One table or view, columns in declared order.

    Attributes:
        name: Its name.
        columns: Its columns.
        schema: The database schema it lives in, or None for the default one.
        primary_key: Names of the key's columns, in key order.
        foreign_keys: Where its rows point.
        uniques: What must be unique, the primary key aside.
        checks: Conditions on its rows.
        indexes: Its indexes.
        comment: The comment stored with it.
        rows: How many rows it has, as far as known; None if not.
        view: Whether it is a view.
    """

    name: str
    columns: tuple[Column, ...]
    schema: str | None = None
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[Index, ...] = ()
    comment: str = ""
    rows: int | None = None
    view: bool = False

    @property
    def key(self) -> str:
        """
        The name that tells it from every other table: `schema.name` or `name`.
        """
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> Column:
        """
        Return the column called *name*.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
