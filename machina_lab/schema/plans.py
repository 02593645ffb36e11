"""
What a factory of a table gives, decided column by column.

A *plan* holds no source yet: parents, values, what is left out and why, variants for
what is optional, and what it cannot do by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from machina_lab.core.tables import Check, Column, ForeignKey, Table
from machina_lab.schema.naming import Names
from machina_lab.schema.values import Value


@dataclass(frozen=True, slots=True)
class Parent:
    """
    A record that must be there first.

    Attributes:
        attribute: Where it is held: the association, or the key itself.
        factory: The factory that makes it.
        foreign_key: Why.
        shared: Attribute of the parent -> the expression that gives what both must
            share, where foreign keys overlap.
        key: Attribute of the parent that the key is read from, where the class has no
            association for it.
        ring: Whether the parent needs this row as well.
    """

    attribute: str
    factory: str
    foreign_key: ForeignKey
    shared: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    ring: bool = False


@dataclass(slots=True)
class Plan:
    """
    What is decided so far.

    Attributes:
        table: The table.
        names: Its names in Python.
        parents: Records made first.
        values: Column -> value.
        lazies: Column -> expression over the record being made, and the reason.
        left: Column -> why nothing is given for it.
        variants: Optional associations: name, attribute, factory.
        needs: What somebody else has to do before this can be inserted.
        unique: Columns that differ in every record.
        solved: Columns whose value a CHECK chose.
        open: Checks that only the database can judge.
        unknown: Columns of types without a rule.
    """

    table: Table
    names: Names
    parents: list[Parent] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    lazies: dict[str, tuple[str, str]] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    variants: list[tuple[str, str, str]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    unique: set[str] = field(default_factory=set)
    solved: set[str] = field(default_factory=set)
    open: list[Check] = field(default_factory=list)
    unknown: list[Column] = field(default_factory=list)

    @property
    def wants(self) -> list[str]:
        """
        What is to do before this can be inserted, types to teach among it.
        """
        teach = "teach it with register_type"
        return self.needs + [
            f"{column.name} is {column.type.label}: {teach}" for column in self.unknown
        ]

    @property
    def linked(self) -> set[str]:
        """
        The columns that a parent fills.
        """
        return {name for each in self.parents for name in each.foreign_key.columns}

    @property
    def limit(self) -> int | None:
        """
        How many rows there can be: unique columns may run out of values.
        """
        limits = [
            value.limit
            for name, value in self.values.items()
            if value.limit is not None and self._alone(name)
        ]
        return min(limits, default=None)

    def _alone(self, name: str) -> bool:
        groups = [
            self.table.primary_key,
            *(each.columns for each in self.table.uniques),
        ]
        return (name,) in groups
