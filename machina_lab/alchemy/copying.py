"""
Writing many rows into one table: COPY on PostgreSQL, else the driver's executemany.

On the session's own connection, so inside its transaction. Most of a COPY's time the
server works on rows that are all sent: indexes, foreign keys. Its answer is awaited
beside whatever comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from threading import Event, Thread
from typing import Any, Final

from sqlalchemy import Column, Connection, Dialect, Table, insert

from machina_lab.alchemy.copyout import copies, translated_errors
from machina_lab.alchemy.reserving import FEW


#: Rows with which the server is busy for longer than it takes to begin a thread.
MANY: Final = 1_000


def write_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> Answer | None:
    """
    Insert rows that are given as columns.

    Args:
        connection: Where to.
        table: The table.
        columns: Its columns that are written.
        values: For each column its values.

    Returns:
        What is to be waited for before the rows are there, if they are not yet.

    Raises:
        DBAPIError: The database refused; of the subclass that SQLAlchemy would raise.
    """
    dialect = connection.dialect
    translated = connection.get_execution_options().get("schema_translate_map")
    if translated or dialect.name not in ("sqlite", "postgresql"):
        _execute(connection, table, columns, values)
    elif dialect.name == "sqlite":
        _execute_many(connection, table, columns, values)
    elif copies(connection) and any(len(listed) > FEW for listed in values[:1]):
        return _copy(connection, table, columns, values)
    else:
        _execute(connection, table, columns, values)
    return None


class Answer:
    """
    What the database says to a COPY whose rows are all sent.

    Until it has come, whoever else uses the connection waits, whichever way they go:
    the driver holds its lock until a COPY ends.

    Args:
        connection: Where the rows were sent.
        statement: The COPY.
        ending: Ends it and waits for what the server says.
    """

    def __init__(
        self, connection: Connection, statement: str, ending: ExitStack
    ) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._statement = statement
        self._ending = ending
        self._error: BaseException | None = None
        # Not the thread's own end: joining it is not safe to interrupt before 3.13.
        self._ended = Event()
        Thread(target=self._await, daemon=True).start()

    def _await(self) -> None:
        try:
            self._ending.close()
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error
        finally:
            self._ended.set()

    def wait(self) -> None:
        """
        Return once the rows are there.

        Raises:
            DBAPIError: The database refused.
        """
        try:
            self._ended.wait()
        except BaseException:
            self.cancel()
            raise
        if self._error is not None:
            with translated_errors(self._connection, self._statement):
                raise self._error

    def cancel(self) -> None:
        """
        Have the server give up; nothing of the COPY is kept.
        """
        if not self._ended.is_set():
            # A server that is gone ends the COPY, too.
            with suppress(self._driver.Error):
                self._driver.cancel_safe()
        self._ended.wait()


def _execute(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> None:
    keys = [column.key for column in columns]
    rows = [dict(zip(keys, row, strict=True)) for row in zip(*values, strict=True)]
    # Keys are given, so nothing has to come back.
    connection.execute(insert(table).inline(), rows)


def _execute_many(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> None:
    names, target = _names(connection.dialect, table, columns)
    marks = ", ".join("?" for _ in columns)
    rows = list(zip(*_bound(connection.dialect, columns, values), strict=True))
    statement = f"INSERT INTO {target} ({names}) VALUES ({marks})"  # noqa: S608 - quoted
    connection.exec_driver_sql(statement, rows)


def _copy(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    values: Sequence[Sequence[Any]],
) -> Answer | None:
    dialect = connection.dialect
    names, target = _names(dialect, table, columns)
    statement = f"COPY {target} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    rows = zip(*_bound(dialect, columns, values), strict=True)
    with translated_errors(connection, statement), ExitStack() as stack:
        cursor = stack.enter_context(driver.cursor())
        write = stack.enter_context(cursor.copy(statement)).write_row
        for row in rows:
            write(row)
        if len(values[0]) >= MANY:
            return Answer(connection, statement, stack.pop_all())
    return None


def _names(
    dialect: Dialect, table: Table, columns: Sequence[Column[Any]]
) -> tuple[str, str]:
    preparer = dialect.identifier_preparer
    names = ", ".join(preparer.format_column(column) for column in columns)
    return names, preparer.format_table(table)


def _bound(
    dialect: Dialect, columns: Sequence[Column[Any]], values: Sequence[Sequence[Any]]
) -> list[Sequence[Any]]:
    """
    Return *values* as the driver takes them.
    """
    found: list[Sequence[Any]] = []
    for column, listed in zip(columns, values, strict=True):
        bind = binder(column, dialect)
        found.append(listed if bind is None else [bind(value) for value in listed])
    return found


def binder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """
    Return what makes a value of *column* into the driver's, or None.
    """
    return column.type.dialect_impl(dialect).bind_processor(dialect)
