"""
What a lab asks a repo to insert.

The port between the factory engine and a database: the repo decides when the records
are built, so that everything one call does is one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class InsertJob:
    """
    One call of an insert verb.

    Attributes:
        verb: The verb: `insert`, `insert_pair`, `insert_list`, ...
        factory: The factory's name for the journal and messages; "" for a bare record.
        model: The class of the records, where it is known.
        count: How many records were asked for.
        overrides: What the caller gave.
        build: Makes the records, or returns the ones to insert.
        before: The `before_insert` hooks as one function, or None.
        after: The `after_insert` hooks as one function, or None.
        cast: Whether values are cast to their columns' types first.
        options: The options of the call: returning, prefix, execution_options, bulk,
        drafts: Works the same records out one by one without making objects, or None.
    """

    verb: str
    factory: str
    model: type | None
    count: int
    build: Callable[[], list[Any]]
    overrides: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[Any], Any] | None = None
    after: Callable[[Any], Any] | None = None
    cast: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    drafts: Callable[[], Iterable[Any]] | None = None
