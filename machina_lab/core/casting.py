"""
Fitting values to data types.

To *cast* is to turn a value that means the right thing ("true", 300, "2024-01-31") into
the Python value that a field holds (True, Decimal(300), a date), or to refuse it. What
has no rule passes untouched; `casters.register` adds rules for types of one's own.
"""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import json

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from machina_lab.core.datatypes import DataType
from machina_lab.core.fitting import RULES, MisfitError, choice_name
from machina_lab.core.secrets import is_secret
from machina_lab.errors import CastError, OptionError


Caster = Callable[[Any, Any], Any]

#: How many choices of an enum an error lists.
_SHOWN: Final = 12


class Casters:
    """
    The rules that users add, by class.
    """

    def __init__(self) -> None:
        self._functions: dict[type, Caster] = {}
        #: Grows with every change, so that what was derived can be derived anew.
        self.version = 0

    def register(self, cls: type, function: Callable[..., Any]) -> None:
        """
        Cast values of fields of *cls* with *function*; a second one replaces the first.

        Args:
            cls: A Python class that fields hold, or the class of a column type. Fields
                of its subclasses are cast by it too.
            function: Called as `function(value)`, or as `function(value, type)` with
                the column type or the class; returns what the field shall hold, and
                raises `ValueError` or `TypeError` where a value does not fit.

        Raises:
            OptionError: *cls* is no class, or *function* cannot be called.
        """
        if not isinstance(cls, type) or not callable(function):
            raise OptionError(
                f"casters.register takes a class and a function, not {cls!r} and"
                f" {function!r}."
            )
        self._functions[cls] = _of_two(function)
        self.version += 1

    def unregister(self, cls: type) -> None:
        """
        Forget the rule for *cls*, if there is one.
        """
        if self._functions.pop(cls, None):
            self.version += 1

    def find(self, datatype: DataType) -> Callable[[Any], Any] | None:
        """
        Return the rule for *datatype*, or None.

        The class of its column type is asked before the class of its values.
        """
        if not self._functions:
            return None
        for cls in type(datatype.source).__mro__:
            if cls in self._functions:
                return self._bound(cls, datatype.source)
        for cls in _lineage(datatype.python):
            if cls in self._functions:
                return self._bound(cls, datatype.python)
        return None

    def _bound(self, cls: type, type_: Any) -> Callable[[Any], Any]:
        function = self._functions[cls]
        return lambda value: function(value, type_)


def _of_two(function: Callable[..., Any]) -> Caster:
    try:
        inspect.signature(function).bind(None, None)
    except (TypeError, ValueError):
        # One parameter, or a built-in such as `int` that hides its signature.
        return lambda value, _type: function(value)
    if function in (str, int, bytes):
        # Their second parameter is a base or an encoding, not a type.
        return lambda value, _type: function(value)
    return function


def _lineage(cls: type | None) -> Sequence[type]:
    # A bool is no number and a datetime no date to those who store them.
    if cls is None or cls in (bool, dt.datetime):
        return [cls] if cls else []
    return [base for base in cls.__mro__ if base is not object]


casters: Final = Casters()


def cast(
    value: Any, datatype: DataType, *, model: str = "", attribute: str = ""
) -> Any:
    """
    Return *value* as *datatype* holds it.

    None stays None. Types without a rule (`any`, `other`, custom column types) let
    every value pass.

    Args:
        value: Any Python value.
        datatype: What it has to fit.
        model: Whose value it is; for the error.
        attribute: The attribute's name; for the error.

    Raises:
        CastError: *value* does not fit.

    Examples:
        >>> cast("12", DataType("integer", int))
        12
        >>> cast("yes", DataType("boolean", bool))
        True
    """
    if value is None:
        return None
    rule = casters.find(datatype)
    try:
        if rule is not None:
            return rule(value)
        if is_custom(datatype):
            return value
        if datatype.kind == "array":
            return _array(value, datatype)
        return RULES[datatype.kind](value, datatype)
    except CastError as error:
        cause = None if is_secret(attribute) else error.__cause__
        raise _placed(error, model, attribute) from cause
    except (ValueError, TypeError, ArithmeticError) as error:
        hint = _hint(error, datatype)
        raise _misfit(value, _label(datatype), model, attribute, hint) from (
            None if is_secret(attribute) else error
        )


def is_custom(datatype: DataType) -> bool:
    """
    Return whether only the type's author knows its Python values.
    """
    return (
        datatype.python is None
        and datatype.source is not None
        and not datatype.choices
        and datatype.item is None
    )


def _placed(error: CastError, model: str, attribute: str) -> CastError:
    """
    Return *error* with the place where it happened, if it does not know it yet.
    """
    if error.model or error.attribute or not (model or attribute):
        return error
    return _misfit(error.value, error.type, model, attribute, error.hint)


