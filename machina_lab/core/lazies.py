"""
Values that are worked out when a record is built.

A *lazy* is a function in an attribute: called once per record, with nothing or with the
*parent*, a read-only view of the record's other attributes that works out sibling
lazies when they are read. `lazy(f)` makes any callable lazy, `literal(f)` stores a
function as a plain value.
"""

from __future__ import annotations

import functools
import inspect

from collections.abc import Callable, Iterator
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
)
from typing import Any, Final, Generic, TypeVar

from machina_lab.core.associations import ASSOCIATIONS
from machina_lab.core.trails import leave_trail
from machina_lab.errors import ArgumentTypeError, LazyCycleError, nearest


T = TypeVar("T")


class Lazy:
    """
    A callable to be called for each record, whatever sort of callable it is.
    """

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        if not callable(function):
            raise ArgumentTypeError(f"lazy needs a function, got {function!r}.")
        self.function = function

    def __repr__(self) -> str:
        """
        Show what is called.
        """
        return f"lazy({self.function!r})"


class Literal(Generic[T]):
    """
    A value that is stored as it is, even if it is a function.
    """

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __repr__(self) -> str:
        """
        Show what is stored.
        """
        return f"literal({self.value!r})"


def lazy(function: Callable[..., Any]) -> Any:
    """
    Mark *function* to be called when the record is built.

    Needed only for callables that are not functions: classes, callable objects.
    """
    return Lazy(function)


def literal(value: T) -> T:
    """
    Mark *value* to be stored as it is: `literal(f)` puts the function `f` in a field.
    """
    return Literal(value)  # type: ignore[return-value]  # a field's own type is what users see


#: Functions of every sort; classes, enums, mocks and other callables are values.
FUNCTIONS: Final = frozenset(
    {
        FunctionType,
        BuiltinFunctionType,
        MethodType,
        MethodWrapperType,
        MethodDescriptorType,
        functools.partial,
    }
)
LAZIES: Final = FUNCTIONS | {Lazy, Literal}
#: Every sort of value that has to be worked out.
DEFERRED: Final = LAZIES | ASSOCIATIONS


@functools.lru_cache(maxsize=1024)
def _code_arity(code: CodeType, defaults: int) -> int:
    return code.co_argcount - defaults


def required_arguments(function: Any) -> int:
    """
    Return how many positional arguments *function* must be given.

    Defaults and `*args` do not count: `lambda n=n: …` needs none.
    """
    bound = 0
    if type(function) is MethodType:
        function, bound = function.__func__, 1
    if type(function) is FunctionType:
        defaults = len(function.__defaults__ or ())
        return max(_code_arity(function.__code__, defaults) - bound, 0)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        # Builtins such as `dict` or `time.time` do not tell: nothing is the safe guess.
        return 0
    positional = (
        each
        for each in parameters
        if each.default is each.empty
        and each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    )
    return max(sum(1 for _ in positional) - bound, 0)


def sees_siblings(value: Any) -> bool:
    """
    Return whether *value* is a lazy that is called with the parent.
    """
    if type(value) not in LAZIES or type(value) is Literal:
        return False
    function = value.function if type(value) is Lazy else value
    return required_arguments(function) > 0


