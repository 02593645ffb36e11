"""
Listeners that do not keep alive what listens.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakMethod

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from machina_lab.alchemy.plainness import OURS


def weakly(method: Callable[..., None]) -> Callable[..., None]:
    """
    Return a listener that does not keep the repo alive.
    """
    reference = WeakMethod(method)

    def call(*args: Any) -> None:
        found = reference()
        if found is not None:
            found(*args)

    setattr(call, OURS, True)
    return call


def let_go(opened: list[Session], dispose: list[Callable[[], Any]]) -> None:
    """
    Close the sessions in *opened* and what was opened for them.

    It may run when their lab is collected: a database that went first is let go, too.
    """
    while opened:
        with suppress(SQLAlchemyError):
            opened.pop().close()
    for each in dispose:
        each()