def _misfit(value: Any, label: str, model: str, attribute: str, hint: str) -> CastError:
    """
    Return the error for a value, which is not shown where its name says it is secret.
    """
    hidden = is_secret(attribute)
    return CastError(
        value,
        label,
        model=model,
        attribute=attribute,
        hint="" if hidden else hint,
        hidden=hidden,
    )


def _label(datatype: DataType) -> str:
    # An enum's SQL says how it is stored, not what it is.
    cls = datatype.python
    return cls.__name__ if datatype.kind == "enum" and cls else datatype.label


def _hint(error: Exception, datatype: DataType) -> str:
    if datatype.choices:
        names = [choice_name(choice) for choice in datatype.choices]
        more = ", ..." if len(names) > _SHOWN else ""
        return f"Choices: {', '.join(names[:_SHOWN])}{more}."
    return str(error) if isinstance(error, MisfitError) else ""


def _array(value: Any, datatype: DataType) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, Sequence | AbstractSet) or isinstance(value, str | bytes):
        raise MisfitError
    item = datatype.item
    cls = datatype.python if datatype.python in (tuple, set, frozenset) else list
    if item is None:
        return value
    return cls(_items(value, item, datatype))


def _items(value: Any, item: DataType, datatype: DataType) -> Iterator[Any]:
    for each in value:
        # An array type may leave the number of its dimensions open.
        nested = isinstance(each, list | tuple) and item.kind not in ("array", "json")
        yield cast(each, datatype if nested else item)


# -- text ----------------------------------------------------------------------------


def cast_text(
    text: str, datatype: DataType, *, model: str = "", attribute: str = ""
) -> Any:
    """
    Return what a person who typed *text* for a field of *datatype* means.

    Text fields take it as it is. For all others blanks around it do not count, and
    `None` and `null` mean None. Lists are typed as JSON or with commas, JSON fields as
    JSON (a plain word is a text), binary as base64; where there is no type,
    `guess_text` decides.

    Raises:
        CastError: *text* does not fit.

    Examples:
        >>> cast_text("2024-01-31", DataType("date", dt.date))
        datetime.date(2024, 1, 31)
        >>> cast_text("1, 2", DataType("array", list, item=DataType("integer", int)))
        [1, 2]
    """
    if datatype.kind == "text":
        return cast(text, datatype, model=model, attribute=attribute)
    word = text.strip()
    if word in ("None", "null"):
        return None
    try:
        value = _read(word, datatype)
    except ValueError as error:
        raise _misfit(text, _label(datatype), model, attribute, str(error)) from (
            None if is_secret(attribute) else error
        )
    return cast(value, datatype, model=model, attribute=attribute)


def _read(word: str, datatype: DataType) -> Any:
    if casters.find(datatype) is not None:
        return word
    if is_custom(datatype) and datatype.kind not in _READERS:
        return _as_below(word, datatype)
    reader = _READERS.get(datatype.kind)
    return reader(word, datatype) if reader else word


def _as_below(word: str, datatype: DataType) -> Any:
    """
    Return *word* as the type that a custom type is built on, or as it is.
    """
    try:
        return cast_text(word, DataType(datatype.kind))
    except CastError:
        return word


def _json(word: str, _: DataType) -> Any:
    try:
        return json.loads(word)
    except (ValueError, RecursionError):
        if word[:1] in tuple('{["'):
            raise ValueError("It is not valid JSON.") from None
        return word


def _listed(word: str, datatype: DataType) -> list[Any]:
    item = datatype.item or DataType()
    if word.startswith("["):
        try:
            found = json.loads(word)
        except (ValueError, RecursionError):
            found = word.removeprefix("[").removesuffix("]").split(",")
    else:
        found = word.split(",")
    if found == [""]:
        return []
    return [cast_text(e, item) if isinstance(e, str) else e for e in found]


def _chosen(word: str, datatype: DataType) -> Any:
    for choice in datatype.choices:
        inner = choice.value if isinstance(choice, enum.Enum) else choice
        if str(inner) == word:
            return choice
    return word


def guess_text(text: str) -> Any:
    """
    Return what *text* most likely means where no type is known.

    Examples:
        >>> [guess_text(word) for word in ("12", "1.5", "true", "[1, 2]", "Jane")]
        [12, 1.5, True, [1, 2], 'Jane']
    """
    word = text.strip()
    if word in ("None", "True", "False"):
        return {"None": None, "True": True, "False": False}[word]
    try:
        return json.loads(word)
    except (ValueError, RecursionError):
        return text


def _guessed(word: str, _: DataType) -> Any:
    return guess_text(word)


_READERS: Final[dict[str, Callable[[str, DataType], Any]]] = {
    "array": _listed,
    "enum": _chosen,
    "json": _json,
    "any": _guessed,
    "other": _guessed,
    "record": _guessed,
}
