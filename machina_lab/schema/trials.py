"""
Values that only the database can judge, found by trying.

A row is inserted in a savepoint that is rolled back at once. The error names the
constraint; values of the columns it is about are changed until it names another one or
none. Foreign keys do not matter: they are checked last.
"""

from __future__ import annotations

import datetime as dt
import re

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from sqlalchemy.exc import IntegrityError

from machina_lab.core.datatypes import of_type
from machina_lab.core.tables import Column
from machina_lab.schema.plans import Plan
from machina_lab.schema.values import constant


#: How often one constraint is tried.
_TRIES: Final = 400
#: What types nobody knows are tried with, plainest first.
_TEXTS: Final = (
    "",
    "0",
    "1",
    "a",
    "{}",
    "[]",
    "()",
    *(f"({',' * n})" for n in range(1, 12)),
    "POINT(0 0)",
    "2024-01-01",
    "true",
)
_DAYS: Final = (dt.date(2024, 1, 1), dt.date(2000, 1, 1), dt.date(2100, 1, 1))
_CANDIDATES: Final[dict[str, tuple[Any, ...]]] = {
    "integer": (1, 0, 2, 3, 5, 7, 10, 12, 20, 50, 99, 100, 1000, 10_000, -1),
    "decimal": tuple(map(Decimal, ("1", "0", "0.5", "2", "10", "100", "1000", "-1"))),
    "float": (1.0, 0.0, 0.5, 2.0, 10.0, 100.0, 1000.0, -1.0),
    "boolean": (True, False),
    "text": (
        "a",
        "A",
        "1",
        "",
        "a@example.com",
        "http://example.com",
        "abc",
        "en",
        "a-b",
        "US",
        "00000000-0000-0000-0000-000000000001",
        "{}",
        "[]",
        "1.0.0",
        "aaaaaaaa",
        "a" * 32,
        "a" * 64,
    ),
    "date": _DAYS,
    "datetime": tuple(dt.datetime.combine(day, dt.time(12)) for day in _DAYS),
    "json": ({}, [], {"a": 1}, [1], "a", 1),
    "array": ([], ["a"], ["a", "b"], [1], [1, 2]),
    "other": _TEXTS,
}
_DUMMIES: Final[dict[str, Any]] = {
    "text": "x",
    "uuid": UUID(int=1),
    "date": dt.date(2024, 1, 1),
}


def needs_trial(plan: Plan) -> bool:
    """
    Tell whether anything of *plan* is for the database to judge.
    """
    return bool(plan.open or plan.unknown or _unmet(plan))


def _unmet(plan: Plan) -> list[str]:
    return [need for need in plan.needs if need.startswith("CHECK ")]


