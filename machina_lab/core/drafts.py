"""
Records that were worked out but not made.

Building by the million needs the attributes of each record, not the object. A *draft*
holds them: merged, lazies worked out, associations as drafts or records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from machina_lab.core.records import MISSING, kind_of


class Draft:
    """
    One record that was not made.

    Attributes:
        model: The class it would be of.
        attributes: Its attributes.
        given: Those that the caller gave.
    """

    __slots__ = ("attributes", "given", "model")

    def __init__(
        self, model: type, attributes: dict[str, Any], given: Mapping[str, Any]
    ) -> None:
        self.model = model
        self.attributes = attributes
        self.given = given

    def __getattr__(self, name: str) -> Any:
        """
        Return an attribute; one that nobody gave has its default, or None.
        """
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.attributes[name]
        except KeyError:
            field = kind_of(self.model).fields(self.model).get(name)
        if field is None:
            raise AttributeError(f"{self.model.__name__} has no attribute {name!r}.")
        return None if field.default is MISSING else field.default

    def make(self) -> Any:
        """
        Return the record after all, drafts within it too.
        """
        attributes = {key: _made(value) for key, value in self.attributes.items()}
        return kind_of(self.model).construct(self.model, attributes, self.given)

    def __repr__(self) -> str:
        """
        Show the class and the names.
        """
        return f"<draft of {self.model.__name__}: {', '.join(self.attributes)}>"


def _made(value: Any) -> Any:
    if isinstance(value, Draft):
        return value.make()
    if isinstance(value, list):
        return [_made(item) for item in value]
    return value
