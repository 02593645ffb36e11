"""
What completion works with: candidates, and where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from machina_lab.core.records import Field, kind_of
from machina_lab.errors import MachinaError


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    One text that may stand at the cursor, and what it is, for people.
    """

    text: str
    type: str


@dataclass(frozen=True, slots=True)
class Completions:
    """
    What may replace *fragment*, the text before the cursor; None if others know better.
    """

    fragment: str
    candidates: list[Candidate] | None


class FactoryHandle(Protocol):
    """
    What completion reads of a factory.
    """

    @property
    def variants(self) -> Mapping[str, Any]: ...  # noqa: D102 - as its class says
    @property
    def model(self) -> type | None: ...  # noqa: D102
    @property
    def inputs(self) -> Iterable[str]: ...  # noqa: D102


class Catalog(Protocol):
    """
    What completion reads of a lab.
    """

    def names(self, *, automatic: bool = True) -> list[str]: ...  # noqa: D102
    def variants(self) -> Mapping[str, Any]: ...  # noqa: D102
    def find(self, path: str) -> FactoryHandle: ...  # noqa: D102
    def tables_read(self) -> Any: ...  # noqa: D102


@dataclass(frozen=True)
class Sources:
    """
    Where candidates come from.

    Attributes:
        lab: The current lab.
        names: The notebook's variables.
        sequences: Returns the names of the sequences.
        tables: Returns the names of the tables that are known without asking.
    """

    lab: Catalog
    names: Mapping[str, Any] = field(default_factory=dict)
    sequences: Callable[[], Iterable[Any]] = list
    tables: Callable[[], Iterable[str]] = list

    def factories(self) -> list[str]:
        """
        Return the names of all factories, those of tables if the database was read.
        """
        own = self.lab.names(automatic=False)
        tables = self.lab.tables_read()
        return list(dict.fromkeys([*own, *(tables.names() if tables else ())]))

    def find(self, path: str) -> FactoryHandle | TableHandle | None:
        """
        Return a factory, or what is known of it without defining it; else None.

        Factories of tables are defined on first use, and that asks the database: it is
        not for completion to do.
        """
        name = path.partition("+")[0]
        own = name in self.lab.names(automatic=False) or name in self.lab.variants()
        try:
            if own:
                return self.lab.find(path)
        except MachinaError:
            return None
        tables = self.lab.tables_read()
        return TableHandle(tables, name) if tables else None


@dataclass(frozen=True, slots=True)
class TableHandle:
    """
    A table's factory that need not be defined yet.
    """

    tables: Any
    name: str
    variants: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()

    def fields_at(self, *path: str) -> Mapping[str, Field]:
        """
        Return the fields of its records, or of those that associations lead to.
        """
        found: Mapping[str, Field] = self.tables.outline(self.name, *path)
        return found


def fields_at(handle: FactoryHandle | TableHandle, *path: str) -> Mapping[str, Field]:
    """
    Return what is known of a factory's fields without work that can wait.

    Args:
        handle: The factory.
        path: Associations to follow from there.
    """
    if isinstance(handle, TableHandle):
        return handle.fields_at(*path)
    model = handle.model
    for attribute in path:
        found = _outline(model).get(attribute)
        model = found.target if found else None
    return _outline(model)


def _outline(model: type | None) -> Mapping[str, Field]:
    return {} if model is None else kind_of(model).outline(model)
