"""
Writing portable rows into one table: COPY on PostgreSQL, executemany elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from machina_lab.alchemy.copyout import copies, translated_errors
from machina_lab.alchemy.forms import Form, target
from machina_lab.core.batches import Load


@dataclass(frozen=True, slots=True)
class Writing:
    """
    One table's rows on their way in.

    Attributes:
        connection: Where to.
        load: What.
        forms: How each column's values are made into the driver's.
    """

    connection: sa.Connection
    load: Load
    forms: Sequence[Form]

    def write(self) -> int:
        """
        Insert the rows and return how many there were.
        """
        if self.connection.dialect.name == "sqlite":
            return self._execute_many(self._plain_insert())
        if copies(self.connection):
            return self._copy(self._name)
        if self._waits:
            return Writing.together([self])
        return self._insert_generic()

    @property
    def _waits(self) -> bool:
        """
        Whether rows point at later ones, and keys are checked at a statement's end.
        """
        own = self.load.table.key
        itself = any(key.table == own for key in self.load.table.foreign_keys)
        return itself and self.connection.dialect.name == "postgresql"

    @property
    def _name(self) -> str:
        table = target(self.load.table)
        return str(self.connection.dialect.identifier_preparer.format_table(table))

    @property
    def _names(self) -> str:
        quote = self.connection.dialect.identifier_preparer.quote
        return ", ".join(quote(name) for name in self.load.names)

    @property
    def _override(self) -> str:
        columns = map(self.load.table.column, self.load.names)
        always = any(column.generated == "identity always" for column in columns)
        return " OVERRIDING SYSTEM VALUE" if always else ""

    def _rows(self) -> Iterator[list[tuple[Any, ...]]]:
        """
        Yield the rows in pages, as tuples of the driver's values.
        """
        for batch in self.load.batches:
            columns = [
                values
                if form.write is None
                else [None if value is None else form.write(value) for value in values]
                for values, form in zip(batch.lists(), self.forms, strict=True)
            ]
            yield list(zip(*columns, strict=True))

    # -- executemany ---------------------------------------------------------------

    def _plain_insert(self) -> str:
        marks = ", ".join("?" for _ in self.load.names)
        return f"INSERT INTO {self._name} ({self._names}) VALUES ({marks})"  # noqa: S608 - names are quoted

    def _execute_many(self, statement: str) -> int:
        done = 0
        for rows in self._rows():
            if rows:
                self.connection.exec_driver_sql(statement, rows)
            done += len(rows)
        return done

    def _insert_generic(self) -> int:
        """
        Insert through SQLAlchemy: any database and driver.
        """
        values = {
            name: self._bound(f"p{at}", form)
            for at, (name, form) in enumerate(
                zip(self.load.names, self.forms, strict=True)
            )
        }
        table = target(self.load.table)
        statement = sa.insert(table).values(values)
        done = 0
        for rows in self._rows():
            page = [{f"p{at}": v for at, v in enumerate(row)} for row in rows]
            if page:
                self.connection.execute(statement, page)
            done += len(page)
        return done

    def _bound(self, name: str, form: Form) -> Any:
        if self.connection.dialect.name != "postgresql":
            return sa.bindparam(name, type_=form.stored_type)
        kind = form.column.type.kind
        if kind in ("integer", "boolean", "float", "binary"):
            return sa.bindparam(name, type_=form.stored_type)
        text = sa.bindparam(name, type_=sa.Text())
        return sa.cast(sa.cast(text, sa.Text()), form.stored_type)

    # -- COPY ----------------------------------------------------------------------

    def _copy(self, name: str) -> int:
        """
        Stream the rows through COPY, on the session's own connection.
        """
        driver: Any = self.connection.connection.dbapi_connection
        as_csv = all(form.write is None for form in self.forms)
        options = " (FORMAT csv, NULL '')" if as_csv else ""
        # Nothing is formatted into it: percent signs in names are single ones.
        names = self._names.replace("%%", "%")
        statement = f"COPY {name.replace('%%', '%')} ({names}) FROM STDIN{options}"
        done = 0
        with (
            translated_errors(self.connection, statement),
            driver.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            if as_csv:
                for batch in self.load.batches:
                    copy.write(batch.copy())
                    done += len(batch)
            else:
                for rows in self._rows():
                    for row in rows:
                        copy.write_row(row)
                    done += len(rows)
        return done

    # -- cycles --------------------------------------------------------------------

    @staticmethod
    def together(writings: Sequence[Writing]) -> int:
        """
        Insert into several tables by one statement: keys are checked at its end.
        """
        return sum(
            each._stage(f"machina_{at}")  # noqa: SLF001 - its own class
            for at, each in enumerate(writings)
        ) + Writing._insert_staged(writings)

    def _stage(self, name: str) -> int:
        self.connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS"  # noqa: S608 - names are quoted
            f" SELECT {self._names} FROM {self._name} LIMIT 0"
        )
        if copies(self.connection):
            return self._copy(name)
        staged = Writing(self.connection, _named(self.load, name), self.forms)
        return staged._insert_generic()

    @staticmethod
    def _insert_staged(writings: Sequence[Writing]) -> int:
        parts = [
            f"w{at} AS ({each._insert_from(f'machina_{at}')})"  # noqa: SLF001
            for at, each in enumerate(writings)
        ]
        connection = writings[0].connection
        connection.exec_driver_sql(f"WITH {', '.join(parts)} SELECT 1")
        for at in range(len(writings)):
            connection.exec_driver_sql(f"DROP TABLE machina_{at}")
        return 0

    def _insert_from(self, staged: str) -> str:
        into = f"INSERT INTO {self._name} ({self._names}){self._override}"
        return f"{into} SELECT {self._names} FROM {staged}"  # noqa: S608 - names are quoted

    def fill(self) -> None:
        """
        Set the columns behind the key in rows that are there.
        """
        keys = len(self.load.table.primary_key)
        table = target(self.load.table)
        statement = (
            sa.update(table)
            .where(
                *(
                    sa.column(name) == self._bound(f"p{at}", self.forms[at])
                    for at, name in enumerate(self.load.names[:keys])
                )
            )
            .values(
                {
                    name: self._bound(f"p{at}", self.forms[at])
                    for at, name in enumerate(self.load.names)
                    if at >= keys
                }
            )
        )
        for rows in self._rows():
            page = [
                {f"p{at}": v for at, v in enumerate(row)}
                for row in rows
                if any(value is not None for value in row[keys:])
            ]
            if page:
                self.connection.execute(statement, page)


def _named(load: Load, name: str) -> Load:
    from dataclasses import replace

    table = replace(load.table, name=name, schema=None)
    return replace(load, table=table)
