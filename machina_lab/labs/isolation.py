"""
A lab for one test: its rows go when the test ends, whatever was committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from machina_lab.core.sequences import sequences


if TYPE_CHECKING:
    from machina_lab.labs.facade import Lab


@contextmanager
def isolated(lab: Lab) -> Iterator[Lab]:
    """
    Let what happens inside the block leave nothing behind.

    Rows go to one connection whose transaction is rolled back at the end; a commit of
    the lab or of its session inside ends a savepoint only. Sequences start anew. An
    asynchronous repo keeps its transaction: roll it back in the test.
    """
    with ExitStack() as stack:
        stack.enter_context(sequences.isolated())
        repo = lab.repo
        if repo is not None and not repo.is_async:
            stack.enter_context(_borrowed(lab, repo))
        yield lab


@contextmanager
def _borrowed(lab: Any, repo: Any) -> Iterator[None]:
    """
    Let *lab* work on a transaction that is rolled back at the end.
    """
    from machina_lab.alchemy.isolation import rolled_back

    if not repo.owned:
        # The session is the caller's, and so is its end.
        yield
        return
    holder = _holder(lab)
    before = holder._options["repo"]  # noqa: SLF001 - the lab's own room
    with rolled_back(repo) as borrowed:
        holder._options["repo"] = borrowed  # noqa: SLF001
        holder._changed()  # noqa: SLF001
        try:
            yield
        finally:
            holder._options["repo"] = before  # noqa: SLF001
            holder._changed()  # noqa: SLF001


def _holder(lab: Any) -> Any:
    """
    Return the lab that holds the repo: *lab*, or the nearest that it extends.
    """
    while lab._own_repo is None:  # noqa: SLF001 - the lab's own room
        lab = lab.extends
    return lab
