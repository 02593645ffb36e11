"""
Rows that were written in bulk, as mappings made when somebody looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from sqlalchemy import Table


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """
    The keys of many rows of one table.

    Attributes:
        table: The table.
        prefix: The schema they are in, if not the table's own.
        keys: For each column of the key the values of all rows.
    """

    table: Table
    prefix: str | None
    keys: Sequence[Sequence[Any]]

    def __iter__(self) -> Iterator[tuple[Table, str | None, tuple[Any, ...]]]:
        """
        Iterate over table, schema and key of each row.
        """
        for key in zip(*self.keys, strict=True):
            yield self.table, self.prefix, key


class BulkRows(Sequence[dict[str, Any]]):
    """
    Many rows of one class, kept by column.

    A million mappings would take most of a gigabyte; kept by column the same rows take
    a fraction of it. Reading one makes its mapping.

    Attributes:
        model: The class they are rows of.
        columns: Attribute -> the values of all rows.
    """

    def __init__(self, model: type) -> None:
        self.model = model
        self.columns: dict[str, list[Any]] = {}
        self._count = 0
        #: What the page that is being written was made of, in parts, and their values.
        self._parts: list[tuple[Sequence[Any], Mapping[str, Sequence[Any]]]] = []

    def add(self, sources: Sequence[Any], values: Mapping[str, Sequence[Any]]) -> None:
        """
        Add rows of the page that is being written.

        Args:
            sources: What they were made of.
            values: Attribute -> the value of each.
        """
        self._parts.append((sources, values))

    def end_page(self, page: Sequence[Any]) -> None:
        """
        Bring what was added in parts into the order of *page*.
        """
        if len(self._parts) == 1 and len(self._parts[0][0]) == len(page):
            self._extend(self._parts[0][1], len(page))
        elif self._parts:
            self._extend(_in_order(page, self._parts), len(page))
        self._parts = []

    def _extend(self, columns: Mapping[str, Sequence[Any]], count: int) -> None:
        """
        Add *count* rows; a column that they or earlier ones lack is None there.
        """
        for name, values in columns.items():
            known = self.columns.setdefault(name, [None] * self._count)
            known.extend(values)
        self._count += count
        for values in self.columns.values():
            values.extend([None] * (self._count - len(values)))

    def __len__(self) -> int:
        """
        Return how many rows there are.
        """
        return self._count

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        """
        Return one row, or a list of them.
        """
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._count))]
        return {name: values[index] for name, values in self.columns.items()}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """
        Iterate over the rows.
        """
        names = list(self.columns)
        for row in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, row, strict=True))

    def __eq__(self, other: object) -> bool:
        """
        Compare as a list of mappings would.
        """
        if isinstance(other, list | BulkRows):
            return list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # changes while it is filled

    def __repr__(self) -> str:
        """
        Show how many there are of what.
        """
        return f"<{self._count} rows of {self.model.__name__}>"


def _in_order(
    page: Sequence[Any], parts: Sequence[tuple[Sequence[Any], Mapping[str, Any]]]
) -> dict[str, list[Any]]:
    places: dict[int, list[int]] = defaultdict(list)
    for at, source in enumerate(page):
        places[id(source)].append(at)
    names = dict.fromkeys(name for _, values in parts for name in values)
    columns: dict[str, list[Any]] = {name: [None] * len(page) for name in names}
    for sources, values in parts:
        for name, listed in values.items():
            column = columns[name]
            for source, value in zip(sources, listed, strict=True):
                for at in places[id(source)]:
                    column[at] = value
    return columns
