"""
Verbs of the lab that may have to be awaited.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from machina_lab.notebook.desk import desk
from machina_lab.notebook.loops import loop
from machina_lab.notebook.tracebacks import users_errors


T = TypeVar("T")


def is_async() -> bool:
    """
    Return whether the current lab's database has to be awaited.
    """
    return bool(getattr(desk.lab.repo, "is_async", False))


def waited(verb: str, /, *args: Any, **options: Any) -> Any:
    """
    Call a verb of the current lab, and wait for it if it has to be awaited.

    What the database refuses looks the same by magic and by function.
    """
    lab = desk.lab
    awaited = getattr(lab, f"a{verb}", None) if is_async() else None
    with users_errors(desk.shell, desk.settings):
        if awaited is not None:
            return loop.run(awaited(*args, **options))
        return getattr(lab, verb)(*args, **options)


def find(name: Any) -> Any:
    """
    Return the handle of a factory of the current lab.

    Tables that have to be awaited are read when nothing else is called like that.
    """
    lab = desk.lab
    if is_async() and isinstance(name, str) and not lab.has(name.partition("+")[0]):
        read_tables()
    return lab.find(name)


def read_tables() -> None:
    """
    Read the tables of a database that has to be awaited, once.
    """
    if is_async() and desk.lab.tables_read() is None:
        loop.run(desk.lab.atables())


def waited_work(work: Callable[[], T]) -> T:
    """
    Do *work*, which may insert, where the current lab's database can be waited for.
    """
    if not is_async():
        return work()
    found: T = loop.run(desk.lab.repo.arun(lambda _session: work()))
    return found
