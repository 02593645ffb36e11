"""
Telling whether a row meets a condition.

SQL's three answers: True, False, and None where NULL leaves it open (a CHECK passes
then). What only the database can work out raises `OpenError`.
"""

from __future__ import annotations

import datetime as dt
import enum
import fnmatch
import operator
import re

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from machina_lab.schema.conditions import Node


class OpenError(Exception):
    """
    A part of a condition that cannot be worked out here.
    """


_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MATH: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if not isinstance(a, int) else a // b,
    "%": operator.mod,
}


def judge(node: Node, row: Mapping[str, Any]) -> Any:
    """
    Work out *node* for *row*: column name, in lower case, to value.

    Raises:
        OpenError: A function, a type or a column is not known here.
    """
    handler = _HANDLERS.get(node.kind)
    try:
        if handler is not None:
            return handler(node, row)
        left, right = (judge(arg, row) for arg in node.args)
        if left is None or right is None:
            return None
        return _operate(node.kind, left, right)
    except (TypeError, ValueError, ArithmeticError, re.error) as error:
        raise OpenError(str(error)) from error


def _operate(kind: str, left: Any, right: Any) -> Any:
    if kind in _ORDER or kind in _MATH:
        operate = _ORDER.get(kind) or _MATH[kind]
        return operate(*_alike(left, right))
    if kind == "||":
        return f"{left}{right}"
    if kind in _PATTERNS:
        return _PATTERNS[kind](str(left), str(right))
    raise OpenError(kind)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """
    Bring two values to one type, as the database does for literals.
    """
    left, right = _plain(left), _plain(right)
    if isinstance(left, str) and not isinstance(right, str):
        return _parsed(left, right), right
    if isinstance(right, str) and not isinstance(left, str):
        return left, _parsed(right, left)
    if isinstance(left, float | Decimal) and isinstance(right, float | Decimal):
        return Decimal(str(left)), Decimal(str(right))
    if isinstance(left, dt.datetime) and isinstance(right, dt.datetime):
        return left.replace(tzinfo=None), right.replace(tzinfo=None)
    return _as_date(left, beside=right), _as_date(right, beside=left)


def _plain(value: Any) -> Any:
    return value.name if isinstance(value, enum.Enum) else value


def _as_date(value: Any, *, beside: Any) -> Any:
    plain = isinstance(beside, dt.date)
    return value.date() if plain and isinstance(value, dt.datetime) else value


def _parsed(text: str, like: Any) -> Any:
    if isinstance(like, bool):
        return text.lower() in ("t", "true", "1", "yes", "on")
    if isinstance(like, int | float | Decimal):
        return Decimal(text)
    if isinstance(like, dt.datetime | dt.date | dt.time):
        return type(like).fromisoformat(text)
    if isinstance(like, UUID):
        return UUID(text)
    raise OpenError(f"{text!r} beside a {type(like).__name__}")


def _like(text: str, pattern: str, *, fold: bool) -> bool:
    parts = {"%": ".*", "_": "."}
    regex = "".join(parts.get(char) or re.escape(char) for char in pattern)
    flags = re.DOTALL | (re.IGNORECASE if fold else 0)
    return re.fullmatch(regex, text, flags) is not None


