"""
Verbs of the lab that may have to be awaited.
"""

from __future__ import annotations

from typing import Any

from machina_lab.notebook.desk import desk
from machina_lab.notebook.loops import loop


def is_async() -> bool:
    """
    Return whether the current lab's database has to be awaited.
    """
    return bool(getattr(desk.lab.repo, "is_async", False))


def waited(verb: str, /, *args: Any, **options: Any) -> Any:
    """
    Call a verb of the current lab, and wait for it if it has to be awaited.
    """
    lab = desk.lab
    awaited = getattr(lab, f"a{verb}", None) if is_async() else None
    if awaited is not None:
        return loop.run(awaited(*args, **options))
    return getattr(lab, verb)(*args, **options)
