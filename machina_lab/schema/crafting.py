"""
Every table is a factory.

The factories of a database are made on first use by running the very source that a
scaffold shows; what one reads is what runs.
"""

from __future__ import annotations

import linecache

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

import sqlalchemy as sa

from machina_lab.core.records import Field, kind_of
from machina_lab.core.tables import Column, Table
from machina_lab.errors import OptionError, UndefinedFactoryError, UnknownAttributeError
from machina_lab.schema.counting import Run, count_on
from machina_lab.schema.guesses import explain
from machina_lab.schema.mapped import read_models
from machina_lab.schema.mapping import Models, map_tables
from machina_lab.schema.model import Schema
from machina_lab.schema.naming import Names, name_tables
from machina_lab.schema.outlines import other_end, outline
from machina_lab.schema.planning import wish_of
from machina_lab.schema.plans import Plan
from machina_lab.schema.reflection import reflect
from machina_lab.schema.scaffolding import Scaffold
from machina_lab.schema.trials import Trials, needs_trial
from machina_lab.schema.updating import Update, update


#: Each factory has a place of its own where `inspect` finds its source.
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class TableFactory:
    """
    The automatic factory of one table.

    Attributes:
        name: The factory's name.
        function: Its body.
        model: The class of its records.
        text: Its source as a module that can be pasted, imports and variants included.
        table: The table.
        variants: Variant -> what it gives by default.
        needs: What somebody has to do before a row can be inserted; empty if nothing.
        limit: How many rows the table has room for, where that is known.
    """

    name: str
    function: Callable[..., Any]
    model: type
    text: str
    table: Table
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    limit: int | None = None


class TableFactories:
    """
    The factories of a database, made on first use.

    Args:
        schema: The tables.
        names: What they are called.
        models: Makes or finds their classes; called when the first one is needed.
        lab: The lab whose factories they are: for realistic values and inserts.
        run: Lends a session, so that counters start behind the rows that are there.
    """

    def __init__(
        self,
        schema: Schema,
        names: Mapping[str, Names],
        models: Callable[[], Models],
        *,
        lab: Any = None,
        run: Run | None = None,
    ) -> None:
        self.schema = schema
        self._names = dict(names)
        self._keys = {each.factory: key for key, each in names.items()}
        self._make_models = models
        self._models: Models | None = None
        self._lab = lab
        self._run = run
        self._made: dict[str, TableFactory] = {}
        self._scaffold: Scaffold | None = None
        self._tried: set[str] = set()
        self._counted: set[str] = set()
        self._order = [key for key in schema.insert_order() if key in self._names]

    @classmethod
    def of_database(
        cls, target: Any, *, lab: Any = None, run: Run | None = None
    ) -> Self:
        """
        Read a database (URL, Engine, Connection or Session) and map its tables.
        """
        found = reflect(target)
        names = name_tables(found.schema)
        return cls(
            found.schema, names, lambda: map_tables(found, names), lab=lab, run=run
        )

    @classmethod
    def of_models(
        cls,
        *bases: Any,
        dialect: str = "",
        lab: Any = None,
        run: Run | None = None,
    ) -> Self:
        """
        Take classes that are mapped already: declarative bases, registries or classes.
        """
        found = read_models(*bases, dialect=dialect)
        made = cls(found.schema, found.names, lambda: found, lab=lab, run=run)
        made._models = found
        return made

    @property
    def models(self) -> Models:
        """
        The classes of the tables; made when first asked for.
        """
        if self._models is None:
            self._models = self._make_models()
        return self._models

    def names(self) -> list[str]:
        """
        Return the names of all factories, parents first; nothing is made for that.
        """
        return [self._names[key].factory for key in self._order]

    def define(self, name: str) -> TableFactory:
        """
        Return the factory called *name*, made on first use.

        Raises:
            UndefinedFactoryError: No table is called like that.
        """
        if name not in self._keys:
            raise UndefinedFactoryError(name, known=self._keys)
        if name not in self._made:
            self._made[name] = self._define(name, self._keys[name])
        return self._made[name]

    def outline(self, name: str, *path: str) -> Mapping[str, Field]:
        """
        Return what is known of a factory's fields without making any class.

        Args:
            name: The factory.
            path: Associations to follow from there.
        """
        key = self._keys.get(name)
        for attribute in path:
            key = other_end(self._names[key], attribute) if key else None
        if key is None:
            return {}
        if self._models is not None:
            model = self._models[key]
            return kind_of(model).outline(model)
        return outline(self.schema.table(key), self._names[key])

    def scaffold(self, *names: str, realistic: bool | str = False) -> str:
        """
        Return source for these tables (by table or factory name), or for all of them.

        Args:
            names: The tables.
            realistic: Draw realistic values; a text is their locale (`"de"`).
        """
        keys = self._planned(names)
        for key in keys:
            # Who runs the source here shares these counters.
            self._count_on(key)
        return self._source.source(*keys, realistic=realistic)

    def update(self, text: str, *names: str) -> Update:
        """
        Bring scaffolded source up to date with the tables; see `updating`.

        Only what is new is added: lines that are there stay as they are.
        """
        return update(text, self._source, self._planned(names))

    def explain(self, table: str, column: str) -> str:
        """
        Say what a column gets and which rule won.

        Raises:
            UnknownTableError: There is no such table.
            UnknownAttributeError: The table has no such column.
        """
        key = self._key(table)
        plan = self._plan(key)
        found = self._column(plan, column)
        where = f"{key}.{found.name}"
        for parent in plan.parents:
            if found.name in parent.foreign_key.columns:
                return f"{where}: from a {parent.factory} (required foreign key)"
        if found.name in plan.values:
            value = plan.values[found.name]
            return f"{where} = {value.piece}: {value.rule or 'its type'}"
        if found.name in plan.left:
            return f"{where}: left out ({plan.left[found.name]})"
        return explain(wish_of(plan, found))

    @staticmethod
    def _column(plan: Plan, name: str) -> Column:
        attributes = plan.names.attributes
        for column in plan.table.columns:
            if name in (column.name, attributes[column.name]):
                return column
        known = [*attributes.values()]
        raise UnknownAttributeError([name], model=plan.table.key, known=known)

    # -- making ------------------------------------------------------------------------

    @property
    def _source(self) -> Scaffold:
        if self._scaffold is None:
            self._scaffold = Scaffold(self.schema, self._names, self._validator)
        return self._scaffold

    def _validator(self, key: str, attribute: str) -> Callable[[Any], bool] | None:
        """
        Return what the class of a table asks of an attribute; ours ask nothing.
        """
        return None if self._models is None else self._models.validator(key, attribute)

    def _planned(self, names: Iterable[str]) -> list[str]:
        """
        Return the keys of these tables, or of all, each with its plan made.
        """
        keys = [self._key(name) for name in names]
        for key in keys or self._order:
            self._plan(key)
        return keys or list(self._order)

    def _key(self, name: str) -> str:
        key = self._keys.get(name) or self.schema.table(name).key
        if key not in self._names:
            raise OptionError(
                f"{key} is a view or has no columns: nothing can be inserted into it."
            )
        return key

    def _plan(self, key: str) -> Plan:
        """
        Return the plan of a table; ask the database what only it can judge.
        """
        plan = self._source.plan(key)
        if self._run is not None and key not in self._tried and needs_trial(plan):
            self._tried.add(key)
            mapper: Any = sa.inspect(self.models[key])
            table = mapper.local_table
            self._run(lambda session: Trials(session, table, plan).run())
        return plan

    def _count_on(self, key: str) -> None:
        """
        Let the counters of a table start behind its rows, once.
        """
        if self._run is not None and key not in self._counted:
            self._counted.add(key)
            plan = self._plan(key)
            if plan.table.rows != 0:
                count_on(self._run, plan, self.models[key])

    def _define(self, name: str, key: str) -> TableFactory:
        plan = self._plan(key)
        text = self._source.source(key)
        recorder = _Recorder(self._lab, self.models)
        _execute(text, recorder, f"<table {key} {next(_numbers)}>")
        self._count_on(key)
        return TableFactory(
            name=name,
            function=recorder.function,
            model=self.models[key],
            text=text,
            table=plan.table,
            variants=recorder.variants,
            needs=tuple(plan.wants),
            limit=self._source.limit(key),
        )


