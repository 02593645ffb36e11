"""
What a database looks like: its tables and how they are tied together.

A `Schema` is plain data (see `machina_lab.core.tables`): it can be kept, compared and
drawn without a connection. It comes from a database (`Schema.reflect`), from tables
that SQLAlchemy knows (`Schema.from_metadata`) or from mapped classes
(`Schema.from_models`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from machina_lab.core.tables import Column, ForeignKey, Table
from machina_lab.errors import UnknownTableError
from machina_lab.schema import ordering
from machina_lab.schema.words import singular, snake


@dataclass(frozen=True, slots=True)
class Skipped:
    """
    A table, schema or detail that could not be read, and why.
    """

    name: str
    reason: str

    def __str__(self) -> str:
        """
        Name both.
        """
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Relation:
    """
    One foreign key seen as an edge: from the table that holds it to its parent.
    """

    table: str
    foreign_key: ForeignKey

    @property
    def parent(self) -> str:
        """
        The key of the table pointed at.
        """
        return self.foreign_key.table

    def __str__(self) -> str:
        """
        Read like a join condition.
        """
        pairs = zip(self.foreign_key.columns, self.foreign_key.references, strict=False)
        return " AND ".join(
            f"{self.table}.{mine} = {self.parent}.{theirs}" for mine, theirs in pairs
        )


@dataclass(frozen=True, slots=True)
class Path:
    """
    A way from one table to another along foreign keys, in either direction.

    Attributes:
        tables: The tables passed, first and last included.
        relations: The foreign key behind each step.
    """

    tables: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __str__(self) -> str:
        """
        Read like a row of arrows: `comment -> article <- tag`.
        """
        text = self.tables[0] if self.tables else "no path"
        steps = zip(self.tables[1:], self.relations, strict=True)
        for table, relation in steps:
            text += f" -> {table}" if relation.parent == table else f" <- {table}"
        return text


@dataclass(frozen=True)
class Schema:
    """
    The tables of a database.

    Attributes:
        tables: Tables and views in the order they were found.
        dialect: SQLAlchemy's name of the database (`postgresql`), or "".
        skipped: What could not be read.
        partitions: Tables that are parts of another one; hidden behind it.
    """

    tables: tuple[Table, ...] = ()
    dialect: str = ""
    skipped: tuple[Skipped, ...] = ()
    partitions: tuple[str, ...] = ()

    @classmethod
    def reflect(
        cls, target: Any, *, schemas: Iterable[str | None] | None = None
    ) -> Schema:
        """
        Read a database.

        Args:
            target: A URL, Engine, Connection or Session.
            schemas: Which database schemas; by default all that are not the system's.

        Raises:
            RepoError: The database cannot be reached; the text holds no password.
        """
        from machina_lab.schema.reflection import reflect

        return reflect(target, schemas=schemas).schema

    @classmethod
    def from_metadata(cls, metadata: Any, *, dialect: str = "") -> Schema:
        """
        Read a SQLAlchemy MetaData (or several of them in a list).
        """
        from machina_lab.schema.reflection import from_metadata

        return from_metadata(metadata, dialect=dialect)

    @classmethod
    def from_models(cls, *bases: Any, dialect: str = "") -> Schema:
        """
        Read mapped classes: declarative bases, classes or registries.
        """
        from machina_lab.schema.reflection import from_models

        return from_models(*bases, dialect=dialect)

    def table(self, name: str) -> Table:
        """
        Return the table called *name*: its key, its name, or its factory's name.

        Raises:
            UnknownTableError: There is none, or several schemas have one.
        """
        by_key = {table.key: table for table in self.tables}
        if name in by_key:
            return by_key[name]
        for like in (_same_name, _same_factory):
            found = [table for table in self.tables if like(table, name)]
            if len(found) == 1:
                return found[0]
        raise UnknownTableError(name, known=by_key)

    def __getitem__(self, name: str) -> Table:
        return self.table(name)

    def __contains__(self, name: object) -> bool:
        return any(name in (table.key, table.name) for table in self.tables)

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    @property
    def relations(self) -> tuple[Relation, ...]:
        """
        Every foreign key whose both ends are here.
        """
        known = {table.key for table in self.tables}
        return tuple(
            Relation(table.key, fk)
            for table in self.tables
            for fk in table.foreign_keys
            if fk.table in known
        )

    def insert_order(self) -> ordering.InsertOrder:
        """
        Return the keys of all tables, parents first, with `cycles` and `late` keys.
        """
        return ordering.insert_order(self.tables, self.dialect)

    def path(self, start: str, end: str) -> Path:
        """
        Return a shortest way between two tables; an empty one where there is none.
        """
        first, last = self.table(start).key, self.table(end).key
        links = self._links()
        paths = deque([Path((first,))])
        seen = {first}
        while paths:
            path = paths.popleft()
            if path.tables[-1] == last:
                return path
            for other, relation in links.get(path.tables[-1], ()):
                if other not in seen:
                    seen.add(other)
                    paths.append(
                        Path((*path.tables, other), (*path.relations, relation))
                    )
        return Path()

    def neighbourhood(self, *names: str, depth: int = 1) -> Schema:
        """
        Return the tables within *depth* foreign keys of those named.
        """
        links = self._links()
        found = dict.fromkeys(self.table(name).key for name in names)
        edge = list(found)
        for _ in range(depth):
            edge = [other for key in edge for other, _ in links.get(key, ())]
            found.update(dict.fromkeys(edge))
        return self.only(found)

    def only(self, names: Iterable[str]) -> Schema:
        """
        Return the schema of these tables alone, in their old order.
        """
        keys = {self.table(name).key for name in names}
        kept = tuple(table for table in self.tables if table.key in keys)
        return replace(self, tables=kept)

    def implied(self) -> tuple[Relation, ...]:
        """
        Return foreign keys that nobody declared but column names suggest.

        `user_id` implies a table `users` or `user` with a key of one column of the same
        kind.
        """
        parents = {
            singular(snake(table.name)): table
            for table in self.tables
            if len(table.primary_key) == 1 and not table.view
        }
        return tuple(
            Relation(table.key, implied)
            for table in self.tables
            if not table.view
            for column in table.columns
            if (implied := _implied(table, column, parents)) is not None
        )

    def rows(self) -> list[dict[str, Any]]:
        """
        Return one mapping a table, for a DataFrame.
        """
        children: dict[str, list[str]] = {}
        for relation in self.relations:
            children.setdefault(relation.parent, []).append(relation.table)
        return [
            {
                "table": table.key,
                "rows": table.rows,
                "columns": len(table.columns),
                "primary_key": ", ".join(table.primary_key),
                "parents": ", ".join(
                    dict.fromkeys(fk.table for fk in table.foreign_keys)
                ),
                "children": ", ".join(dict.fromkeys(children.get(table.key, ()))),
                "kind": "view" if table.view else "table",
                "comment": table.comment,
            }
            for table in self.tables
        ]

    def column_rows(self, name: str) -> list[dict[str, Any]]:
        """
        Return one mapping a column of the table called *name*, for a DataFrame.
        """
        table = self.table(name)
        return [
            {
                "column": column.name,
                "type": column.type.label,
                "nullable": column.nullable,
                "key": _key_label(table, column),
                "default": column.default or column.generated,
                "references": ", ".join(
                    f"{fk.table}.{fk.references[fk.columns.index(column.name)]}"
                    for fk in table.foreign_keys
                    if column.name in fk.columns
                ),
                "comment": column.comment,
            }
            for column in table.columns
        ]

    def diagram(self, kind: str = "svg", **options: Any) -> Any:
        """
        Draw the tables: `svg` (shows itself in a notebook), `mermaid` or `dot` text.

        Options for all kinds: `around="users"` and `depth=1` draw a neighbourhood,
        `columns="all" | "keys" | "none"` says how much of each table is shown.
        """
        from machina_lab.schema.diagrams import diagram

        return diagram(self, kind, **options)

    def __repr__(self) -> str:
        """
        Say how much there is; tables by the hundred would drown a cell.
        """
        views = sum(table.view for table in self.tables)
        parts = [f"{len(self.tables) - views} tables"]
        parts += [f"{views} views"] if views else []
        parts += [f"{len(self.relations)} relations"]
        parts += [f"{len(self.skipped)} skipped"] if self.skipped else []
        on = f" on {self.dialect}" if self.dialect else ""
        return f"<Schema{on}: {', '.join(parts)}>"

    def _links(self) -> dict[str, list[tuple[str, Relation]]]:
        links: dict[str, list[tuple[str, Relation]]] = {}
        for relation in self.relations:
            links.setdefault(relation.table, []).append((relation.parent, relation))
            links.setdefault(relation.parent, []).append((relation.table, relation))
        return links


def _same_name(table: Table, name: str) -> bool:
    return name.casefold() in (table.name.casefold(), table.key.casefold())


def _same_factory(table: Table, name: str) -> bool:
    return singular(snake(table.name)) == singular(snake(name))


def _key_label(table: Table, column: Column) -> str:
    labels = ["primary"] if column.name in table.primary_key else []
    if any(column.name in fk.columns for fk in table.foreign_keys):
        labels.append("foreign")
    if any((column.name,) == unique.columns for unique in table.uniques):
        labels.append("unique")
    return ", ".join(labels)


def _implied(
    table: Table, column: Column, parents: dict[str, Table]
) -> ForeignKey | None:
    stem, _, last = snake(column.name).rpartition("_")
    declared = any(column.name in fk.columns for fk in table.foreign_keys)
    if last not in ("id", "key", "code", "uuid") or declared or not stem:
        return None
    parent = parents.get(singular(stem))
    if parent is None or (parent is table and table.primary_key == (column.name,)):
        return None
    key = parent.column(parent.primary_key[0])
    if parent.key == table.key or key.type.kind != column.type.kind:
        return None
    return ForeignKey((column.name,), parent.key, (key.name,), implied=True)
