"""
Holding bodies that merge for themselves to what they were given (`strict="all"`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from machina_lab.core.lazies import DEFERRED
from machina_lab.core.merging import is_record
from machina_lab.core.records import MISSING, kind_of
from machina_lab.errors import UnknownAttributeError


def check_kept(made: Any, given: Any, *, inputs: Iterable[str], factory: str) -> None:
    """
    Raise if a body of one positional ignored or changed what it was given.

    Functions and inputs are not compared; a given mapping may gain keys or become a
    record.

    Args:
        made: What the body returned.
        given: What it was given.
        inputs: Its named inputs.
        factory: Its name.

    Raises:
        UnknownAttributeError: It tells each attribute, what was given, what was built.
    """
    if not isinstance(given, Mapping) or not is_record(made):
        return
    got = kind_of(type(made)).read(made)
    lost = {
        key: value
        for key, value in given.items()
        if key not in inputs
        and type(value) not in DEFERRED
        and not _kept(value, got.get(key, MISSING))
    }
    if lost:
        told = "; ".join(
            f"{key} - given {value!r}, "
            + (f"built {got[key]!r}" if key in got else "missing from the result")
            for key, value in lost.items()
        )
        raise UnknownAttributeError(
            lost,
            model=f"the body of factory {factory!r}",
            factory=factory,
            known=got,
            hint=f"It ignored or changed what it was given: {told}.",
        )


def _kept(given: Any, built: Any) -> bool:
    if given is built:
        return True
    if isinstance(given, Mapping):
        if not isinstance(built, Mapping):
            # Params that the body made a record of.
            return built is not MISSING and is_record(built)
        return all(
            _kept(value, built.get(key, MISSING)) for key, value in given.items()
        )
    try:
        return bool(given == built)
    except (TypeError, ValueError):
        # Arrays and frames do not compare to one truth; they were replaced.
        return False
