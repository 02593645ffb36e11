"""
Making a plan for a table: parents, then columns, then what its CHECKs demand.
"""

from __future__ import annotations

import ast
import re

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from machina_lab.core.tables import Column, Table
from machina_lab.schema.checks import Solver, because, read_checks
from machina_lab.schema.guesses import REGISTERED, Wish, guess
from machina_lab.schema.parents import Parents
from machina_lab.schema.plans import Plan
from machina_lab.schema.probing import conversion, converts, probed
from machina_lab.schema.values import Value, constant, counted_number


#: Defaults that are another time in every row: nothing can be compared with them.
_CLOCK: Final = re.compile(r"(?i)\bnow\b|current_|localtime|_timestamp\(")
#: See `Planner`.
Validators = Callable[[str, str], Callable[[Any], bool] | None]
#: Kinds that make good different values, best first.
_DISTINCT: Final = ("text", "integer", "uuid", "decimal", "datetime", "date", "float")


class Planner:
    """
    Makes plans for the tables of one schema.

    Args:
        parents: Plans their foreign keys; it knows the tables and their names.
        dialect: The database's name.
        validators: What a class asks of an attribute: `validators(table key, name)`
            returns what tells whether a value is valid, or None.
    """

    def __init__(
        self,
        parents: Parents,
        dialect: str = "",
        validators: Validators = lambda _key, _name: None,
    ) -> None:
        self._parents = parents
        self._dialect = dialect
        self._validators = validators

    def plan(self, key: str) -> Plan:
        """
        Decide what the factory of one table gives.
        """
        table = self._parents.tables[key]
        plan = Plan(table, self._parents.names[key])
        for fk in table.foreign_keys:
            self._parents.add(plan, fk)
        plan.unique = _unique(plan)
        for column in table.columns:
            self._plan_column(plan, column)
        self._meet_checks(plan)
        return plan

    # -- columns -----------------------------------------------------------------------

    def _plan_column(self, plan: Plan, column: Column) -> None:
        name = column.name
        if name in plan.linked or name in plan.left:
            return
        if name in plan.lazies or name in plan.values:
            return
        unique = name in plan.unique
        reason = plan.names.written.get(name, "") or _left_out(column, unique=unique)
        if not column.generated and self._is_missed(plan, column):
            reason = ""
        value = None if reason and not column.nullable else self._value(plan, column)
        telling = value is not None and value.telling and reason == "may be NULL"
        if reason and not telling:
            plan.left[name] = reason
        elif value is None:
            plan.unknown.append(column)
        else:
            plan.values[name] = value.because(_demands(plan, column, unique=unique))

    def _is_missed(self, plan: Plan, column: Column) -> bool:
        """
        Tell whether a row cannot do without *column* for reasons of its class.

        The constructor insists on it, or its type refuses its own default.
        """
        if plan.names.attributes[column.name] in plan.names.required:
            return True
        if not column.default or not converts(column.type):
            return False
        try:
            default = ast.literal_eval(column.default)
        except (ValueError, SyntaxError):
            return False
        return not conversion(column.type.source, self._dialect)(default)

    def _value(self, plan: Plan, column: Column) -> Value | None:
        """
        Return what the rules give *column*, and its type and its class take.
        """
        wish = wish_of(plan, column, unique=column.name in plan.unique)
        value = guess(wish)
        if value is not None and value.rule.startswith(REGISTERED):
            return value
        own = converts(column.type)
        tests = [conversion(column.type.source, self._dialect)] if own else []
        validator = self._validators(plan.table.key, wish.attribute)
        tests += [validator] if validator is not None else []
        if not tests:
            return value
        found = probed(
            column.type,
            wish.sequence,
            value,
            lambda tried: all(test(tried) for test in tests),
            unique=wish.unique,
        )
        return found if found is not None or own else value

    # -- checks ------------------------------------------------------------------------

    def _rows(self, plan: Plan) -> dict[str, Value | None]:
        """
        Return what a row will hold, as far as that is known before the database is.
        """
        rows: dict[str, Value | None] = dict(plan.values)
        compared = _compared(plan.table)
        for name in list(plan.left):
            column = plan.table.column(name)
            if name in compared and _CLOCK.search(column.default):
                value = self._value(plan, column)
                if value is not None:
                    rows[name] = plan.values[name] = value
                    del plan.left[name]
                    continue
            default = _default_value(column)
            if default is not None:
                rows[name] = default
            elif column.generated in ("autoincrement", "identity"):
                rows[name] = counted_number(plan.names.sequence(name))
            elif not column.server_default and not column.generated:
                rows[name] = None
        return rows

    def _meet_checks(self, plan: Plan) -> None:
        if not plan.table.checks:
            return
        rows = self._rows(plan)
        names = {name: plan.names.sequence(name) for name in plan.names.attributes}
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


def _compared(table: Table) -> set[str]:
    """
    Return the columns that a CHECK compares with others.
    """
    conditions, _ = read_checks(table)
    names = {n for c in conditions if len(c.columns) > 1 for n in c.columns}
    return {column.name for column in table.columns if column.name.lower() in names}


def wish_of(plan: Plan, column: Column, *, unique: bool = False) -> Wish:
    """
    Return what *plan* asks of the rules for one column.
    """
    names = plan.names
    return Wish(
        plan.table,
        column,
        names.factory,
        names.attributes[column.name],
        names.sequence(column.name),
        unique,
    )


def _unique(plan: Plan) -> set[str]:
    """
    Return the columns that must differ: one for each key or constraint.
    """
    table, linked = plan.table, plan.linked
    found: set[str] = set()
    for group in (table.primary_key, *(unique.columns for unique in table.uniques)):
        free = [
            table.column(name)
            for name in group
            if name not in linked and name not in plan.left
        ]
        if free and not any(column.name in found for column in free):
            found.add(min(free, key=_distinctness).name)
    return found


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
    # A unique column with a default of Python's would get the same in every row.
    needed = column.primary_key or (unique and column.default)
    return "may be NULL" if column.nullable and not needed else ""


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
