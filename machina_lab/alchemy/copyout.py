"""
Whole tables of PostgreSQL as columns, through COPY: no object for each value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from machina_lab.alchemy.forms import Form
from machina_lab.core.datatypes import Kind


def copies(connection: sa.Connection) -> bool:
    """
    Return whether the connection's driver can stream COPY.
    """
    dialect = connection.dialect
    found = dialect.name == "postgresql" and dialect.driver == "psycopg"
    return found and not dialect.is_async


def copied(
    connection: sa.Connection, select: sa.Select[Any], forms: Sequence[Form], size: int
) -> Iterator[Sequence[Any]]:
    """
    Yield what *select* finds as portable columns: Arrow arrays, or lists.

    Args:
        connection: Where to read, inside its transaction.
        select: One column for each form, in their order.
        forms: How the values are made portable.
        size: Rows in each batch.
    """
    binaries = [f.column.type.kind == "binary" for f in forms]
    columns = [
        sa.func.encode(column, "hex") if binary else column
        for column, binary in zip(select.selected_columns, binaries, strict=True)
    ]
    # No parameters: percent signs in names stay single.
    written = select.with_only_columns(*columns).compile(
        dialect=postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]  # theirs has no types
        compile_kwargs={"literal_binds": True},
    )
    statement = f"COPY ({written}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')"
    driver: Any = connection.connection.dbapi_connection
    with translated_errors(connection, statement):
        for page in _pages(driver, statement, size):
            cells = _parsed(page, len(forms))
            yield [_portable(c, f) for c, f in zip(cells, forms, strict=True)]


def _pages(driver: Any, statement: str, size: int) -> Iterator[bytearray]:
    """
    Yield the lines that COPY sends, as many at a time as there are rows in a batch.

    By libpq itself: psycopg's own iterator waits once for every row.
    """
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus

    # Lets psycopg begin its transaction.
    driver.execute("SELECT 1")
    libpq = driver.pgconn
    encoding = driver.info.encoding
    begun = libpq.exec_(statement.encode(encoding))
    if begun.status != ExecStatus.COPY_OUT:
        raise error_from_result(begun, encoding)
    complete = False
    try:
        while not complete:
            page, complete = _page(libpq, size)
            if page:
                yield page
    finally:
        # What nobody wants is read all the same: to cancel would end the transaction.
        while not complete:
            _, complete = _page(libpq, size)
        ended = libpq.get_result()
        while libpq.get_result() is not None:
            pass
    if ended.status != ExecStatus.COMMAND_OK:
        raise error_from_result(ended, encoding)


def _page(libpq: Any, size: int) -> tuple[bytearray, bool]:
    """
    Return the next *size* lines, and whether they are the last.
    """
    page = bytearray()
    read = libpq.get_copy_data
    for _ in range(size):
        count, line = read(0)
        if count < 0:
            return page, True
        page += line
    return page, False


@contextmanager
def translated_errors(connection: sa.Connection, statement: str) -> Iterator[None]:
    """
    Raise errors of the driver as SQLAlchemy would.
    """
    dialect = connection.dialect
    base: Any = dialect.dbapi.Error  # type: ignore[union-attr]  # a connection has one
    try:
        yield
    except base as error:
        raise DBAPIError.instance(
            statement, None, error, base, dialect=dialect
        ) from error


def _parsed(page: bytearray, width: int) -> list[Any]:
    import pyarrow as pa

    from pyarrow import csv

    names = [str(at) for at in range(width)]
    table = csv.read_csv(
        pa.BufferReader(page),
        read_options=csv.ReadOptions(
            column_names=names, block_size=len(page) + 1, use_threads=False
        ),
        parse_options=csv.ParseOptions(
            newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return [column.combine_chunks() for column in table.columns]


def _portable(cells: Any, form: Form) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    made: dict[Kind, Callable[[], Any]] = {
        "integer": lambda: pc.cast(cells, pa.int64()),
        "float": lambda: pc.cast(cells, pa.float64()),
        "boolean": lambda: pc.equal(cells, "t"),
        "binary": lambda: [
            None if text is None else bytes.fromhex(text) for text in cells.to_pylist()
        ],
    }
    make = made.get(form.column.type.kind)
    if make is not None:
        return make()
    if form.read is None:
        return cells
    read = form.read
    return [None if text is None else read(text) for text in cells.to_pylist()]
