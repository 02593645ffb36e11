"""
Mapped classes for tables that nobody wrote classes for.

Every table gets one, also those that SQLAlchemy's automap leaves out or trips over:
without a key, with names that Python or declarative keep for themselves, with
composite, overlapping or self-pointing foreign keys.
"""

from __future__ import annotations

import sqlite3

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import RelationshipProperty, registry, relationship

from machina_lab.core.tables import ForeignKey, Table
from machina_lab.errors import UnknownTableError
from machina_lab.schema.model import Schema, Skipped
from machina_lab.schema.naming import Names
from machina_lab.schema.ordering import is_optional
from machina_lab.schema.reflection import Reflection
from machina_lab.schema.tables import key_of


#: The first SQLite that knows binary JSON.
_JSONB: Final = (3, 45)


class Record:
    """
    Base of the classes made here; shows its key.
    """

    def __repr__(self) -> str:
        """
        Show the class and the key's values that are loaded.
        """
        state: Any = sa.inspect(self)
        keys = [
            state.mapper.get_property_by_column(column).key
            for column in state.mapper.primary_key[:4]
        ]
        shown = ", ".join(f"{k}={state.dict[k]!r}" for k in keys if k in state.dict)
        return f"<{type(self).__name__}{' ' if shown else ''}{shown}>"


