"""
A lab's view of its database: its tables, also as factories, and rows as DataFrames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from machina_lab.errors import InsertError
from machina_lab.labs.connections import awaited
from machina_lab.labs.inserts import Inserts


if TYPE_CHECKING:
    from machina_lab.schema import Schema, TableFactories, TableFactory, Update


class Tables:
    """
    The tables of a lab's database as factories, read when one is first asked for.

    Args:
        lab: The lab.
        models: Declarative bases, registries or classes to take the classes from; none:
            classes are made for the tables.
    """

    def __init__(self, lab: Exploring, models: tuple[Any, ...] = ()) -> None:
        self._lab = lab
        self._models = models
        self._read: TableFactories | None = None

    def read(self) -> TableFactories:
        """
        Return the factories of the tables.

        Raises:
            InsertError: The lab has no database, or an asynchronous one.
        """
        if self._read is None:
            from machina_lab.schema import TableFactories

            lab = self._lab
            repo = lab.database()
            if self._models:
                self._read = repo.run(
                    lambda session: TableFactories.of_models(
                        *self._models,
                        dialect=session.connection().dialect.name,
                        lab=lab,
                        run=repo.run,
                    )
                )
            else:
                self._read = repo.run(
                    lambda session: TableFactories.of_database(
                        session.connection(), lab=lab, run=repo.run
                    )
                )
        return self._read

    def read_in_steps(self, at_a_time: int) -> Iterator[int]:
        """
        Read as `read` does, a few tables at a time; yield how many were read so far.
        """
        if self._models or self._read is not None:
            self.read()
            return
        from machina_lab.schema.steps import factories_in_steps

        lab = self._lab
        run = lab.database().run
        read = yield from factories_in_steps(run, at_a_time, lab=lab)
        # Somebody may have read them at once meanwhile: classes are made only once.
        self._read = self._read or read

    @property
    def known(self) -> TableFactories | None:
        """
        The factories if they were read already; nothing is asked for them.
        """
        return self._read

    def names(self) -> list[str]:
        """
        Return what the factories are called.
        """
        repo = self._lab.repo
        readable = self._read is not None or (repo is not None and repo.ready)
        return self.read().names() if readable else []

    def define(self, name: str) -> TableFactory:
        """
        Return the factory of one table.
        """
        return self.read().define(name)


class Exploring(Inserts):
    """
    What a lab shows: the schema of its database, its tables, records as frames.
    """

    def __init__(self, **options: Any) -> None:
        self._tables: Tables | None = None
        #: Factory -> the record that others share.
        self._shared: WeakValueDictionary[str, Any] = WeakValueDictionary()
        super().__init__(**options)

    def connect(
        self, target: Any, *, autocommit: bool | None = None, models: Any = None
    ) -> Any:
        """
        Let inserts go to *target*; every table there is a factory at once.

        A table's factory has the table's name, singular and in snake_case; a factory of
        that name that somebody defines wins. Connecting to the same target again keeps
        what is there.

        Args:
            target: A URL, Engine, Connection, Session, sessionmaker, scoped_session, a
                function that returns a Session, an AsyncEngine or an AsyncSession.
            autocommit: Commit each call; None: as the lab's option says.
            models: The declarative base (or a list of bases or classes) whose classes
                the tables' factories make; else classes are made for the tables.

        Returns:
            The repo: the door to the database.

        Raises:
            RepoError: It leads to no database; the text holds no secret.
            InsertError: Rows wait for a commit in the database connected before.
        """
        before = self._own_repo
        repo = super().connect(target, autocommit=autocommit)
        if repo is not before or models is not None:
            given = models if isinstance(models, list | tuple) else (models,)
            self._take_tables(tuple(each for each in given if each is not None))
        return repo

    def _take_tables(self, models: tuple[Any, ...]) -> None:
        if self._tables is not None:
            self.remove_source(self._tables)
        self._tables = Tables(self, models)
        self.add_source(self._tables)

    def database(self) -> Any:
        """
        Return the repo to read from.

        Raises:
            InsertError: The lab has no database, or an asynchronous one.
        """
        repo = self._repo_of(None)
        if not repo.ready:
            raise InsertError(
                f"{repo.label} is asynchronous: its tables have to be awaited once. Use"
                " `await lab.atables()`."
            )
        return repo

    def tables(self) -> TableFactories:
        """
        Return the factories of the database's tables: their classes, their source.

        Raises:
            InsertError: The lab has no database, or an asynchronous one.
        """
        return self._source().read()

    def read_tables(self, at_a_time: int, *, again: bool = False) -> Iterator[int]:
        """
        Read the database's tables, a few at a time, for those who cannot wait long.

        Afterwards `tables` and `schema` have them.

        Args:
            at_a_time: How many tables are read in one turn.
            again: Forget what was read before, as `refresh_schema` does.

        Yields:
            How many tables were read so far.

        Raises:
            InsertError: The lab has no database, or an asynchronous one.
        """
        if again:
            self._forget_tables()
        return self._source().read_in_steps(at_a_time)

    async def atables(self) -> TableFactories:
        """
        Read the tables of an asynchronous database: from then on they are factories.

        All that has to be asked of the database is asked now, so that afterwards
        `build`, `schema` and `scaffold` do not have to wait.

        Raises:
            InsertError: The lab has no database.
        """
        repo = self._repo_of(None)
        found: TableFactories = await awaited(
            repo, "run", lambda _session: self._all_tables()
        )
        return found

    def _all_tables(self) -> TableFactories:
        tables = self.tables()
        for name in tables.names():
            self.definition(name)
        return tables

    def _source(self) -> Tables:
        lab: Any = self
        while lab._tables is None and lab.extends is not None:  # noqa: SLF001 - its own
            lab = lab.extends
        if lab._tables is None:  # noqa: SLF001 - of its own class
            self.database()
            self._take_tables(())
            lab = self
        found: Tables = lab._tables
        return found

    def tables_read(self) -> TableFactories | None:
        """
        Return the factories of the database's tables if they were read, else None.

        Unlike `tables`, this never asks the database.
        """
        held = [getattr(lab, "_tables", None) for lab in self.lineage()]
        tables: Tables | None = next(filter(None, reversed(held)), None)
        return tables.known if tables else None

    @property
    def models(self) -> Any:
        """
        The classes of the database's tables: `lab.models.Track`.

        Raises:
            InsertError: The lab has no database, or an asynchronous one.
        """
        return self.tables().models

    @property
    def schema(self) -> Schema:
        """
        What the connected database looks like; see `refresh_schema`.

        Raises:
            InsertError: The lab has no database.
        """
        return self.tables().schema

    def refresh_schema(self) -> Schema:
        """
        Read the database again, uncommitted tables included, and return its schema.
        """
        self._forget_tables()
        return self.schema

    def _forget_tables(self) -> None:
        self._take_tables(self._tables._models if self._tables is not None else ())  # noqa: SLF001 - of this room

    def scaffold(self, *names: str, realistic: bool | str = False) -> str:
        """
        Return the source of the factories of tables, to keep and to edit.

        Args:
            names: Tables or factories; none: all of them, parents first.
            realistic: Draw realistic values instead of short, readable ones; a text is
                the locale they come from, such as `"de"`.

        Raises:
            OptionError: There is no such locale.
            UnknownTableError: There is no such table.
        """
        if isinstance(realistic, str):
            lab: Any = self
            lab.fake_for(realistic)
        return self.tables().scaffold(*names, realistic=realistic)

    def scaffold_update(self, text: str, *names: str) -> Update:
        """
        Bring scaffolded source up to date with the tables as they are now.

        New tables are added, and new columns that a factory gives a value; every line
        that is there stays as it is. What comes back is true if anything was missing:
        `.text` is the source, `.added` says what is new in it, `.left` what factories
        lack and have to be given by hand.

        Args:
            text: The source, edited or not.
            names: Tables or factories; none: all of them.

        Raises:
            SyntaxError: *text* is no Python.
            UnknownTableError: There is no such table.
        """
        self.refresh_schema()
        return self.tables().update(text, *names)

    def shared(self, name: str) -> Any:
        """
        Return one record of a factory for all who ask, as long as one of them holds it.

        For tables with room for few rows: a row that is there, else a new record.

        Args:
            name: The factory.
        """
        found = self._shared.get(name)
        if found is None:
            found = self._first(name) or self.build(name)
            self._shared[name] = found
        return found

    def _first(self, name: str) -> Any:
        """
        Return a record that is in the database already, if there is one.
        """
        repo, model = self.repo, self.find(name).model
        if repo is None or not repo.ready or not hasattr(model, "__mapper__"):
            return None
        from machina_lab.schema.samples import first_record

        return repo.run(lambda session: first_record(session, model))

    def frame(self, records: Iterable[Any] | Any, **options: Any) -> Any:
        """
        Return records as a DataFrame that knows this lab; see `machina_lab.frame`.
        """
        from machina_lab.frames import frame

        return frame(records, lab=self, **options)
