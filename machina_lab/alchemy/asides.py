"""
Relationships put aside while the unit of work runs, and put back after it.

Nothing here fires an event or a query: what is put aside is out of SQLAlchemy's sight,
and what is put back is as if it had been loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.orm import InstanceState
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.collections import collection_adapter


class Asides:
    """
    What was put aside and waits to be put back.
    """

    def __init__(self) -> None:
        self._back: list[Callable[[], None]] = []

    def put(self, state: InstanceState[Any], key: str) -> Any:
        """
        Put the value of a whole attribute aside and return it.
        """
        value = state.dict.pop(key)
        state.committed_state.pop(key, None)
        self._back.append(lambda: _set(state, key, value))
        return value

    def take_out(
        self, state: InstanceState[Any], key: str, items: Iterable[Any]
    ) -> None:
        """
        Take single records out of a collection.
        """
        adapter = collection_adapter(state.dict[key])
        order = list(adapter)
        gone = {id(item) for item in items}
        for item in order:
            if id(item) in gone:
                adapter.remove_without_event(item)
        self._back.append(lambda: _refill(state, key, order))

    def put_back(self) -> None:
        """
        Put everything back, last thing first.
        """
        while self._back:
            self._back.pop()()


def _set(state: InstanceState[Any], key: str, value: Any) -> None:
    record = state.obj()
    if record is not None and key not in state.dict:
        set_committed_value(record, key, value)


def _refill(state: InstanceState[Any], key: str, order: list[Any]) -> None:
    collection = state.dict.get(key)
    if collection is None:  # expired meanwhile: it will be read anew
        return
    adapter = collection_adapter(collection)
    known = {id(item) for item in order}
    later = [item for item in adapter if id(item) not in known]
    for item in list(adapter):
        adapter.remove_without_event(item)
    for item in [*order, *later]:
        adapter.append_without_event(item)
