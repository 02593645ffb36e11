"""
What a factory of a table gives, decided column by column.

A *plan* holds no source yet: parents, values, what is left out and why, variants for what
is optional, and what it cannot do by itself.
"""

from __future__ import annotations

import re

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from machina_lab.core.tables import Check, Column, ForeignKey, Table
from machina_lab.schema.checks import Solver, because
from machina_lab.schema.guesses import Wish, guess
from machina_lab.schema.naming import Names
from machina_lab.schema.ordering import Cycle, Late, is_optional
from machina_lab.schema.values import Value, counted_number, unlike


#: Kinds that make good different values, best first.
_DISTINCT: Final = ("text", "integer", "uuid", "decimal", "datetime", "date", "float")


@dataclass(frozen=True, slots=True)
class Parent:
    """
    A record that must be there first.

    Attributes:
        attribute: Where it is held: the association, or the key itself.
        factory: The factory that makes it.
        foreign_key: Why.
        shared: Attribute of the parent -> the expression that gives what both must share,
            where foreign keys overlap.
        key: Attribute of the parent that the key is read from, where the class has no
            association for it.
    """

    attribute: str
    factory: str
    foreign_key: ForeignKey
    shared: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


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
        groups = [self.table.primary_key, *(each.columns for each in self.table.uniques)]
        return (name,) in groups