class Models(Mapping[str, type]):
    """
    Classes by table: `models.Artist`, `models["artists"]`.

    Attributes:
        schema: The tables.
        names: What everything is called, by table key.
        skipped: Tables that no class could be made for, and why.
    """

    def __init__(
        self,
        schema: Schema,
        names: Mapping[str, Names],
        classes: Mapping[str, type],
        skipped: tuple[Skipped, ...] = (),
    ) -> None:
        self.names = dict(names)
        self.skipped = skipped
        self.schema = schema
        self._classes = dict(classes)

    def __getitem__(self, name: str) -> type:
        if name in self._classes:
            return self._classes[name]
        for key, names in self.names.items():
            if name in (names.model, names.factory) and key in self._classes:
                return self._classes[key]
        key = self.schema.table(name).key
        if key in self._classes:
            return self._classes[key]
        raise UnknownTableError(name, known=self._classes)

    def __getattr__(self, name: str) -> type:
        if not name.startswith("_"):
            for key, names in self.names.items():
                if name == names.model and key in self._classes:
                    return self._classes[key]
        known = [self.names[key].model for key in self._classes]
        raise AttributeError(str(UnknownTableError(name, known=known)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def validator(self, key: str, attribute: str) -> Callable[[Any], bool] | None:
        """
        Return what tells whether a class finds a value valid (`@validates`), or None.
        """
        mapper: Any = sa.inspect(self._classes[key])
        if attribute not in mapper.validators:
            return None
        validate = mapper.validators[attribute][0]

        def takes(value: Any) -> bool:
            try:
                validate(mapper.class_manager.new_instance(), attribute, value)
            except (ValueError, TypeError, AssertionError):
                return False
            except Exception:  # noqa: BLE001 - it wants more than this one value
                return True
            return True

        return takes

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(self.names[key].model for key in self)]


def map_tables(reflection: Reflection, names: Mapping[str, Names]) -> Models:
    """
    Make a class for every table of *reflection*, called as *names* say.
    """
    _prepare(reflection)
    sources = {key_of(table): table for table in reflection.metadata.tables.values()}
    return _Mapping(reflection.schema, names, sources).models()


def map_others(
    schema: Schema,
    names: Mapping[str, Names],
    classes: Mapping[str, type],
    sources: Mapping[str, sa.Table],
) -> Models:
    """
    Make classes for the tables of *sources* that have none among *classes*.

    What is there stays as it is: classes get no new attributes, tables no new columns.
    """
    copies = sa.MetaData()
    for key, table in sources.items():
        if key not in copies.tables:
            table.to_metadata(copies)
    _forget_lost(copies)
    own = {
        key: table if key in classes else copies.tables[key]
        for key, table in sources.items()
    }
    return _Mapping(schema, names, own, classes=classes).models()


def _prepare(reflection: Reflection) -> None:
    """
    Take out of the tables what SQLAlchemy trips over when it inserts.
    """
    old = reflection.schema.dialect == "sqlite" and sqlite3.sqlite_version_info < _JSONB
    for table in reflection.metadata.tables.values():
        for column in table.columns:
            if old and type(column.type).__name__ == "JSONB":
                column.type = sa.JSON()  # the function jsonb() is not there yet
        for column in table.primary_key.columns:
            column.nullable = False  # SQLite leaves it open
    _forget_lost(reflection.metadata)


def _forget_lost(metadata: sa.MetaData) -> None:
    """
    Drop foreign keys to tables that are not there.
    """
    for table in metadata.tables.values():
        for constraint in list(table.foreign_key_constraints):
            if any(_is_lost(element) for element in constraint.elements):
                table.constraints.discard(constraint)
                for element in constraint.elements:
                    element.parent.foreign_keys.discard(element)
                    table.foreign_keys.discard(element)


def _is_lost(element: sa.ForeignKey) -> bool:
    try:
        return element.column is None
    except SQLAlchemyError:
        return True


class _Mapping:
    """
    Classes while they are made.

    Args:
        schema: The tables.
        names: What everything is called.
        sources: SQLAlchemy's tables by key.
        classes: Classes that exist; they are pointed at and left as they are.
    """

    def __init__(
        self,
        schema: Schema,
        names: Mapping[str, Names],
        sources: Mapping[str, sa.Table],
        *,
        classes: Mapping[str, type] | None = None,
    ) -> None:
        self.schema = schema
        self.names = names
        self.sources = sources
        self.given = dict(classes or {})
        self.classes = dict(self.given)
        self.tables = {
            table.key: table
            for table in schema
            if table.key in names and table.key not in self.given
        }
        self.registry = registry()
        self.base: Any = self.registry.generate_base(cls=Record, name="Record")

    def models(self) -> Models:
        """
        Make the classes, tie them together and return them with those that were there.
        """
        skipped = []
        for table in self.tables.values():
            try:
                self.map(table)
            except (SQLAlchemyError, ValueError) as error:
                skipped.append(Skipped(table.key, str(error).splitlines()[0]))
        self.relate(self.schema.insert_order().late)
        self.registry.configure(cascade=True)
        return Models(self.schema, self.names, self.classes, tuple(skipped))

    def map(self, table: Table) -> None:
        """
        Make the class of one table, columns only.
        """
        names = self.names[table.key]
        source = self.sources[table.key]
        body: dict[str, Any] = {
            "__table__": source,
            "__module__": __name__,
            "__doc__": table.comment or f"A row of {table.key}.",
        }
        key = self._key(table, source)
        body["__mapper_args__"] = {"primary_key": key}
        taken = {*names.attributes.values(), *names.parents.values()}
        number = "row_number" if "rowid" in taken else "rowid"
        body |= {
            names.attributes.get(column.name, number): column
            for column in source.columns
        }
        self.classes[table.key] = type(names.model, (self.base,), body)

    def _key(self, table: Table, source: sa.Table) -> list[sa.Column[Any]]:
        """
        Return the columns that tell rows apart.

        The key, else something unique, else the database's own row number, else all.
        """
        keys = [table.primary_key] + [
            unique.columns
            for unique in table.uniques
            if not unique.where
            and not any(table.column(name).nullable for name in unique.columns)
        ]
        names = next((key for key in keys if key), None)
        if names is not None:
            return [source.columns[name] for name in names]
        row_number = self._row_number(table)
        if row_number is None:
            return list(source.columns)
        source.append_column(row_number)
        return [row_number]

    def _row_number(self, table: Table) -> sa.Column[Any] | None:
        """
        Return the column every row has without asking, where the database has one.
        """
        taken = {column.name.lower() for column in table.columns}
        kinds: dict[str, tuple[tuple[str, ...], sa.types.TypeEngine[Any]]] = {
            "sqlite": (("rowid", "oid", "_rowid_"), sa.Integer()),
            "postgresql": (("ctid",), sa.String()),
        }
        names, kind = kinds.get(self.schema.dialect, ((), sa.Integer()))
        name = next((name for name in names if name not in taken), None)
        if name is None:
            return None
        return sa.Column(
            name, kind, primary_key=True, system=True, server_default=sa.FetchedValue()
        )

    def relate(self, late: tuple[Any, ...]) -> None:
        """
        Tie the classes together, both ways.
        """
        later = {(each.table, each.foreign_key) for each in late}
        for key, table in self.tables.items():
            if key not in self.classes:
                continue
            for fk, name in self.names[key].parents.items():
                if fk.table in self.classes and self._is_found(fk):
                    nullable = is_optional(table, fk)
                    post = nullable and (key, fk) in later
                    self._relate(table, fk, name, post_update=post)

    def _relate(
        self, table: Table, fk: ForeignKey, name: str, *, post_update: bool
    ) -> None:
        child, parent = self.classes[table.key], self.classes[fk.table]
        back = self._back(table, fk)
        mine, theirs = self.sources[table.key].columns, self.sources[fk.table].columns
        local = [mine[column] for column in fk.columns]
        remote = [theirs[column] for column in fk.references]
        condition = sa.and_(*(a == b for a, b in zip(local, remote, strict=True)))
        common: dict[str, Any] = {
            "primaryjoin": condition,
            "foreign_keys": local,
            "overlaps": self._overlaps(table, fk),
            "post_update": post_update,
        }
        up: RelationshipProperty[Any] = relationship(
            parent, back_populates=back, remote_side=remote, uselist=False, **common
        )
        setattr(child, name, up)
        if back is None:
            return
        down: RelationshipProperty[Any] = relationship(
            child, back_populates=name, remote_side=local, uselist=True, **common
        )
        setattr(parent, back, down)

    def _is_found(self, fk: ForeignKey) -> bool:
        return all(name in self.sources[fk.table].columns for name in fk.references)

    def _back(self, table: Table, fk: ForeignKey) -> str | None:
        """
        Return what the parent calls the records of *table*; nothing, if it is not ours.
        """
        if fk.table in self.given:
            return None
        return self.names[fk.table].children[table.key, fk]

    def _overlaps(self, table: Table, fk: ForeignKey) -> str:
        """
        Name the relationships that write the same columns: here that is meant so.
        """
        found: list[str] = []
        for other, name in self.names[table.key].parents.items():
            if other != fk and set(other.columns) & set(fk.columns):
                back = self._back(table, other)
                found += [name, back] if back else [name]
        return ",".join(found)
