"""
The lab itself, as `%lab` and as plain functions: database, transaction, journal, seed.
"""

from __future__ import annotations

import os
import re

from collections.abc import Mapping
from typing import Any, Final

from machina_lab.notebook.desk import desk
from machina_lab.notebook.display import Facts, Page, rows_by_table
from machina_lab.notebook.inserting import steps_grid
from machina_lab.notebook.waiting import read_tables, waited


#: Factories that the status names.
_LISTED: Final = 20
_PASSWORD: Final = re.compile(r"://[^/@:]*:[^@]+@")


def status() -> Page:
    """
    Return what the current lab holds and what waits for a commit (`%lab`).
    """
    lab = desk.lab
    repo = lab.repo
    own = lab.names(automatic=False)
    tables = len(lab.names()) - len(own)
    facts = {
        "database": repo.label if repo is not None else "none: %lab connect URL",
        "transaction": _transaction(lab),
        "steps": f"{len(lab.journal)} in the journal",
        "factories": _listed(own) if own else "none defined yet",
    }
    if tables:
        facts["tables"] = f"{tables} more factories, one a table"
    data = {"pending": lab.pending, "steps": len(lab.journal), "factories": own}
    return Page("Lab", (Facts(facts),), data)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_LISTED])
    return f"{len(names)}: {shown}{', ...' if len(names) > _LISTED else ''}"


def _transaction(lab: Any) -> str:
    repo = lab.repo
    if repo is None:
        return "none"
    if repo.autocommit:
        return "committed after every insert"
    waiting = rows_by_table(lab.pending) or "nothing"
    if not repo.owned:
        return f"yours; inserted since its last commit: {waiting}"
    return f"{waiting} pending"


def connect(target: Any) -> Page:
    """
    Let inserts go to a database and return the lab's status (`%lab connect`).

    Args:
        target: A URL, or anything else that `Lab.connect` takes.

    Raises:
        RepoError: It leads to no database; the text holds no secret.
    """
    autocommit = True if desk.settings.autocommit else None
    desk.lab.connect(target, autocommit=autocommit)
    read_tables()
    page = status()
    if isinstance(target, str) and _PASSWORD.search(target):
        hint = {
            "hint": "a password that is typed stays in the notebook; keep the URL in an"
            " environment variable and write %lab connect $NAME"
        }
        return Page(page.title, (*page.parts, Facts(hint)), page.data)
    return page


def use(lab: Any) -> Page:
    """
    Make another lab the current one and return its status (`%lab use`).

    Args:
        lab: A lab, or where to find one: `package.module:name`.
    """
    desk.use(lab)
    return status()


def commit() -> Page:
    """
    Commit what is pending and return how many rows of which table (`%lab commit`).
    """
    pending = desk.lab.pending
    waited("commit")
    return _ended("Committed", pending)


def rollback() -> Page:
    """
    Take back everything since the last commit and return what it was (`%lab rollback`).
    """
    pending = desk.lab.pending
    waited("rollback")
    return _ended("Rolled back", pending)


def _ended(what: str, pending: Mapping[str, int]) -> Page:
    rows = rows_by_table(pending) or "(no rows were pending in the journal)"
    return Page(f"{what} {rows}", data=dict(pending))


def log() -> Page:
    """
    Return the steps of the journal, oldest first (`%lab log`).
    """
    steps = desk.lab.journal
    if not steps:
        return Page("No steps yet", data={"steps": []})
    return Page("Journal", (steps_grid("", steps),), {"steps": steps})


def seed(number: Any) -> Page:
    """
    Let everything drawn at random repeat (`%lab seed`).
    """
    desk.lab.seed(number)
    return Page(f"Seed {number}", data={"seed": number})


def environment(name: str) -> str | None:
    """
    Return an environment variable: where a URL with a password may be kept.
    """
    return os.environ.get(name)