class Planner:
    """
    Makes plans for the tables of one schema.

    Args:
        tables: Tables by key.
        names: Their names by key.
        hard: Foreign keys that close a cycle and cannot be left for later -> the cycle.
    """

    def __init__(
        self,
        tables: Mapping[str, Table],
        names: Mapping[str, Names],
        hard: Mapping[Late, Cycle],
    ) -> None:
        self.tables = tables
        self.names = names
        self.hard = hard

    def plan(self, key: str) -> Plan:
        """
        Decide what the factory of one table gives.
        """
        table = self.tables[key]
        plan = Plan(table, self.names[key])
        for fk in table.foreign_keys:
            self._plan_key(plan, fk)
        plan.unique = self._unique(plan)
        for column in table.columns:
            self._plan_column(plan, column)
        self._meet_checks(plan)
        return plan

    # -- foreign keys ------------------------------------------------------------------

    def _plan_key(self, plan: Plan, fk: ForeignKey) -> None:
        if fk.table not in self.names or fk.implied:
            return
        attribute = plan.names.parents.get(fk, "")
        factory = self.names[fk.table].factory
        if is_optional(plan.table, fk):
            if attribute:
                plan.variants.append((f"with_{attribute}", attribute, factory))
            for name in fk.columns:
                if plan.table.column(name).nullable and name not in plan.left:
                    plan.left[name] = f"optional: +with_{attribute}" if attribute else ""
            return
        if fk.table == plan.table.key:
            self._point_at_itself(plan, fk)
            return
        if Late(plan.table.key, fk) in self.hard:
            self._close_ring(plan, fk, self.hard[Late(plan.table.key, fk)])
            return
        covered = {name for each in plan.parents for name in each.foreign_key.columns}
        if attribute and not (set(fk.columns) <= covered and self._same_row(plan, fk)):
            shared = self._shared(plan, fk)
            plan.parents.append(Parent(attribute, factory, fk, shared))
        elif not attribute:
            self._by_key(plan, fk, factory)

    def _same_row(self, plan: Plan, fk: ForeignKey) -> bool:
        """
        Tell whether a longer foreign key that is planned already brings this parent.
        """
        return any(
            set(fk.columns) <= set(each.foreign_key.columns)
            and self._reaches(each.foreign_key, fk)
            for each in plan.parents
        )

    def _reaches(self, longer: ForeignKey, fk: ForeignKey) -> bool:
        pairs = dict(zip(longer.columns, longer.references, strict=True))
        columns = tuple(pairs[name] for name in fk.columns)
        return any(
            each.columns == columns and each.table == fk.table
            for each in self.tables[longer.table].foreign_keys
        )

    def _by_key(self, plan: Plan, fk: ForeignKey, factory: str) -> None:
        """
        Plan the key itself, where the class has no association to hold the parent.
        """
        theirs = self.names[fk.table].attributes
        for name, referenced in zip(fk.columns, fk.references, strict=True):
            plan.parents.append(
                Parent(plan.names.attributes[name], factory, fk, key=theirs[referenced])
            )

    def _point_at_itself(self, plan: Plan, fk: ForeignKey) -> None:
        """
        Let a row whose key must point into its own table point at itself.
        """
        attributes = plan.names.attributes
        for name, referenced in zip(fk.columns, fk.references, strict=True):
            if name == referenced:
                continue
            column = plan.table.column(referenced)
            sequence = f"{plan.names.factory}.{attributes[referenced]}"
            value = unlike(sequence, column.type.kind) or counted_number(sequence)
            if column.generated:
                reason = "given, because the row points at itself"
                plan.values[referenced] = value.because(reason)
                if column.generated == "identity always":
                    plan.needs.append(f"{fk.name or name}: the row points at itself")
            factory = plan.names.factory
            plan.lazies[name] = (
                f"lambda {factory}: {factory}.{attributes[referenced]}",
                "required, and the first row has none but itself",
            )

    def _close_ring(self, plan: Plan, fk: ForeignKey, cycle: Cycle) -> None:
        """
        Let the parent point back at the row being made, by a key that is given.
        """
        if cycle.cure in ("statement", "none"):
            plan.needs.append(str(cycle))
        start = cycle.tables.index(plan.table.key)
        ring = [*cycle.tables[start + 1 :], *cycle.tables[:start]]
        back = self._back(ring, plan)
        attribute = plan.names.parents.get(fk, "")
        if back is None or not attribute:
            plan.needs.append(str(cycle))
            return
        for name in plan.table.primary_key:
            column = plan.table.column(name)
            sequence = f"{plan.names.factory}.{plan.names.attributes[name]}"
            value = unlike(sequence, column.type.kind)
            if value is not None and name not in plan.values:
                plan.values[name] = value.because("given, because its parent needs it")
        plan.parents.append(
            Parent(attribute, self.names[ring[0]].factory, fk, shared=back)
        )

    def _back(self, ring: list[str], plan: Plan) -> dict[str, str] | None:
        """
        Return what the tables of *ring* need so that the last points at the new row.
        """
        table = self.tables[ring[0]]
        target = ring[1] if len(ring) > 1 else plan.table.key
        fk = next(each for each in table.foreign_keys if each.table == target)
        attribute = self.names[ring[0]].parents.get(fk, "")
        if not attribute:
            return None
        if len(ring) > 1:
            inner = self._back(ring[1:], plan)
            if inner is None:
                return None
            pairs = ", ".join(f'"{name}": {code}' for name, code in inner.items())
            return {attribute: f"{{{pairs}}}"}
        mine = self.names[ring[0]].attributes
        keys = zip(fk.columns, fk.references, strict=True)
        found = {attribute: "None"}
        for name, referenced in keys:
            theirs = plan.names.attributes[referenced]
            found[mine[name]] = f"{plan.names.factory}.{theirs}"
        return found

    def _shared(self, plan: Plan, fk: ForeignKey) -> dict[str, str]:
        """
        Return what a parent must have in common with the parents planned before.
        """
        found: dict[str, str] = {}
        factory = plan.names.factory
        for other in plan.parents:
            mine = dict(zip(fk.columns, fk.references, strict=True))
            theirs = dict(
                zip(other.foreign_key.columns, other.foreign_key.references, strict=True)
            )
            for column in mine.keys() & theirs.keys():
                value = f"{factory}.{other.attribute}"
                link = self._link(fk.table, mine[column])
                back = self._link(other.foreign_key.table, theirs[column])
                if link is None:
                    continue
                attribute, target, referenced = link
                if (other.foreign_key.table, theirs[column]) == (target, referenced):
                    found[attribute] = value
                elif back is not None and back[1:] == link[1:]:
                    found[attribute] = f"{value}.{back[0]}"
        return found

    def _link(self, table: str, column: str) -> tuple[str, str, str] | None:
        """
        Return the association of *table* behind one column: attribute, table, column.
        """
        for fk, attribute in self.names[table].parents.items():
            if fk.columns == (column,):
                return attribute, fk.table, fk.references[0]
        return None

    # -- columns -----------------------------------------------------------------------

    def _unique(self, plan: Plan) -> set[str]:
        """
        Return the columns that must differ: one for each key or constraint.
        """
        table = plan.table
        linked = {name for each in plan.parents for name in each.foreign_key.columns}
        groups = [table.primary_key, *(unique.columns for unique in table.uniques)]
        found: set[str] = set()
        for group in groups:
            free = [
                table.column(name)
                for name in group
                if name not in linked and name not in plan.left
            ]
            if len(free) < len(group) and all(name in linked for name in group):
                continue
            if free and not any(column.name in found for column in free):
                found.add(min(free, key=_distinctness).name)
        return found

    def _plan_column(self, plan: Plan, column: Column) -> None:
        linked = {name for each in plan.parents for name in each.foreign_key.columns}
        name = column.name
        if name in linked or name in plan.left or name in plan.lazies:
            return
        if name in plan.values:
            return
        unique = name in plan.unique
        reason = _left_out(column, unique=unique)
        wish = Wish(
            plan.table, column, plan.names.factory, plan.names.attributes[name], unique
        )
        value = None if reason and not column.nullable else guess(wish)
        if reason and not (value and value.telling and reason == "may be NULL"):
            plan.left[name] = reason
        elif value is None:
            plan.unknown.append(column)
        else:
            plan.values[name] = value.because(_demands(plan, column, unique=unique))

    # -- checks ------------------------------------------------------------------------

    def _meet_checks(self, plan: Plan) -> None:
        if not plan.table.checks:
            return
        rows: dict[str, Value | None] = dict(plan.values)
        for name in plan.left:
            column = plan.table.column(name)
            default = _default_value(column)
            if default is not None:
                rows[name] = default
            elif not column.server_default and not column.generated:
                rows[name] = None
        names = {
            name: f"{plan.names.factory}.{attribute}"
            for name, attribute in plan.names.attributes.items()
        }
        # What changes may be moved; a default of the database only where it must be.
        solved = Solver(plan.table, rows, plan.unique, names).solve()
        for name, value in solved.values.items():
            plan.values[name] = because(value, solved.reasons[name])
            plan.solved.add(name)
            plan.left.pop(name, None)
        for name in solved.reasons:
            if name not in solved.values and name in plan.values:
                del plan.values[name]
                plan.left[name] = "; ".join(solved.reasons[name])
        plan.open = list(solved.open)
        for check in solved.failing:
            plan.needs.append(f"CHECK {check.name or check.sql} is not met")


