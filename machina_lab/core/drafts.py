"""
Records that were worked out but not made.

Building by the million needs the attributes of each record, not the object. A *draft*
holds them: merged, lazies worked out, associations as drafts or records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from machina_lab.core.records import kind_of


_COLLECTIONS: Final = (list, tuple, set)


class Draft:
    """
    One record that was not made.

    Attributes:
        model: The class it would be of.
        attributes: Its attributes.
        given: Those that the caller gave.
        stored: Whether it is a row by now; its key is in the attributes.
    """

    __slots__ = ("attributes", "given", "model", "stored")

    def __init__(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> None:
        self.model = model
        self.attributes = attributes
        self.given = given
        self.stored = False

    def __getattr__(self, name: str) -> Any:
        """
        Return an attribute; what was not worked out is asked of a record made for it.

        So methods, properties and defaults are there as on the record itself.
        """
        if name in self.attributes:
            return self.attributes[name]
        if name.startswith(("__", "_sa_")):
            raise AttributeError(name)
        return getattr(self.make(), name)

    def __str__(self) -> str:
        """
        Return the text of the record.
        """
        return str(self.make())

    def __format__(self, spec: str) -> str:
        """
        Format the record.
        """
        return format(self.make(), spec)

    def make(self, made: dict[int, Any] | None = None) -> Any:
        """
        Return the record after all, drafts within it too.

        Args:
            made: Id of a draft -> its record, if it is made already; each that is made
                now is added. A draft at several places is one record.
        """
        made = {} if made is None else made
        if id(self) not in made:
            attributes = {k: _made(value, made) for k, value in self.attributes.items()}
            kind = kind_of(self.model)
            made[id(self)] = kind.construct(self.model, attributes, self.given)
        return made[id(self)]

    def tree(self) -> Iterator[Draft]:
        """
        Yield the draft and all drafts within it.
        """
        yield self
        for value in self.attributes.values():
            for each in _items(value):
                if isinstance(each, Draft):
                    yield from each.tree()

    def __repr__(self) -> str:
        """
        Show the class and the names.
        """
        return f"<draft of {self.model.__name__}: {', '.join(self.attributes)}>"


def _items(value: Any) -> Iterable[Any]:
    if type(value) is dict:
        return value.values()
    return value if type(value) in _COLLECTIONS else (value,)


def _made(value: Any, made: dict[int, Any]) -> Any:
    if isinstance(value, Draft):
        return value.make(made)
    if type(value) in _COLLECTIONS:
        return type(value)(_made(item, made) for item in value)
    if type(value) is dict and any(type(item) is Draft for item in value.values()):
        return {key: _made(item, made) for key, item in value.items()}
    return value
