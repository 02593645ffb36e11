"""
Inserting: from a name or a record to rows of a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from machina_lab.core.associations import checked_count
from machina_lab.core.factories import Factory
from machina_lab.core.hooks import composed
from machina_lab.core.jobs import InsertJob
from machina_lab.core.linting import lint
from machina_lab.core.merging import is_record
from machina_lab.core.sequences import sequences
from machina_lab.errors import InsertError, LintError, OptionError
from machina_lab.labs.connections import Connections


if TYPE_CHECKING:
    from machina_lab.alchemy import Repo


class Inserts(Connections):
    """
    The insert verbs of a lab, and what else needs its database.
    """

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
            opts: `returning` (read back what triggers and the server made), `prefix`
            (the
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
        return self._repo_for(job).insert(job)[0]

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
        return self._repo_for(job).insert(job)

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
            opts: As for `insert`; also `bulk` (True: make no objects, for many rows,
                and return mappings; False: only through the unit of work) and with it
                `records` (return objects after all).
            overrides: Overrides as keywords; they win.
        """
        job = self._job("insert_list", checked_count(n), name, attrs, opts, overrides)
        return self._repo_for(job).insert(job)

    def insert_rows(
        self,
        name: Any,
        rows: Iterable[Mapping[str, Any]],
        opts: Mapping[str, Any] | None = None,
        /,
    ) -> list[Any]:
        """
        Build and insert one record for each row, all in one step.

        Args:
            name: Factory, variant or composed name, or a handle.
            rows: The overrides of each record.
            opts: As for `insert`.
        """
        job = self._rows_job(name, list(rows), opts)
        return self._repo_for(job).insert(job)

    async def ainsert_rows(
        self,
        name: Any,
        rows: Iterable[Mapping[str, Any]],
        opts: Mapping[str, Any] | None = None,
        /,
    ) -> list[Any]:
        """
        Insert rows as `insert_rows` does, with an asynchronous repo.
        """
        job = self._rows_job(name, list(rows), opts)
        return await self._repo_for(job).ainsert(job)

    def _rows_job(
        self, name: Any, rows: list[Mapping[str, Any]], opts: Mapping[str, Any] | None
    ) -> InsertJob:
        job = self._job("insert_rows", len(rows), name, None, opts, {})
        return replace(
            job, build=lambda: self.build_rows(job.factory, rows), drafts=None
        )

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
        return (await self._repo_for(job).ainsert(job))[0]

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
        return await self._repo_for(job).ainsert(job)

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
        return await self._repo_for(job).ainsert(job)

    def _repo_for(self, job: InsertJob) -> Repo:
        return self._repo_of(self.find(job.factory) if job.factory else None)

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
        path, options = factory.path, _options(opts)
        # Who asks for rows alone knows that there are no records to look at.
        careful = not options.get("bulk")
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
            options=options,
            drafts=lambda: self.drafts(n, path, given, careful=careful),
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
        hooks = factory.hooks if factory is not None else self.options()["hooks"].value
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
        values: Iterable[Any] = self._repo_of(None).column_values(column)
        return sequences.sync_with(name, values)

    def lint(self) -> None:
        """
        Build every factory and variant, and insert them where there is a database.

        Those that come from the database's tables are not tried.

        Everything is rolled back, sequences too.

        Raises:
            LintError: Some failed; it tells all of them.
        """
        kept = [(repo, repo.autocommit) for repo in self._repos()]
        try:
            for repo, _ in kept:
                repo.autocommit = False
            failures = lint(self, self._lint_insert if self.connected else None)
        finally:
            for repo, autocommit in kept:
                repo.autocommit = autocommit
        if failures:
            raise LintError(failures)

    def _lint_insert(self, factory: Factory[Any]) -> None:
        model = factory.model
        if model is None or not hasattr(model, "__mapper__"):
            return
        if factory.options["insert"].value is False:
            return
        job = self._job("lint", 1, factory, None, None, {})
        repo = self._repo_for(job)
        repo.insert(job)
        repo.undo(force=True)


def _options(opts: Any) -> Mapping[str, Any]:
    if opts is not None and not isinstance(opts, Mapping):
        raise OptionError(
            f"options are a mapping, not {opts!r}: {{'returning': True}}."
        )
    return opts or {}