class Trials:
    """
    Trial inserts into one table.

    Args:
        session: Where they happen; nothing of them stays.
        table: The table.
        plan: The plan, which is completed.
    """

    def __init__(self, session: Any, table: Any, plan: Plan) -> None:
        self._session = session
        self._table = table
        self._plan = plan
        self._columns = {column.name: column for column in plan.table.columns}
        # A class of a hierarchy has columns of other tables too.
        self._keys = {column.name: column.key for column in table.columns}
        self._links = {
            column.key: _DUMMIES.get(of_type(column.type).kind, 1)
            for column in table.primary_key.columns
            if column.foreign_keys
        }

    def run(self) -> None:
        """
        Find values for unknown types, then for conditions; note what was not found.
        """
        row = self._row()
        for column in list(self._plan.unknown):
            self._find_text(column, row)
        unmet = _unmet(self._plan)
        if self._meet(row):
            self._plan.needs = [n for n in self._plan.needs if n not in unmet]

    def _row(self) -> dict[str, Any]:
        row = {name: value.make(0) for name, value in self._plan.values.items()}
        for parent in self._plan.parents:
            for name in parent.foreign_key.columns:
                row.setdefault(name, _DUMMIES.get(self._columns[name].type.kind, 1))
        for name in self._plan.lazies:
            row[name] = _DUMMIES.get(self._columns[name].type.kind, 1)
        return row

    def _fails(self, row: dict[str, Any]) -> str:
        """
        Return the name of the CHECK that refuses *row*, or "" if none does.

        Other faults are "!", a NULL where none may be "!null".
        """
        own = self._links | {
            self._keys[name]: row[name] for name in row if name in self._keys
        }
        savepoint = self._session.begin_nested()
        try:
            self._session.execute(sa.insert(self._table).values(own))
        except IntegrityError as error:
            return _check_name(error)
        except Exception:  # noqa: BLE001 - types of others convert as they like
            return "!"
        finally:
            if savepoint.is_active:
                savepoint.rollback()
        return ""

    def _find_text(self, column: Column, row: dict[str, Any]) -> None:
        """
        Look for a text that a type nobody knows takes.
        """
        others = [each.name for each in self._plan.unknown if each is not column]
        for text in _TEXTS:
            tried = {**row, **dict.fromkeys(others), column.name: text}
            if self._fails(tried) != "!":
                row[column.name] = text
                self._plan.values[column.name] = constant(
                    text, f"{column.type.label}, found by trial"
                )
                self._plan.unknown.remove(column)
                return

    def _meet(self, row: dict[str, Any]) -> bool:
        """
        Change *row* until no CHECK refuses it; tell whether the database takes it.
        """
        met: set[str] = set()
        failing = self._fails(row)
        while failing and failing[0] != "!" and failing not in met:
            change = self._change(failing, row, met)
            if change is None:
                need = f"CHECK {failing} is not met"
                self._plan.needs += [need] if need not in self._plan.needs else []
                return False
            met.add(failing)
            row |= change
            for name, value in change.items():
                reason = f"CHECK {failing}, found by trial"
                self._plan.values[name] = constant(value, reason)
                self._plan.solved.add(name)
                self._plan.left.pop(name, None)
            failing = self._fails(row)
        return not failing

    def _change(
        self, failing: str, row: dict[str, Any], met: set[str]
    ) -> dict[str, Any] | None:
        """
        Return a change after which another check fails, or none does.
        """
        for change in islice(self._changes(failing), _TRIES):
            now = self._fails({**row, **change})
            if now not in {"!", "!null", failing, *met}:
                return change
        return None

    def _changes(self, failing: str) -> Iterator[dict[str, Any]]:
        names = self._about(failing)
        for count in (1, 2):
            for chosen in combinations(names, count):
                choices = [_candidates(self._columns[name]) for name in chosen]
                for values in product(*choices):
                    yield dict(zip(chosen, values, strict=True))

    def _about(self, failing: str) -> list[str]:
        """
        Return the columns that a check is about, by its text, else all that are given.
        """
        sql = " ".join(c.sql for c in self._plan.table.checks if c.name == failing)
        words = set(re.findall(r"\w+", sql))
        fixed = {n for each in self._plan.parents for n in each.foreign_key.columns}
        free = [
            name
            for name, column in self._columns.items()
            if name not in fixed and column.generated == ""
        ]
        named = [name for name in free if name in words]
        return named or [name for name in free if name in self._plan.values]


def _candidates(column: Column) -> tuple[Any, ...]:
    known = _CANDIDATES.get(column.type.kind, ())
    if column.type.timezone:
        known = tuple(value.replace(tzinfo=dt.UTC) for value in known)
    length = column.type.length
    fitting = tuple(
        value
        for value in known
        if not isinstance(value, str) or length is None or len(value) <= length
    )
    return (*fitting, None) if column.nullable else fitting


def _check_name(error: IntegrityError) -> str:
    """
    Return the name of the CHECK that an error is about, or "" for other constraints.
    """
    original = error.orig
    if getattr(original, "sqlstate", "") == "23514":
        return str(
            getattr(getattr(original, "diag", None), "constraint_name", "") or "!"
        )
    match = re.search(r"CHECK constraint failed: (\S+)", str(original))
    if match:
        return match[1]
    not_null = getattr(original, "sqlstate", "") == "23502" or "NOT NULL" in str(
        original
    )
    return "!null" if not_null else ""
