"""
A lab's databases: connecting, and what waits for a commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from machina_lab.core.associations import checked_count
from machina_lab.core.factories import Factory
from machina_lab.core.verbs import Verbs
from machina_lab.errors import InsertError, NothingToUndo


if TYPE_CHECKING:
    from machina_lab.alchemy import Repo, Step


class Connections(Verbs):
    """
    A lab with a door to a database; factories may have doors of their own.
    """

    def __init__(self, **options: Any) -> None:
        #: Repos of factories: their target's text or id -> target, repo.
        self._opened: dict[str | int, tuple[Any, Repo]] = {}
        self._target: Any = None
        super().__init__(**options)

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
        if held is not None and held.owned and held.pending:
            waiting = ", ".join(f"{n} {t}" for t, n in held.pending.items())
            raise InsertError(
                f"rows wait for a commit on {held.label}: {waiting}."
                " Call commit() or rollback() before you connect elsewhere."
            )
        repo = open_repo(target, autocommit=autocommit)
        if held is not None:
            held.close()
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
        if self._own_repo is not None and _same(self._target, target):
            return self._own_repo
        known: str | int = target if isinstance(target, str) else id(target)
        if known not in self._opened:
            from machina_lab.alchemy import open_repo

            self._opened[known] = (target, open_repo(target))
        return self._opened[known][1]

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

    def __enter__(self) -> Self:
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

    async def acommit(self) -> None:
        """
        Commit as `commit` does, with an asynchronous repo.
        """
        repos = self._some_repo()
        for repo in [each for each in repos if each.owned] or repos:
            await awaited(repo, "commit")

    async def arollback(self) -> None:
        """
        Roll back as `rollback` does, with an asynchronous repo.
        """
        repos = self._some_repo()
        for repo in [each for each in repos if each.owned] or repos:
            await awaited(repo, "rollback")

    async def aundo(self, steps: int = 1, *, force: bool = False) -> list[Step]:
        """
        Take steps back as `undo` does, with an asynchronous repo.
        """
        repo, *others = self._some_repo()
        if others:
            raise InsertError("undo one repo at a time where there are several.")
        taken: list[Step] = await awaited(repo, "undo", steps, force=force)
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


async def awaited(repo: Repo, verb: str, *args: Any, **options: Any) -> Any:
    """
    Call a verb of *repo*, its asynchronous form where the repo is asynchronous.
    """
    if repo.is_async:
        return await getattr(repo, f"a{verb}")(*args, **options)
    return getattr(repo, verb)(*args, **options)


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, str) or isinstance(second, str):
        return isinstance(first, str) and first == second
    return first is second
