"""
Fixture sets of a lab: rows as files, and files as rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from machina_lab.errors import FixtureError, InsertError, OptionError
from machina_lab.labs.connections import awaited
from machina_lab.labs.exploring import Exploring
from machina_lab.labs.exports import export_fixtures, export_rows, no_source
from machina_lab.labs.loads import given_to, load_fixtures


if TYPE_CHECKING:
    from collections.abc import Callable

    from machina_lab.fixtures import Loaded, Package, Progress


class ExportOptions(TypedDict, total=False):
    """
    The options of `export_fixtures`.
    """

    records: Any
    query: Any
    tables: Collection[str] | Literal["all"] | None
    columns: Mapping[str, Sequence[str]] | None
    exclude: Collection[str]
    redact: Mapping[str, Any] | None
    format: str
    progress: Progress | None


class FixtureSets(Exploring):
    """
    What a lab does with files.
    """

    def export_fixtures(  # noqa: PLR0913 - the options of an export, all by name
        self,
        directory: str | Path,
        *,
        records: Any = None,
        query: Any = None,
        tables: Collection[str] | Literal["all"] | None = None,
        columns: Mapping[str, Sequence[str]] | None = None,
        exclude: Collection[str] = (),
        redact: Mapping[str, Any] | None = None,
        format: str = "csv",  # noqa: A002 - the word users write
        progress: Progress | None = None,
    ) -> Package:
        """
        Write rows as a fixture set: all that this lab made, or what is named.

        What the rows point at comes along, each row once, parents first. The same data
        give the same files, byte for byte; an older set is replaced as a whole.

        Args:
            directory: Where the files go.
            records: Records or frames to write instead.
            query: A `select()` of mapped classes whose records are written instead.
            tables: Names of tables to write whole instead; `"all"` for all of them.
            columns: Table -> the columns wanted.
            exclude: Tables and `table.column`s to leave out.
            redact: `table.column` -> a value, or a function of the value, to write
                instead of it.
            format: `csv`, `parquet`, `jsonl` or `sql`.
            progress: Called with a table and how many more rows are done.

        Returns:
            The manifest of what was written.

        Raises:
            FixtureError: There is nothing to write, the folder holds something else,
                or it cannot be written.
        """
        options: dict[str, Any] = {
            "columns": columns,
            "exclude": exclude,
            "redact": redact,
            "format": format,
            "progress": progress,
        }
        if records is not None:
            return export_fixtures(records, directory, info=self._origin(), **options)
        repo = _waiting_for_none(self._exporting(), "export_fixtures")
        work = self._export_work(directory, repo, query, tables, options)
        written: Package = repo.run(work)
        return written

    async def aexport_fixtures(
        self, directory: str | Path, **options: Unpack[ExportOptions]
    ) -> Package:
        """
        Write rows as `export_fixtures` does, with an asynchronous repo.

        Args:
            directory: Where the files go.
            options: What `export_fixtures` takes.
        """
        repo = self._exporting()
        given: dict[str, Any] = dict(options)
        sources = [given.pop(name, None) for name in ("records", "query", "tables")]
        records, query, tables = sources

        def of_records(_: Any) -> Package:
            return export_fixtures(records, directory, info=self._origin(), **given)

        work = self._export_work(directory, repo, query, tables, given)
        written: Package = await awaited(
            repo, "run", work if records is None else of_records
        )
        return written

    def _exporting(self) -> Any:
        repos = self._some_repo()
        made = [repo for repo in repos if repo.made]
        if len(made) > 1:
            labels = " and ".join(repo.label for repo in made)
            raise FixtureError(
                f"the lab made rows in {labels}: export the records of each by"
                " records=."
            )
        return made[0] if made else repos[0]

    def _export_work(
        self,
        directory: str | Path,
        repo: Any,
        query: Any,
        tables: Collection[str] | str | None,
        options: dict[str, Any],
    ) -> Callable[[Any], Package]:
        def work(session: Any) -> Package:
            from machina_lab.alchemy.made import rows_of_records

            made: Iterable[Any] | None = None
            if query is not None:
                made = rows_of_records(_queried(session, query))
            elif tables is None:
                made = repo.made
                if not made:
                    raise no_source()
            names = None if tables == "all" or tables is None else _listed(tables)
            return export_rows(
                session,
                directory,
                made,
                metadatas=self._metadatas(),
                tables=names,
                info=self._origin(),
                **options,
            )

        return work

    def load_fixtures(
        self,
        directory: str | Path,
        *,
        strict: bool = False,
        keys: Literal["keep", "new"] = "keep",
        progress: Progress | None = None,
    ) -> Loaded:
        """
        Load a fixture set into the lab's database; see `machina_lab.load_fixtures`.
        """
        return load_fixtures(
            directory,
            _waiting_for_none(self._some_repo()[0], "load_fixtures"),
            strict=strict,
            keys=keys,
            metadatas=self._metadatas(),
            progress=progress,
        )

    async def aload_fixtures(
        self,
        directory: str | Path,
        *,
        strict: bool = False,
        keys: Literal["keep", "new"] = "keep",
        progress: Progress | None = None,
    ) -> Loaded:
        """
        Load a fixture set as `load_fixtures` does, with an asynchronous repo.
        """
        repo = self._some_repo()[0]
        loaded: Loaded = await awaited(
            repo,
            "load",
            given_to(directory, strict, keys),
            lambda session: load_fixtures(
                directory,
                session,
                strict=strict,
                keys=keys,
                metadatas=self._metadatas(),
                progress=progress,
            ),
        )
        return loaded

    def _metadatas(self) -> list[Any]:
        found: dict[int, Any] = {}
        for factory in self.factories().values():
            metadata = getattr(factory.model, "metadata", None)
            if hasattr(metadata, "sorted_tables"):
                found[id(metadata)] = metadata
        return list(found.values())

    def _origin(self) -> dict[str, Any]:
        """
        Return what the manifest says of how the rows came about.
        """
        names = sorted({step.factory for step in self.journal if step.factory})
        about: dict[str, Any] = {"factories": names} if names else {}
        seed = self._streams.value
        return about if seed is None else {"seed": seed, **about}


def _waiting_for_none(repo: Any, verb: str) -> Any:
    """
    Return *repo* if its database need not be awaited.
    """
    if repo.is_async:
        raise InsertError(
            f"{verb}: {repo.label} is asynchronous. Use `await lab.a{verb}(...)`."
        )
    return repo


def _queried(session: Any, query: Any) -> list[Any]:
    found = session.scalars(query).unique().all()
    if not all(hasattr(each, "_sa_instance_state") for each in found):
        raise OptionError(
            "query= takes a select() of mapped classes, as in select(User). For other"
            " columns make a frame and export that."
        )
    if not found:
        raise FixtureError("the query found no rows to export.")
    return list(found)


def _listed(names: Collection[str] | str) -> list[str]:
    return [names] if isinstance(names, str) else list(names)
