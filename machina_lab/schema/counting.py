"""
Counters that start behind the rows that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import sqlalchemy as sa

from sqlalchemy.exc import SQLAlchemyError

from machina_lab.core.sequences import sequences
from machina_lab.schema.plans import Plan
from machina_lab.schema.values import Value


#: How a repo lends its session: `run(work)` calls `work(session)`.
Run = Callable[[Callable[[Any], Any]], Any]

#: How many values of a column are looked at where only looking tells them apart.
_MANY: Final = 10_000


def count_on(run: Run, plan: Plan, model: Any) -> None:
    """
    Let the sequences of unique columns start behind the rows that are there.

    Args:
        run: Lends a session.
        plan: The plan of the table.
        model: Its class.
    """
    names = [*plan.unique, *(n for n in plan.values if n in plan.table.primary_key)]
    for name in dict.fromkeys(names):
        value = plan.values.get(name)
        if value is not None and value.counted:
            attribute = getattr(model, plan.names.attributes[name])
            _skip(plan.names.sequence(name), value, run(_reader(attribute, value)))


def _reader(attribute: Any, value: Value) -> Callable[[Any], list[Any]]:
    """
    Return what reads the values in a column that a counter could run into.

    Nothing is known where they cannot be read: the table may not be there yet, or be
    somebody else's.
    """
    samples = value.samples()
    query = sa.select(attribute).distinct().limit(_MANY)
    if all(isinstance(sample, int) for sample in samples):
        query = sa.select(sa.func.max(attribute))
    elif isinstance(attribute.type, sa.String) and not isinstance(
        attribute.type, sa.Enum
    ):
        prefix = _shared_start(samples)
        query = sa.select(attribute)
        query = query.where(attribute.startswith(prefix, autoescape=True))

    def read(session: Any) -> list[Any]:
        try:
            with session.begin_nested():
                return list(session.scalars(query))
        except SQLAlchemyError:
            return []

    return read


def _shared_start(texts: list[str]) -> str:
    """
    Return what all texts begin with.
    """
    first, last = min(texts), max(texts)
    same = (a == b for a, b in zip(first, last, strict=False))
    return first[: next((n for n, each in enumerate(same) if not each), len(first))]


def _skip(name: str, value: Value, values: Iterable[Any]) -> None:
    """
    Move a sequence behind the last number whose value is taken.
    """
    taken = {each for each in values if each is not None}
    numbers = [each for each in taken if isinstance(each, int)]
    if numbers and len(numbers) == len(taken):
        after = max(numbers) + 1 - value.make(0)
    else:
        tried = range(min(len(taken) + 1000, value.limit or 10**9))
        after = max((n + 1 for n in tried if value.make(n) in taken), default=0)
    if after + value.start > sequences.peek(name):
        sequences.set(name, after + value.start)