def _distinctness(column: Column) -> tuple[int, int]:
    kinds = _DISTINCT
    rank = kinds.index(column.type.kind) if column.type.kind in kinds else len(kinds)
    return (rank + (5 if column.nullable else 0), -(column.type.length or 1_000))


def _left_out(column: Column, *, unique: bool) -> str:
    """
    Return why *column* gets nothing, or "".
    """
    if column.generated == "computed":
        return "computed"
    if column.generated:
        return "counted by the database"
    if (column.server_default or column.default) and not unique:
        return f"DEFAULT {' '.join(column.default.split())}".strip()
    if column.nullable and not (unique and column.primary_key) and not column.primary_key:
        return "may be NULL"
    return ""


def _demands(plan: Plan, column: Column, *, unique: bool) -> str:
    if not unique:
        return ""
    if plan.table.primary_key == (column.name,):
        return "primary key"
    if column.name in plan.table.primary_key:
        return "part of the key"
    return "unique"


def _default_value(column: Column) -> Value | None:
    """
    Return a default of the database as a value, where it is a plain literal.
    """
    from machina_lab.schema.values import constant

    text = re.sub(r"::[\w\s\".\[\]]+(\(\d+(,\s*\d+)?\))?$", "", column.default.strip())
    found: Any = None
    if re.fullmatch(r"\(?-?\d+\)?", text):
        found = int(text.strip("()"))
    elif re.fullmatch(r"\(?-?\d*\.\d+\)?", text):
        found = Decimal(text.strip("()"))
    elif text.lower() in ("true", "false"):
        found = text.lower() == "true"
    elif re.fullmatch(r"'([^']|'')*'", text):
        found = text[1:-1].replace("''", "'")
    return None if found is None else constant(found, "the database's default")
