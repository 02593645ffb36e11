"""
Sending rows, class by class: first keys, then rows, then what the server set is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, select

from machina_lab.alchemy.casting import cast_columns
from machina_lab.alchemy.copying import Answer, write_rows
from machina_lab.alchemy.plainness import Sheet
from machina_lab.alchemy.reserving import reserve
from machina_lab.errors import InsertError


class Sender:
    """
    Sends rows, and goes on while the server still works on those sent last.

    Within `with` they are all there at its end, or its error is raised. The first error
    counts: an earlier refusal of the server comes before whatever failed since.

    Args:
        connection: Where to.
        casting: Whether values are cast.
    """

    def __init__(self, connection: Connection, *, casting: bool) -> None:
        self._connection = connection
        self._casting = casting
        self._answer: Answer | None = None

    def send(self, sheet: Sheet, count: int, values: dict[str, Sequence[Any]]) -> None:
        """
        Send *count* rows.

        Args:
            sheet: Their class.
            count: How many.
            values: Attribute -> values of all rows. What nobody gave is added: keys,
                defaults, what the server sets.

        Raises:
            DBAPIError: The database refused these or the rows before.
            InsertError: A key that nothing generates.
        """
        self._fill(sheet, count, values)
        columns = [sheet.columns[key] for key in values]
        unknown = [key for key in sheet.served if key not in values]
        self.settle()
        if any(key not in values for key in sheet.keys) or (unknown and not sheet.key):
            self._return(sheet, count, values)
            return
        self._answer = write_rows(
            self._connection, sheet.table, columns, list(values.values())
        )
        if unknown:
            self.settle()
            self._read_served(sheet, values, unknown)

    def settle(self) -> None:
        """
        Wait for the rows sent last.
        """
        answer, self._answer = self._answer, None
        if answer is not None:
            answer.wait()

    def __enter__(self) -> Self:
        """
        Begin.
        """
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """
        Wait for the last rows; an interruption has the server give them up.
        """
        if error is None or isinstance(error, Exception):
            self.settle()
        elif self._answer is not None:
            self._answer.cancel()

    # --- values ---------------------------------------------------------------

    def _fill(self, sheet: Sheet, count: int, values: dict[str, Sequence[Any]]) -> None:
        """
        Add what nobody gave: keys, defaults; cast the rest.
        """
        if self._casting:
            cast_columns(sheet.model, values)
        for key, value in sheet.fixed.items():
            if key not in values:
                values[key] = [value] * count
        for key, function in sheet.made.items():
            if key not in values:
                values[key] = [function(None) for _ in range(count)]
        if sheet.key and sheet.key not in values:
            self.settle()
            reserved = reserve(self._connection, sheet.table, count)
            if reserved is not None:
                values[sheet.key] = reserved
        missing = [k for k in sheet.keys if k not in values and k not in sheet.served]
        if missing and missing != [sheet.key]:
            raise InsertError(
                f"{sheet.model.__name__}.{missing[0]} is a primary key that nothing"
                f" generates. Give {missing[0]}=..., or set it in the factory."
            )

    def _return(
        self, sheet: Sheet, count: int, values: dict[str, Sequence[Any]]
    ) -> None:
        """
        Insert through SQLAlchemy and take the keys from what comes back.
        """
        known = values.keys()
        wanted = tuple(k for k in (*sheet.keys, *sheet.served) if k not in known)
        names = [sheet.columns[key].key for key in values]
        rows = [
            dict(zip(names, row, strict=True))
            for row in zip(*values.values(), strict=True)
        ]
        statement = sheet.insert_returning(wanted)
        found = self._connection.execute(statement, rows or [{}] * count).all()
        for at, key in enumerate(wanted):
            values[key] = [row[at] for row in found]

    def _read_served(
        self, sheet: Sheet, values: dict[str, Sequence[Any]], wanted: list[str]
    ) -> None:
        """
        Read what the server made of the rows just written.
        """
        keys = [_column(sheet, key) for key in sheet.keys]
        columns = [_column(sheet, key) for key in wanted]
        statement = select(*keys, *columns)
        own = list(zip(*(values[key] for key in sheet.keys), strict=True))
        if len(keys) == 1:
            first = [key[0] for key in own]
            statement = statement.where(keys[0].between(min(first), max(first)))
        found = {
            tuple(row[: len(keys)]): row[len(keys) :]
            for row in self._connection.execute(statement)
        }
        for at, key in enumerate(wanted):
            values[key] = [found[each][at] for each in own]


def _column(sheet: Sheet, key: str) -> Any:
    return sheet.model.__mapper__.columns[key]  # type: ignore[attr-defined]  # its mark
