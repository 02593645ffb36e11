"""
Insert jobs as a lab would make them, for tests of what lies below the lab.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from machina_lab.alchemy import Repo
from machina_lab.core.jobs import InsertJob
from machina_lab.core.records import kind_of


def built(model: type, given: dict[str, Any] | None = None, **factory: Any) -> Any:
    """
    Return a record as a factory makes it: *factory*'s defaults, then what was *given*.
    """
    given = given or {}
    kind = kind_of(model)
    attributes = kind.settle(model, {**factory, **given}, given)
    return kind.construct(model, attributes, given)


def job(
    records: list[Any] | Callable[[], list[Any]],
    *,
    factory: str = "",
    overrides: dict[str, Any] | None = None,
    **rest: Any,
) -> InsertJob:
    """
    Return the job of inserting *records*, or what a function of that name builds.
    """
    build = records if callable(records) else lambda: records
    count = 1 if callable(records) else len(records)
    verb = "insert" if count == 1 else "insert_list"
    given = {"verb": verb, "model": None, "count": count, **rest}
    return InsertJob(factory=factory, overrides=overrides or {}, build=build, **given)


def insert(repo: Repo, *records: Any, **rest: Any) -> Any:
    """
    Insert *records* with *repo*; return the one, or all of them.
    """
    done = repo.insert(job(list(records), **rest))
    return done[0] if len(done) == 1 else done