class Parent:
    """
    What a lazy sees: the other attributes of the record, by attribute and by item.

    Reading a sibling that is lazy works it out. An attribute wins over the methods
    `get`, `keys`, `values` and `items`, so `parent.items` may be a field.
    """

    __slots__ = ("_resolution",)

    def __init__(self, resolution: Resolution) -> None:
        object.__setattr__(self, "_resolution", resolution)

    def __getitem__(self, key: str) -> Any:
        resolution = self._resolution
        if key not in resolution.attributes and resolution.unset is not None:
            try:
                return resolution.unset(key)
            except AttributeError:
                raise KeyError(key) from None
        return resolution.value(key)

    def __getattr__(self, name: str) -> Any:
        resolution = self._resolution
        if name in resolution.attributes:
            return resolution.value(name)
        if name in _VIEWS:
            return functools.partial(_VIEWS[name], self)
        if resolution.unset is not None and not name.startswith("__"):
            return resolution.unset(name)
        raise self._missing(name)

    def _missing(self, name: str) -> AttributeError:
        known = self._resolution.attributes
        close = nearest(name, known)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        return AttributeError(f"the parent has no attribute {name!r}.{hint}", name=name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"the parent is read-only: {name} cannot be set.")

    def __contains__(self, key: object) -> bool:
        return key in self._resolution.attributes

    def __iter__(self) -> Iterator[str]:
        return iter(self._resolution.attributes)

    def __len__(self) -> int:
        return len(self._resolution.attributes)

    def __repr__(self) -> str:
        """
        Show the attributes without working any out.
        """
        return f"<parent {', '.join(self._resolution.attributes)}>"


def _get(parent: Parent, key: str, default: Any) -> Any:
    try:
        return parent[key]
    except KeyError:
        return default


_VIEWS: Final[dict[str, Callable[..., Any]]] = {
    "get": lambda parent, key, default=None: _get(parent, key, default),
    "keys": list,
    "values": lambda parent: [parent[key] for key in parent],
    "items": lambda parent: [(key, parent[key]) for key in parent],
}


class Resolution:
    """
    The working-out of one record's attributes; lives for one build.

    Args:
        attributes: The merged attributes; changed in place.
        associate: Builds what an association refers to; None leaves associations.
        lazies: Whether functions are called.
        unset: Returns the value of an attribute that nobody gave, or raises.
        where: The factory's name, for messages.
    """

    __slots__ = (
        "active",
        "associate",
        "attributes",
        "done",
        "lazies",
        "unset",
        "where",
    )

    def __init__(
        self,
        attributes: dict[str, Any],
        *,
        associate: Callable[[str, Any], Any] | None = None,
        lazies: bool = True,
        unset: Callable[[str], Any] | None = None,
        where: str = "",
    ) -> None:
        self.attributes = attributes
        self.associate = associate
        self.lazies = lazies
        self.unset = unset
        self.where = where
        self.active: list[str] = []
        self.done: set[str] = set()

    def run(self) -> dict[str, Any]:
        """
        Work out every attribute, in order, and return them.
        """
        for key, value in list(self.attributes.items()):
            if type(value) in DEFERRED:
                self.value(key)
        return self.attributes

    def value(self, key: str) -> Any:
        """
        Return the attribute *key*, worked out; each lazy runs once.
        """
        value = self.attributes[key]
        kind = type(value)
        if kind not in DEFERRED or key in self.done:
            return value
        if kind is Literal:
            return self._keep(key, value.value)
        if key in self.active:
            start = self.active.index(key)
            raise LazyCycleError([*self.active[start:], key], where=self.where)
        self.active.append(key)
        try:
            return self._keep(key, self._work_out(key, value))
        except Exception as error:
            leave_trail(error, self.where, key)
            raise
        finally:
            self.active.pop()

    def _work_out(self, key: str, value: Any) -> Any:
        if self.lazies and type(value) not in ASSOCIATIONS:
            value = self._call(key, value)
        if self.associate is not None and type(value) in ASSOCIATIONS:
            value = self.associate(key, value)
        return value

    def _keep(self, key: str, value: Any) -> Any:
        self.attributes[key] = value
        self.done.add(key)
        return value

    def _call(self, key: str, value: Any) -> Any:
        function = value.function if type(value) is Lazy else value
        needed = required_arguments(function)
        if needed == 0:
            return function()
        if needed == 1:
            return function(Parent(self))
        raise ArgumentTypeError(
            f"the lazy attribute {key!r} needs {needed} arguments. A lazy takes nothing"
            " or the parent; use literal(f) to store the function itself."
        )
