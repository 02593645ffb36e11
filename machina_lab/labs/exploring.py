"""
A lab's view of its database: tables, and rows as DataFrames.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from machina_lab.labs.inserts import Inserts


if TYPE_CHECKING:
    from machina_lab.schema import Schema


class Exploring(Inserts):
    """
    What a lab shows: the schema of its database, records as frames.
    """

    def __init__(self, **options: Any) -> None:
        self._schema: Schema | None = None
        super().__init__(**options)

    def connect(self, target: Any, *, autocommit: bool | None = None) -> Any:
        """
        Let inserts go to *target*; see `Lab` for what it may be.
        """
        repo = super().connect(target, autocommit=autocommit)
        self._schema = None
        return repo

    @property
    def schema(self) -> Schema:
        """
        What the connected database looks like; read once, see `refresh_schema`.

        Raises:
            InsertError: The lab has no database.
        """
        if self._schema is None:
            self._schema = self.refresh_schema()
        return self._schema

    def refresh_schema(self) -> Schema:
        """
        Read the database again, uncommitted tables included, and return its schema.
        """
        from machina_lab.schema import Schema

        repo = self._repo_of(None)
        self._schema = repo.run(lambda session: Schema.reflect(session.connection()))
        return self._schema

    def frame(self, records: Iterable[Any] | Any, **options: Any) -> Any:
        """
        Return records as a DataFrame that knows this lab; see `machina_lab.frame`.
        """
        from machina_lab.frames import frame

        return frame(records, lab=self, **options)
