"""
The lab: the one object a person holds.

It joins the rooms: factories, a database, its schema, DataFrames and fixture sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from machina_lab.core.associations import checked_count
from machina_lab.core.factories import Factory
from machina_lab.core.hooks import composed, resolve_hooks
from machina_lab.core.jobs import InsertJob
from machina_lab.core.linting import lint
from machina_lab.core.merging import is_record
from machina_lab.core.records import MISSING
from machina_lab.core.sequences import sequences
from machina_lab.core.verbs import Verbs
from machina_lab.errors import InsertError, LintError, NothingToUndo, OptionError


if TYPE_CHECKING:
    from machina_lab.alchemy import Repo, Step


class Lab(Verbs):
    """
    Factories, their options and hooks, and the door to a database (EM factory module, FM
    `use FactoryMan`).

    Args:
        repo: Where inserts go: a URL, Engine, Connection, Session, sessionmaker,
            scoped_session, a function that returns a Session, an AsyncEngine or an
            AsyncSession. Without one, everything but inserting works.
        extends: A lab to inherit from: its repo, hooks, options, helpers and factories,
            now and later; this lab's own win.
        hooks: Name -> function, list of functions, or None to switch one off.
        hook_mode: `"override"`: the nearest hook of a name replaces the others;
            `"chain"`: all of them run.
        insert: Whether factories can be inserted.
        build_struct: Whether factories build records.
        build_params: Whether bodies return params (else they return the record itself).
        keep_none: Whether params keep None.
        cast: Whether values are cast to their columns' types on insert.
        evaluate_lazies: Whether lazies are worked out; None: where the lab merges.
        strict: Whether unknown attributes raise; `"all"`: also when a body of one
            positional ignored or changed what it was given.
        autocommit: Commit each call.

    Raises:
        OptionError: An option is unknown or cannot have that value.

    Examples:
        >>> from machina_lab import Lab
        >>> shop = Lab()
        >>> @shop.factory
        ... def product():
        ...     return {"name": "Tea", "price": 250}
        >>> shop.build("product", price=300)
        {'name': 'Tea', 'price': 300}
    """

    def __init__(  # noqa: PLR0913 - the options of a lab, all by name
        self,
        repo: Any = None,
        *,
        extends: Lab | None = None,
        hooks: Mapping[str, Any] | None = None,
        hook_mode: Any = MISSING,
        insert: Any = MISSING,
        build_struct: Any = MISSING,
        build_params: Any = MISSING,
        keep_none: Any = MISSING,
        cast: Any = MISSING,
        evaluate_lazies: Any = MISSING,
        strict: Any = MISSING,
        autocommit: Any = MISSING,
        **unknown: Any,
    ) -> None:
        super().__init__(
            extends=extends,
            hooks=hooks,
            hook_mode=hook_mode,
            insert=insert,
            build_struct=build_struct,
            build_params=build_params,
            keep_none=keep_none,
            cast=cast,
            evaluate_lazies=evaluate_lazies,
            strict=strict,
            autocommit=autocommit,
            **unknown,
        )
        self._opened: dict[int, tuple[Any, Repo]] = {}
        self._target: Any = None
        if repo is not None:
            self.connect(repo)

    def __repr__(self) -> str:
        """
        Show the factories and where inserts go; never a secret.
        """
        where = f" on {self.repo.label}" if self.repo is not None else ""
        names = self.names()
        shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")  # noqa: PLR2004 - as many as read well
        return f"<lab{where}: {shown or 'no factories'}>"

    # -- the database --------------------------------------------------------------

    def connect(self, target: Any, *, autocommit: bool | None = None) -> Repo:
        """
        Let inserts go to *target*; see `Lab` for what it may be.

        Connecting to the same target again keeps what is there.

        Args:
            target: Where to connect.
            autocommit: Commit each call; None: as the lab's option says.

        Raises:
            RepoError: It leads to no database; the text holds no secret.
            InsertError: Rows wait for a commit in the database connected before.
        """
        from machina_lab.alchemy import open_repo

        held = self._own_repo
        if autocommit is None:
            autocommit = bool(self.options()["autocommit"].value)
        if held is not None and _same(self._target, target):
            held.autocommit = autocommit
            return held
        if held is not None and held.owned:
            if held.pending:
                waiting = ", ".join(f"{n} {t}" for t, n in held.pending.items())
                raise InsertError(
                    f"rows wait for a commit on {held.label}: {waiting}."
                    " Call commit() or rollback() before you connect elsewhere."
                )
            held.close()
        repo = open_repo(target, autocommit=autocommit)
        self._options["repo"], self._target = repo, target
        self._changed()
        return repo

    @property
    def _own_repo(self) -> Repo | None:
        repo: Repo | None = self._options.get("repo")
        return repo

    @property
    def repo(self) -> Repo | None:
        """
        The door to the database, the parent lab's if this one has none; or None.
        """
        repo: Repo | None = self.options()["repo"].value
        return repo

    @property
    def connected(self) -> bool:
        """
        Whether there is a database to insert into.
        """
        return self.repo is not None

    def _repo_of(self, factory: Factory[Any] | None) -> Repo:
        target = factory.options["repo"].value if factory is not None else self.repo
        if target is None:
            name = f" {factory.path!r}" if factory is not None else ""
            raise InsertError(
                f"insert is not available for{name or ' records'} unless you provide a"
                " repo: Lab(repo=...) or lab.connect('sqlite:///shop.db')."
            )
        if hasattr(target, "journal"):
            repo: Repo = target
            return repo
        if id(target) not in self._opened:
            from machina_lab.alchemy import open_repo

            self._opened[id(target)] = (target, open_repo(target))
        return self._opened[id(target)][1]

    def _repos(self) -> list[Repo]:
        own = [self.repo] if self.repo is not None else []
        return [*own, *(repo for _, repo in self._opened.values())]

    def _some_repo(self) -> list[Repo]:
        repos = self._repos()
        if not repos:
            raise InsertError(
                "the lab has no database: lab.connect('sqlite:///shop.db') opens one."
            )
        return repos

    def commit(self) -> None:
        """
        Commit every transaction that is the lab's own.

        Raises:
            InsertError: The session is the caller's; commit that one.
        """
        repos = self._some_repo()
        for repo in [each for each in repos if each.owned] or repos:
            repo.commit()

    def rollback(self) -> None:
        """
        Roll every transaction back that is the lab's own, journal included.

        Raises:
            InsertError: The session is the caller's; roll that one back.
        """
        repos = self._some_repo()
        for repo in [each for each in repos if each.owned] or repos:
            repo.rollback()

    def __enter__(self) -> Lab:
        for repo in self._some_repo():
            if not repo.owned:
                raise InsertError(
                    "the session is yours: use it in a with statement of its own."
                )
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.rollback()

    def undo(self, steps: int = 1, *, force: bool = False) -> list[Step]:
        """
        Take back the newest insert steps, sequences included.

        Args:
            steps: How many.
            force: Also when rows of others were written since.

        Returns:
            The steps taken back, the newest first.

        Raises:
            NothingToUndo: There is no such step since the last commit.
            UndoError: Others wrote on the connection since; the text names the tables.
        """
        repos = self._some_repo()
        if len(repos) == 1:
            return repos[0].undo(steps, force=force)
        taken: list[Step] = []
        for _ in range(checked_count(steps)):
            newest = max(
                (repo for repo in repos if repo.journal),
                key=lambda repo: repo.journal[-1].time,
                default=None,
            )
            if newest is None:
                raise NothingToUndo("there is no insert to undo since the last commit.")
            taken += newest.undo(1, force=force)
        return taken

    @property
    def pending(self) -> dict[str, int]:
        """
        Rows not committed yet, by table; empty when clean.
        """
        counts: dict[str, int] = {}
        for repo in self._repos():
            for table, rows in repo.pending.items():
                counts[table] = counts.get(table, 0) + rows
        return counts

    @property
    def journal(self) -> list[Step]:
        """
        The insert steps that can be undone or were committed, oldest first.
        """
        steps = [step for repo in self._repos() for step in repo.journal]
        return sorted(steps, key=lambda step: step.time)

    # -- inserting -----------------------------------------------------------------

    def insert(
        self,
        name_or_record: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> Any:
        """
        Build and insert one record with its parents, or insert a built one (EM, FM).

        Args:
            name_or_record: Factory, variant or composed name, a handle, or a record.
            attrs: Overrides as a mapping; None beside a record.
            opts: `returning` (read back what triggers and the server made), `prefix` (the
                database schema to write to), `execution_options`.
            overrides: Overrides as keywords; they win.

        Returns:
            The persistent record, keys set. Nothing is committed.

        Raises:
            InsertError: No database, or the record cannot be inserted.
            OptionError: Unknown options, or attributes beside a record.
        """
        if isinstance(name_or_record, str | Factory):
            job = self._job("insert", 1, name_or_record, attrs, opts, overrides)
        else:
            job = self._record_job(name_or_record, attrs, opts, overrides)
        return self._repo_for(job, name_or_record).insert(job)[0]

    def insert_pair(
        self,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Build and insert two records in one step (EM `insert_pair`).
        """
        job = self._job("insert_pair", 2, name, attrs, opts, overrides)
        return self._repo_for(job, name).insert(job)

    def insert_list(
        self,
        n: int,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Build and insert *n* records in one step (EM `insert_list`).

        Args:
            n: How many.
            name: Factory, variant or composed name, or a handle.
            attrs: Overrides as a mapping.
            opts: As for `insert`; also `bulk` (write without making objects, for many
                rows; returns mappings) and with it `records` (return objects after all).
            overrides: Overrides as keywords; they win.
        """
        job = self._job("insert_list", checked_count(n), name, attrs, opts, overrides)
        return self._repo_for(job, name).insert(job)

    async def ainsert(
        self,
        name_or_record: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> Any:
        """
        Insert as `insert` does, with an asynchronous repo.
        """
        if isinstance(name_or_record, str | Factory):
            job = self._job("insert", 1, name_or_record, attrs, opts, overrides)
        else:
            job = self._record_job(name_or_record, attrs, opts, overrides)
        return (await self._repo_for(job, name_or_record).ainsert(job))[0]

    async def ainsert_pair(
        self,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Insert two records as `insert_pair` does, with an asynchronous repo.
        """
        job = self._job("insert_pair", 2, name, attrs, opts, overrides)
        return await self._repo_for(job, name).ainsert(job)

    async def ainsert_list(
        self,
        n: int,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Insert *n* records as `insert_list` does, with an asynchronous repo.
        """
        job = self._job("insert_list", checked_count(n), name, attrs, opts, overrides)
        return await self._repo_for(job, name).ainsert(job)

    def _repo_for(self, job: InsertJob, target: Any) -> Repo:
        factory = self.find(job.factory) if job.factory else None
        del target
        return self._repo_of(factory)

    def _job(  # noqa: PLR0913 - what a verb was called with
        self,
        verb: str,
        n: int,
        name: Any,
        attrs: Any,
        opts: Mapping[str, Any] | None,
        overrides: dict[str, Any],
    ) -> InsertJob:
        factory = self.find(name)
        if factory.options["insert"].value is False:
            level = factory.options["insert"].level
            raise OptionError(
                f"factory {factory.path!r} has insert=False (said on the {level})."
            )
        given = self._given(name, attrs, overrides)
        path = factory.path
        return InsertJob(
            verb=verb,
            factory=path,
            model=factory.model,
            count=n,
            overrides=given if isinstance(given, Mapping) else {},
            build=lambda: self.build_list(n, path, given),
            before=factory.hook("before_insert"),
            after=factory.hook("after_insert"),
            cast=factory.options["cast"].value,
            options=_options(opts),
            drafts=lambda: self.drafts(n, path, given),
        )

    def _record_job(
        self,
        record: Any,
        attrs: Any,
        opts: Mapping[str, Any] | None,
        overrides: dict[str, Any],
    ) -> InsertJob:
        if attrs is not None or overrides:
            raise OptionError(
                "insert takes attributes for a factory, not beside a record: change the"
                " record first. Options go third: insert(record, None, {...})."
            )
        if not is_record(record):
            raise InsertError(f"{record!r} is no record. Use `build` instead.")
        factory = self._factory_of(type(record))
        hooks = factory.hooks if factory is not None else self._lab_hooks()
        name = factory.path if factory is not None else type(record).__name__
        return InsertJob(
            verb="insert",
            factory=factory.path if factory is not None else "",
            model=type(record),
            count=1,
            build=lambda: [record],
            before=composed(hooks.get("before_insert", ()), "before_insert", name),
            after=composed(hooks.get("after_insert", ()), "after_insert", name),
            cast=self.options()["cast"].value,
            options=_options(opts),
        )

    def _factory_of(self, model: type) -> Factory[Any] | None:
        """
        Return the one factory with exactly that model, or None.
        """
        own = (self.find(name) for name in self.names(automatic=False))
        found = [factory for factory in own if factory.model is model]
        return found[0] if len(found) == 1 else None

    def _lab_hooks(self) -> dict[str, Any]:
        mode = self.options()["hook_mode"].value
        levels = [each._hooks for each in self.lineage()]  # noqa: SLF001 - of its own class
        return resolve_hooks(levels, mode=mode)

    def _stripped_with_assocs(
        self,
        factory: Factory[Any],
        record: Any,
        given: Mapping[str, Any],
        *,
        keep_none: bool,
    ) -> Any:
        """
        Return the params of *record*, its built parents inserted first.
        """
        if isinstance(record, Mapping) or not hasattr(type(record), "__mapper__"):
            return super()._stripped_with_assocs(
                factory, record, given, keep_none=keep_none
            )
        from machina_lab.alchemy.params import built_parents, fill_keys, strip

        parents = built_parents(record)
        if parents:
            self._repo_of(factory).insert(
                InsertJob(
                    verb="params_with_assocs",
                    factory=factory.path,
                    model=None,
                    count=len(parents),
                    overrides=given,
                    build=lambda: list(parents.values()),
                    cast=factory.options["cast"].value,
                )
            )
            fill_keys(record, parents)
        return strip(record, keep_none=keep_none)

    def sync_sequence(self, name: Any, column: Any) -> int:
        """
        Continue the sequence *name* after the largest value of a column.

        Args:
            name: The sequence.
            column: A mapped attribute such as `User.email`, or a column.

        Returns:
            The number that comes next.
        """
        values: Iterator[Any] = iter(self._repo_of(None).column_values(column))
        return sequences.sync_with(name, values)

    def lint(self) -> None:
        """
        Build every factory and variant, and insert them where there is a database.

        Everything is rolled back, sequences too.

        Raises:
            LintError: Some failed; it tells all of them.
        """
        failures = lint(self, self._lint_insert if self.connected else None)
        if failures:
            raise LintError(failures)

    def _lint_insert(self, factory: Factory[Any]) -> None:
        model = factory.model
        if model is None or not hasattr(model, "__mapper__"):
            return
        if factory.options["insert"].value is False:
            return
        job = self._job("lint", 1, factory, None, None, {})
        repo = self._repo_for(job, factory)
        repo.insert(job)
        repo.undo(force=True)


def _options(opts: Any) -> Mapping[str, Any]:
    if opts is not None and not isinstance(opts, Mapping):
        raise OptionError(f"options are a mapping, not {opts!r}: {{'returning': True}}.")
    return opts or {}


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, str) or isinstance(second, str):
        return isinstance(first, str) and first == second
    return first is second


#: A ready, empty lab for notebooks and small scripts.
lab: Final = Lab()