class _Recorder:
    """
    Stands in for `lab` while a factory's source runs; afterwards passes on to the lab.
    """

    def __init__(self, lab: Any, models: Models) -> None:
        self._lab = lab
        self.models = models
        self.function: Callable[..., Any] = dict
        self.variants: dict[str, Mapping[str, Any]] = {}

    def factory(self, **_options: Any) -> Callable[[Any], Any]:
        """
        Keep the decorated function.
        """

        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            self.function = function
            return function

        return keep

    def variant(self, _base: str, name: str, *, defaults: Mapping[str, Any]) -> None:
        """
        Keep the variant.
        """
        self.variants[name] = defaults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lab, name)


def _execute(text: str, recorder: _Recorder, filename: str) -> None:
    """
    Run a factory's source with the recorder as its lab.

    The text is kept where tracebacks and `inspect` look for it.
    """
    lines = text.splitlines(keepends=True)
    linecache.cache[filename] = (len(text), None, lines, filename)
    namespace: dict[str, Any] = {"__name__": __name__, "lab": recorder}
    code = compile(_without_lab(text), filename, "exec")
    exec(code, namespace)  # noqa: S102 - our own source, shown to the user as it runs


def _without_lab(text: str) -> str:
    """
    Leave `lab` out of the imports, line for line: it is given.
    """
    found = []
    for line in text.splitlines():
        if line.startswith("from machina_lab import "):
            names = line.removeprefix("from machina_lab import ").split(", ")
            kept = ", ".join(name for name in names if name != "lab")
            line = f"from machina_lab import {kept}" if kept else ""  # noqa: PLW2901 - rewritten
        found.append(line)
    return "\n".join(found)
