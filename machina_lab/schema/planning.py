"""
Making a plan for a table: parents, then columns, then what its CHECKs demand.
"""

from __future__ import annotations

import re

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from machina_lab.core.tables import Column, Table
from machina_lab.schema.checks import Solver, because
from machina_lab.schema.guesses import Wish, guess
from machina_lab.schema.naming import Names
from machina_lab.schema.ordering import Cycle, Late
from machina_lab.schema.parents import Parents
from machina_lab.schema.plans import Plan
from machina_lab.schema.values import Value, constant


#: Kinds that make good different values, best first.
_DISTINCT: Final = ("text", "integer", "uuid", "decimal", "datetime", "date", "float")


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
        self._parents = Parents(tables, names, hard)

    def plan(self, key: str) -> Plan:
        """
        Decide what the factory of one table gives.
        """
        table = self.tables[key]
        plan = Plan(table, self.names[key])
        for fk in table.foreign_keys:
            self._parents.add(plan, fk)
        plan.unique = self._unique(plan)
        for column in table.columns:
            self._plan_column(plan, column)
        self._meet_checks(plan)
        return plan

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
    if (
        column.nullable
        and not (unique and column.primary_key)
        and not column.primary_key
    ):
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
