"""
The options of one insert call, checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection

from machina_lab.errors import OptionError


@dataclass(frozen=True, slots=True)
class InsertOptions:
    """
    How to insert (EM `insert/3` opts).

    Attributes:
        returning: Read every record back: values of triggers and of the server.
        prefix: The schema that tables without one of their own live in.
        execution_options: SQLAlchemy's execution options for this call.
        bulk: Write rows without the unit of work and return rows; None: where nobody
            would notice, and return records; False: never.
        records: With bulk: return records; else mappings come back.
    """

    returning: bool = False
    prefix: str | None = None
    execution_options: Mapping[str, Any] = field(default_factory=dict)
    bulk: bool | None = None
    records: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> InsertOptions:
        """
        Return the options in *given*.

        Raises:
            OptionError: There is no such option, or its value is of the wrong type.
        """
        known = [each.name for each in fields(cls)]
        unknown = [str(name) for name in given if name not in known]
        if unknown:
            raise OptionError.unknown(unknown, known, where="insert")
        options = cls(**given)
        if options.prefix is not None and not isinstance(options.prefix, str):
            raise OptionError(f"prefix names a schema, not {options.prefix!r}.")
        if not isinstance(options.execution_options, Mapping):
            raise OptionError(
                "execution_options is a mapping, not"
                f" {type(options.execution_options).__name__}."
            )
        return options

    @contextmanager
    def applied_to(self, connection: Connection) -> Iterator[None]:
        """
        Let *connection* run with these options inside the block.
        """
        wanted = dict(self.execution_options)
        if self.prefix is not None:
            wanted["schema_translate_map"] = {None: self.prefix}
        if not wanted:
            yield
            return
        # A connection changes its options in place: put the old ones back afterwards.
        before = connection._execution_options  # noqa: SLF001 - get_… cannot be put back
        connection.execution_options(**wanted)
        try:
            yield
        finally:
            connection._execution_options = before  # noqa: SLF001
