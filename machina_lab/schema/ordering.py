"""
In which order tables are filled: parents first.

A *late* foreign key is one that is left NULL at first and filled in when both rows are
there. That breaks a *cycle*, a ring of tables that point at each other. Where every
foreign key of a ring is NOT NULL, only the database itself can help: by checking at the
commit (deferrable constraints, SQLite's `defer_foreign_keys`) or at the end of one
statement (PostgreSQL).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from machina_lab.core.tables import ForeignKey, Table


Cure = Literal["late", "deferred", "pragma", "statement", "none"]


@dataclass(frozen=True, slots=True)
class Late:
    """
    A foreign key that is filled in a second pass.
    """

    table: str
    foreign_key: ForeignKey


@dataclass(frozen=True, slots=True)
class Cycle:
    """
    Tables that need each other.

    Attributes:
        tables: The ring: each table points at the next, the last at the first.
        cure: How it is broken: by a foreign key that comes `late`, by constraints
            checked at the commit (`deferred`), by SQLite's `pragma`, by inserting both
            rows in one `statement` (PostgreSQL), or not at all (`none`).
        broken: The foreign keys that are not looked at for the order.
    """

    tables: tuple[str, ...]
    cure: Cure
    broken: tuple[Late, ...]

    def steps(self, tables: Mapping[str, Table]) -> Iterator[Late]:
        """
        Yield every foreign key of the ring.
        """
        for key, following in self._pairs():
            for fk in tables[key].foreign_keys if key in tables else ():
                if fk.table == following:
                    yield Late(key, fk)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        return zip(self.tables, (*self.tables[1:], self.tables[0]), strict=True)

    def __str__(self) -> str:
        """
        Say which tables, and how the cycle is broken.
        """
        ring = " -> ".join((*self.tables, self.tables[0]))
        keys = ", ".join(
            f"{late.table}.{'+'.join(late.foreign_key.columns)}" for late in self.broken
        )
        how = {
            "late": f"{keys} is filled in afterwards",
            "deferred": f"{keys} is checked at the commit",
            "pragma": f"{keys} is checked at the commit (PRAGMA defer_foreign_keys)",
            "statement": f"{keys} is NOT NULL: both rows go in one statement",
            "none": f"{keys} is NOT NULL and checked at once: it cannot be broken",
        }
        return f"{ring}: {how[self.cure]}"


@dataclass(frozen=True, slots=True)
class InsertOrder(Sequence[str]):
    """
    Keys of tables, parents first: a sequence of names with the cycles beside it.
    """

    tables: tuple[str, ...]
    cycles: tuple[Cycle, ...] = ()

    @property
    def late(self) -> tuple[Late, ...]:
        """
        The foreign keys to fill in a second pass.
        """
        return tuple(late for cycle in self.cycles for late in cycle.broken)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self.tables[index]

    def __len__(self) -> int:
        return len(self.tables)


def insert_order(tables: Iterable[Table], dialect: str = "") -> InsertOrder:
    """
    Return the order in which rows of *tables* can be inserted.

    Tables that do not need each other keep the order in which they are given. A foreign
    key of a table to itself breaks nothing here: it orders rows, not tables.
    """
    known = {table.key: table for table in tables if not table.view}
    edges = {
        key: [
            fk
            for fk in table.foreign_keys
            if fk.table in known and fk.table != key and not fk.implied
        ]
        for key, table in known.items()
    }
    found = _Ordering(known, dialect)
    found.add(known, edges)
    return InsertOrder(tuple(found.order), tuple(found.cycles))


@dataclass(slots=True)
class _Ordering:
    """
    An insert order while it is made.
    """

    known: Mapping[str, Table]
    dialect: str
    order: list[str] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)

    def add(self, names: Iterable[str], edges: Mapping[str, list[ForeignKey]]) -> None:
        """
        Append *names*, parents first, breaking cycles one by one.
        """
        for group in components(names, lambda key: [fk.table for fk in edges[key]]):
            if len(group) == 1:
                self.order += group
                continue
            inside = {
                key: [fk for fk in edges[key] if fk.table in group] for key in group
            }
            ring = _ring(inside)
            cure, broken = _break(ring, inside, self.known, self.dialect)
            self.cycles.append(Cycle(ring, cure, broken))
            left = {
                key: [fk for fk in fks if Late(key, fk) not in broken]
                for key, fks in inside.items()
            }
            self.add(group, left)


def _ring(edges: Mapping[str, list[ForeignKey]]) -> tuple[str, ...]:
    """
    Return a shortest cycle through the first table that is on one.
    """
    best: tuple[str, ...] = ()
    for start in edges:
        paths: list[tuple[str, ...]] = [(start,)]
        seen = {start}
        while paths and (not best or len(paths[0]) < len(best)):
            path = paths.pop(0)
            targets = [fk.table for fk in edges[path[-1]]]
            if start in targets:
                best = path
                break
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    paths.append((*path, target))
    return best


def _break(
    ring: tuple[str, ...],
    edges: Mapping[str, list[ForeignKey]],
    known: Mapping[str, Table],
    dialect: str,
) -> tuple[Cure, tuple[Late, ...]]:
    """
    Choose the step of *ring* to leave out: nullable, else deferrable, else any.
    """
    steps = [
        [Late(key, fk) for fk in edges[key] if fk.table == following]
        for key, following in zip(ring, (*ring[1:], ring[0]), strict=True)
    ]

    def nullable(step: list[Late]) -> bool:
        return all(is_optional(known[late.table], late.foreign_key) for late in step)

    for step in steps:
        if nullable(step):
            return "late", tuple(step)
    for step in steps:
        if all(late.foreign_key.deferrable for late in step):
            return "deferred", tuple(step)
    cures: dict[str, Cure] = {"sqlite": "pragma", "postgresql": "statement"}
    return cures.get(dialect, "none"), tuple(steps[-1])


def is_optional(table: Table, foreign_key: ForeignKey) -> bool:
    """
    Tell whether rows of *table* may do without *foreign_key*.
    """
    return any(
        table.column(name).nullable and name not in table.primary_key
        for name in foreign_key.columns
    )


def components(
    names: Iterable[str], targets: Callable[[str], Iterable[str]]
) -> Iterator[list[str]]:
    """
    Yield groups of names that reach each other, those pointed at first (Tarjan).

    Written without recursion: long chains of tables do not hit Python's limit.
    """
    names = list(names)
    place = {name: index for index, name in enumerate(names)}
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in names:
        if root in number:
            continue
        work = [(root, iter([t for t in targets(root) if t in place]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, following = work[-1]
            child = next(following, None)
            if child is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == number[name]:
                    yield _pop_group(stack, on_stack, name, place)
            elif child not in number:
                number[child] = low[child] = len(number)
                stack.append(child)
                on_stack.add(child)
                work.append((child, iter([t for t in targets(child) if t in place])))
            elif child in on_stack:
                low[name] = min(low[name], number[child])


def _pop_group(
    stack: list[str], on_stack: set[str], name: str, place: Mapping[str, int]
) -> list[str]:
    group: list[str] = []
    while not group or group[-1] != name:
        group.append(stack.pop())
        on_stack.discard(group[-1])
    return sorted(group, key=place.__getitem__)