def _glob(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[^", "[!"))


def _matches(text: str, pattern: str, *, fold: bool) -> bool:
    flags = re.IGNORECASE if fold else 0
    return re.search(_python_regex(pattern), text, flags) is not None


def _python_regex(pattern: str) -> str:
    """
    Say POSIX classes in Python's words.
    """
    classes = {
        "alpha": "A-Za-z",
        "digit": "0-9",
        "alnum": "A-Za-z0-9",
        "upper": "A-Z",
        "lower": "a-z",
        "space": r"\s",
        "xdigit": "0-9A-Fa-f",
        "punct": r"!-/:-@\[-`{-~",
    }
    pattern = re.sub(r"\[:(\w+):\]", lambda m: classes.get(m[1], m[0]), pattern)
    return pattern.replace(r"\m", r"\b").replace(r"\M", r"\b").replace(r"\y", r"\b")


def _value(node: Node, _row: Mapping[str, Any]) -> Any:
    value = node.args[0]
    if not isinstance(value, str):
        return value
    if node.cast == "date":
        return _read(dt.date.fromisoformat, value)
    if node.cast in ("timestamp", "timestamptz"):
        return _read(dt.datetime.fromisoformat, value)
    if node.cast in (
        "integer",
        "int",
        "smallint",
        "bigint",
        "numeric",
        "real",
        "double",
    ):
        return _read(Decimal, value)
    if node.cast == "interval":
        raise OpenError("interval")
    return value


def _read(reader: Callable[[str], Any], text: str) -> Any:
    try:
        return reader(text)
    except (ValueError, ArithmeticError) as error:
        raise OpenError(text) from error


def _column(node: Node, row: Mapping[str, Any]) -> Any:
    try:
        return row[node.args[0].lower()]
    except KeyError:
        raise OpenError(f"no column {node.args[0]}") from None


def _and(node: Node, row: Mapping[str, Any]) -> Any:
    return _combine(node, row, stop=False)


def _or(node: Node, row: Mapping[str, Any]) -> Any:
    return _combine(node, row, stop=True)


def _combine(node: Node, row: Mapping[str, Any], *, stop: bool) -> Any:
    """
    Work out AND (stop at False) or OR (stop at True).

    What is open matters only where nothing stops.
    """
    answer: Any = not stop
    unknown: OpenError | None = None
    for arg in node.args:
        try:
            found = judge(arg, row)
        except OpenError as error:
            unknown = error
            continue
        if found is not None and bool(found) is stop:
            return stop
        if found is None:
            answer = None
    if unknown is not None:
        raise unknown
    return answer


def _not(node: Node, row: Mapping[str, Any]) -> Any:
    found = judge(node.args[0], row)
    return None if found is None else not found


def _null(node: Node, row: Mapping[str, Any]) -> bool:
    return judge(node.args[0], row) is None


def _same(node: Node, row: Mapping[str, Any]) -> bool:
    left, right = (judge(arg, row) for arg in node.args)
    if left is None or right is None:
        return left is right
    left, right = _alike(left, right)
    return bool(left == right)


def _in(node: Node, row: Mapping[str, Any]) -> Any:
    left = judge(node.args[0], row)
    if left is None:
        return None
    values = judge(node.args[1], row)
    if not isinstance(values, list):
        raise OpenError("in")
    known = [_alike(left, value) for value in values if value is not None]
    if any(a == b for a, b in known):
        return True
    return False if len(known) == len(values) else None


def _list(node: Node, row: Mapping[str, Any]) -> list[Any]:
    return [judge(arg, row) for arg in node.args]


def _case(node: Node, row: Mapping[str, Any]) -> Any:
    *pairs, otherwise = node.args
    for condition, result in zip(pairs[::2], pairs[1::2], strict=True):
        if judge(condition, row):
            return judge(result, row)
    return judge(otherwise, row)


def _call(node: Node, row: Mapping[str, Any]) -> Any:
    name, *args = node.args
    values = [judge(arg, row) for arg in args]
    if name in ("coalesce", "ifnull"):
        return next((value for value in values if value is not None), None)
    if name in ("num_nonnulls", "num_nulls"):
        nulls = sum(value is None for value in values)
        return nulls if name == "num_nulls" else len(values) - nulls
    function = _FUNCTIONS.get(name)
    if function is None:
        raise OpenError(f"{name}()")
    if any(value is None for value in values):
        return None
    try:
        return function(*values)
    except (TypeError, ValueError) as error:
        raise OpenError(f"{name}()") from error


def _typeof(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean"}
    return names.get(type(value), "number")


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "length": len,
    "char_length": len,
    "character_length": len,
    "octet_length": lambda v: len(v.encode() if isinstance(v, str) else v),
    "lower": lambda v: str(v).lower(),
    "upper": lambda v: str(v).upper(),
    "trim": lambda v, *cut: str(v).strip(*cut),
    "btrim": lambda v, *cut: str(v).strip(*cut),
    "ltrim": lambda v, *cut: str(v).lstrip(*cut),
    "rtrim": lambda v, *cut: str(v).rstrip(*cut),
    "abs": abs,
    "cardinality": len,
    "array_length": lambda v, _dimension: len(v) or None,
    "jsonb_typeof": _typeof,
    "json_typeof": _typeof,
    "jsonb_array_length": len,
    "json_valid": lambda _value: True,
    "left": lambda v, n: str(v)[:n],
    "right": lambda v, n: str(v)[-n:],
    "mod": operator.mod,
    "greatest": max,
    "least": min,
}
_HANDLERS: Final[dict[str, Callable[[Node, Mapping[str, Any]], Any]]] = {
    "value": _value,
    "column": _column,
    "and": _and,
    "or": _or,
    "not": _not,
    "null": _null,
    "same": _same,
    "in": _in,
    "list": _list,
    "case": _case,
    "call": _call,
}
_PATTERNS: Final[dict[str, Callable[[str, str], bool]]] = {
    "like": lambda text, pattern: _like(text, pattern, fold=False),
    "ilike": lambda text, pattern: _like(text, pattern, fold=True),
    "not like": lambda text, pattern: not _like(text, pattern, fold=False),
    "not ilike": lambda text, pattern: not _like(text, pattern, fold=True),
    "glob": _glob,
    "~": lambda text, pattern: _matches(text, pattern, fold=False),
    "~*": lambda text, pattern: _matches(text, pattern, fold=True),
    "!~": lambda text, pattern: not _matches(text, pattern, fold=False),
    "!~*": lambda text, pattern: not _matches(text, pattern, fold=True),
}
