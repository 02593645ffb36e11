"""
Values that meet a table's CHECK constraints.

The row that the other rules made is judged; while a condition fails, the change of one
value or two that leaves fewest failing is made (hill-climbing). Candidates come from
the conditions themselves: their literals and what is just beside, the shapes they ask
for, the values of the columns they compare with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, islice, product
from typing import Any, Final

from machina_lab.core.tables import Check, Column, Table
from machina_lab.schema.candidates import (
    beside,
    fit,
    is_column,
    literals,
    only_value,
    shaped,
    sized,
    variations,
)
from machina_lab.schema.conditions import Node, UnreadableError, read_condition
from machina_lab.schema.values import Value, constant, counted_number, cycled
from machina_lab.schema.verdicts import OpenError, judge


#: How many changes are tried for one condition, and how many are made.
_TRIES: Final = 20_000
_STEPS: Final = 12
_RECORDS: Final = (0, 1, 2, 10, 99)


@dataclass(frozen=True, slots=True)
class Condition:
    """
    A CHECK that was read.
    """

    check: Check
    node: Node
    columns: frozenset[str]

    @property
    def label(self) -> str:
        """
        What it is called in reasons: its SQL where that is short, else its name.
        """
        sql = " ".join(self.check.sql.split())
        short = len(sql) <= 60 or not self.check.name  # noqa: PLR2004 - fits on a line
        return f"CHECK {sql}" if short else f"CHECK {self.check.name}"


@dataclass(frozen=True, slots=True)
class Solved:
    """
    What was found.

    Attributes:
        values: Column -> value, for the columns that had to change.
        reasons: Column -> conditions that changed it.
        failing: Conditions that no change met.
        open: Checks that only the database can judge.
    """

    values: Mapping[str, Value]
    reasons: Mapping[str, list[str]]
    failing: tuple[Check, ...]
    open: tuple[Check, ...]


def read_checks(table: Table) -> tuple[list[Condition], list[Check]]:
    """
    Return the checks of *table* that can be read, and those that cannot.
    """
    names = {column.name.lower() for column in table.columns}
    read: list[Condition] = []
    unread: list[Check] = []
    for check in table.checks:
        try:
            node = read_condition(check.sql)
        except UnreadableError:
            unread.append(check)
            continue
        columns = frozenset(name.lower() for name in node.columns())
        if columns <= names:
            read.append(Condition(check, node, columns))
        else:
            unread.append(check)
    return read, unread


class Solver:
    """
    The search for values of one table.

    Args:
        table: The table.
        values: Column -> the value planned for it; None where it is left NULL.
        unique: Columns whose values must all differ.
        names: Column -> name of its sequence.
    """

    def __init__(
        self,
        table: Table,
        values: Mapping[str, Value | None],
        unique: Iterable[str],
        names: Mapping[str, str],
    ) -> None:
        self.columns = {column.name.lower(): column for column in table.columns}
        self.names = {name.lower(): sequence for name, sequence in names.items()}
        self.values = {name.lower(): value for name, value in values.items()}
        self.unique = {name.lower() for name in unique}
        self.conditions, unread = read_checks(table)
        self.open = list(unread)
        self._changed: dict[str, list[str]] = {}

    def solve(self) -> Solved:
        """
        Change values until every condition that can be judged is met, if possible.
        """
        for _ in range(_STEPS):
            failing = self._failing(self.values, self.conditions)
            if not failing:
                break
            if not any(self._improve(condition) for condition in failing):
                break
        failing = self._failing(self.values, self.conditions)
        self.open += [c.check for c in self.conditions if self._is_open(c)]
        found = {
            self.columns[name].name: value
            for name in self._changed
            if (value := self.values[name]) is not None
        }
        reasons = {self.columns[name].name: why for name, why in self._changed.items()}
        return Solved(found, reasons, tuple(c.check for c in failing), tuple(self.open))

    def _failing(
        self, values: Mapping[str, Value | None], conditions: Iterable[Condition]
    ) -> list[Condition]:
        rows = list(self._rows(values))
        return [each for each in conditions if not self._meets(each, rows)]

    def _rows(self, values: Mapping[str, Value | None]) -> Iterator[dict[str, Any]]:
        """
        Yield some rows that *values* make.
        """
        limits = [v.limit for v in values.values() if v and v.limit and v.counted]
        cycle = max([limit for limit in limits if limit <= 30], default=0)  # noqa: PLR2004 - cycles
        numbers = {*_RECORDS, *range(cycle)}
        if not any(value and value.counted for value in values.values()):
            numbers = {0}
        for n in sorted(numbers):
            yield {
                name: None if value is None else value.make(_within(n, value))
                for name, value in values.items()
            }

    def _meets(self, condition: Condition, rows: Iterable[Mapping[str, Any]]) -> bool:
        try:
            return all(judge(condition.node, row) is not False for row in rows)
        except OpenError:
            return True

    def _is_open(self, condition: Condition) -> bool:
        try:
            for row in self._rows(self.values):
                judge(condition.node, row)
        except OpenError:
            return bool(condition.columns & set(self.values))
        return False

    def _improve(self, condition: Condition) -> bool:
        """
        Make the change that meets *condition* and leaves fewest others failing.
        """
        before = len(self._failing(self.values, self.conditions))
        best: tuple[int, dict[str, Value | None]] | None = None
        for change in islice(self._changes(condition), _TRIES):
            values = {**self.values, **change}
            touched = [c for c in self.conditions if c.columns & set(change)]
            if self._failing(values, [condition]):
                continue
            left = len(self._failing(values, touched)) + len(
                self._failing(values, [c for c in self.conditions if c not in touched])
            )
            if left < before and (best is None or left < best[0]):
                best = (left, change)
                if left == 0:
                    break
        if best is None:
            return False
        for name, value in best[1].items():
            self.values[name] = value
            self._changed.setdefault(name, []).append(condition.label)
        return True

    def _changes(self, condition: Condition) -> Iterator[dict[str, Value | None]]:
        """
        Yield changes of one column, then of two: those of the condition itself.
        """
        movable = sorted(condition.columns & set(self.values))
        candidates = {name: list(self._candidates(name)) for name in movable}
        for count in (1, 2, 3):
            for names in combinations(movable, count):
                for values in product(*(candidates[name][:40] for name in names)):
                    yield dict(zip(names, values, strict=True))

    def _candidates(self, name: str) -> Iterator[Value | None]:
        """
        Yield values for a column, plainest first; for unique ones only counted ones.
        """
        column = self.columns[name]
        for value in self._proposals(name, column):
            if value is None:
                if column.nullable and not column.primary_key:
                    yield None
            elif name not in self.unique or value.counted or value.limit == 1:
                yield value

    def _proposals(self, name: str, column: Column) -> Iterator[Value | None]:
        related = [c.node for c in self.conditions if name in c.columns]
        for node in related:
            yield from self._from_condition(name, column, node)
        raw: list[Any] = []
        for node in related:
            raw += literals(node)
            for other in node.columns():
                planned = self.values.get(other.lower())
                if planned is not None and other.lower() != name:
                    raw.append(planned.make(0))
        yield None
        seen: set[str] = set()
        for value in raw:
            for close in beside(value, column):
                if repr(close) not in seen:
                    seen.add(repr(close))
                    yield constant(close)
        planned = self.values.get(name)
        yield from variations(planned, column)

    def _from_condition(
        self, name: str, column: Column, node: Node
    ) -> Iterator[Value | None]:
        """
        Yield what the parts of a condition ask of a column outright.
        """
        sequence = self.names.get(name, name)
        for part in node.walk():
            if part.kind == "in" and is_column(part.args[0], name):
                values = [fit(value, column) for value in literals(part.args[1])]
                known = [value for value in values if value is not None]
                if known:
                    yield cycled(sequence, known)
            elif part.kind in ("~", "~*", "like", "ilike", "glob"):
                if is_column(part.args[0], name) and part.args[1].kind == "value":
                    yield from shaped(sequence, part, column)
            elif part.kind in ("=", ">=", "<=", ">", "<"):
                if part.kind == "=" and is_column(part.args[0], name):
                    yield from only_value(part.args[1], column)
                yield from sized(sequence, part, name, column)
                if name in self.unique and column.type.kind == "integer":
                    starts = [fit(value, column) for value in literals(part)]
                    yield from (
                        counted_number(sequence, start=start + 1)
                        for start in starts
                        if start is not None
                    )


def _within(n: int, value: Value) -> int:
    return n if value.limit is None or n < value.limit else n % value.limit


def because(value: Value, reasons: Iterable[str]) -> Value:
    """
    Return *value* with the conditions that chose it as its rule.
    """
    return replace(value, rule="; ".join(dict.fromkeys(reasons)))
