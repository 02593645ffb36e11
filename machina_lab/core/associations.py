"""
References to other factories.

`assoc("user")` in a factory's body says: this attribute is a record of that factory. It
is built after the caller's overrides are merged, so it costs nothing when overridden,
and each item of a list gets its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from threading import local
from typing import Any, Final

from machina_lab.core.trails import mark_index
from machina_lab.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    AssociationCycleError,
)


class Assoc:
    """
    A reference to one record of a factory, not built yet.

    Attributes:
        factory: The factory's name, or its handle.
        overrides: What its record gets.
    """

    __slots__ = ("factory", "overrides")

    def __init__(self, factory: Any, overrides: dict[str, Any]) -> None:
        self.factory = factory
        self.overrides = overrides

    @property
    def name(self) -> str:
        """
        The name of the factory it refers to.
        """
        return str(getattr(self.factory, "name", self.factory))

    def replaced_by(self, key: str, value: Any) -> Any:
        """
        Return what the caller's *value* makes of this default.

        A mapping comes on top of the reference's own overrides; anything else replaces.
        """
        del key
        if isinstance(value, Mapping):
            return Assoc(self.factory, {**self.overrides, **value})
        return value

    def built(self, build: Callable[[Any, dict[str, Any]], Any]) -> Any:
        """
        Return the record.
        """
        return build(self.factory, dict(self.overrides))

    def __repr__(self) -> str:
        """
        Show the reference as it is written.
        """
        extra = "".join(f", {k}={v!r}" for k, v in self.overrides.items())
        return f"assoc({self.name!r}{extra})"


class AssocList(Assoc):
    """
    A reference to *n* records of a factory, not built yet.
    """

    __slots__ = ("n",)

    def __init__(self, n: int, factory: Any, overrides: dict[str, Any]) -> None:
        super().__init__(factory, overrides)
        self.n = n

    def replaced_by(self, key: str, value: Any) -> Any:
        """
        Return what the caller's *value* makes of this default.

        In a list each mapping is built through this factory, records are used as they
        are, in order.
        """
        if isinstance(value, Mapping):
            raise ArgumentTypeError(
                f"{key} holds a list of {self.name!r} records: give a list, for example"
                f" {key}=[{{...}}]."
            )
        if not isinstance(value, list | tuple):
            return value
        for index, item in enumerate(value):
            if item is None:
                raise ArgumentTypeError(
                    f"{key}[{index}] is None; leave it out instead."
                )
        items = [
            Assoc(self.factory, {**self.overrides, **item})
            if isinstance(item, Mapping)
            else item
            for item in value
        ]
        return Items(items)

    def built(self, build: Callable[[Any, dict[str, Any]], Any]) -> Any:
        """
        Return the records, each built by itself.
        """
        return [
            _item(index, partial(build, self.factory, dict(self.overrides)))
            for index in range(self.n)
        ]

    def __repr__(self) -> str:
        """
        Show the reference as it is written.
        """
        extra = "".join(f", {k}={v!r}" for k, v in self.overrides.items())
        return f"assoc_list({self.n}, {self.name!r}{extra})"


class Items(Assoc):
    """
    The caller's list for a list association: references and records, in order.
    """

    __slots__ = ("items",)

    def __init__(self, items: list[Any]) -> None:
        super().__init__("", {})
        self.items = items

    def built(self, build: Callable[[Any, dict[str, Any]], Any]) -> Any:
        """
        Return the records; references are built, records stay.
        """
        return [
            _item(index, partial(item.built, build))
            if isinstance(item, Assoc)
            else item
            for index, item in enumerate(self.items)
        ]


def _item(index: int, build: Callable[[], Any]) -> Any:
    try:
        return build()
    except Exception as error:
        mark_index(error, index)
        raise


ASSOCIATIONS: Final = frozenset({Assoc, AssocList, Items})


def assoc(
    factory: Any, attrs: Mapping[str, Any] | None = None, /, **overrides: Any
) -> Any:
    """
    Refer to a record of another factory.

    The caller of a build may give a record (used as it is), None (none), or a mapping
    (built through that factory, on top of these overrides).

    Args:
        factory: Name or handle of the factory; `"user+admin"` works too.
        attrs: Overrides as a mapping.
        overrides: Overrides as keywords; they win.
    """
    return Assoc(factory, {**attrs, **overrides} if attrs else overrides)


def assoc_list(
    n: int, factory: Any, attrs: Mapping[str, Any] | None = None, /, **overrides: Any
) -> Any:
    """
    Refer to *n* records of another factory; see `assoc`.

    Raises:
        ArgumentTypeError: *n* must be a whole number.
        ArgumentValueError: *n* must not be negative.
    """
    return AssocList(checked_count(n), factory, {**(attrs or {}), **overrides})


def checked_count(n: object) -> int:
    """
    Return *n* if it can be a number of records.

    Raises:
        ArgumentTypeError: It is not a whole number (a boolean is none either).
        ArgumentValueError: It is negative.
    """
    if isinstance(n, bool) or not isinstance(n, int):
        raise ArgumentTypeError(
            f"the number of records must be a whole number (int >= 0), not {n!r}."
        )
    if n < 0:
        raise ArgumentValueError(f"the number of records cannot be negative: {n}.")
    return n


class _Defaults(local):
    """
    The default associations being built in this thread, outermost first.
    """

    def __init__(self) -> None:
        self.stack: list[tuple[str, str]] = []


_defaults: Final = _Defaults()


def asked_for(optional: Mapping[str, Assoc], given: Any) -> Any:
    """
    Return *given* with what the caller says of optional associations said to them.
    """
    if not given or not optional or not isinstance(given, Mapping):
        return given
    return {
        key: optional[key].replaced_by(key, value) if key in optional else value
        for key, value in given.items()
    }


def asking(
    optional: Mapping[str, Assoc], run: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """
    Return *run* with what the caller says of optional associations said to them.
    """
    return (lambda given: run(asked_for(optional, given))) if optional else run


def built_default(
    factory: str,
    key: str,
    reference: Assoc,
    build: Callable[[Any, dict[str, Any]], Any],
) -> Any:
    """
    Return what the default association *key* of *factory* refers to.

    Raises:
        AssociationCycleError: The same default is already being built further out.
    """
    stack = _defaults.stack
    if (factory, key) in stack:
        start = stack.index((factory, key))
        path = [name for name, _ in stack[start:]]
        raise AssociationCycleError([*path, factory], where=f"{factory}.{key}")
    stack.append((factory, key))
    try:
        return reference.built(build)
    finally:
        stack.pop()
