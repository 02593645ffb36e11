"""
Values worth trying for a column that a condition is about.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from machina_lab.core.tables import Column
from machina_lab.schema.conditions import Node
from machina_lab.schema.guesses import decimal_within
from machina_lab.schema.shapes import (
    glob_as_regex,
    like_as_regex,
    pattern_of,
    slots_of,
    text_of,
)
from machina_lab.schema.values import (
    Value,
    constant,
    counted_by,
    counted_code,
    counted_text,
    cycled,
)


def is_column(node: Any, name: str) -> bool:
    """
    Tell whether *node* is the column called *name* (lower case), or a form of it.
    """
    if not isinstance(node, Node):
        return False
    if node.kind == "call" and node.args[0] in ("lower", "upper", "trim", "btrim"):
        return is_column(node.args[1], name)
    return node.kind == "column" and node.args[0].lower() == name


def literals(node: Node) -> list[Any]:
    """
    Return the values written in a condition.
    """
    found = []
    for part in node.walk():
        if part.kind == "value" and part.args[0] is not None:
            found.append(part.args[0])
        if part.kind == "-" and part.args[0] == Node("value", (0,)):
            inner = part.args[1]
            if isinstance(inner, Node) and inner.kind == "value":
                found.append(-inner.args[0])
    return found


def shaped(sequence: str, part: Node, column: Column) -> Iterator[Value]:
    """
    Yield texts of the shape that `column ~ 'regex'` and the like ask for.
    """
    pattern = str(part.args[1].args[0])
    if part.kind in ("like", "ilike"):
        pattern = like_as_regex(pattern)
    elif part.kind == "glob":
        pattern = glob_as_regex(pattern)
    slots = slots_of(pattern)
    if "@" in slots:
        yield counted_text(sequence, "user{}@example.com")
    counted = pattern_of(slots)
    if counted is not None:
        yield counted_text(sequence, counted[0], limit=counted[1])
    texts = list(dict.fromkeys(text_of(slots, n) for n in range(36)))
    length = column.type.length
    texts = [text for text in texts if length is None or len(text) <= length]
    if texts:
        yield constant(texts[0])
    if len(texts) > 1:
        yield cycled(sequence, texts[:26])


def only_value(wanted: Any, column: Column) -> Iterator[Value]:
    """
    Yield the one value that `column = literal` leaves: there can be one row only.
    """
    if isinstance(wanted, Node) and wanted.kind == "value":
        value = fit(wanted.args[0], column)
        if value is not None:
            yield replace(constant(value), limit=1)


def sized(sequence: str, part: Node, name: str, column: Column) -> Iterator[Value]:
    """
    Yield texts and arrays as long as `length(column) = 4` asks for.
    """
    wanted = _asked_size(part, name)
    if wanted is None:
        return
    for length in (wanted, wanted + 1, wanted - 1):
        if length >= 1:
            yield from _of_size(sequence, length, column)


def _asked_size(part: Node, name: str) -> int | None:
    """
    Return the number that a function of the column is compared with.
    """
    for call, size in (part.args, part.args[::-1]):
        if call.kind == "call" and any(is_column(arg, name) for arg in call.args[1:]):
            number = size.args[0] if size.kind == "value" else None
            if isinstance(number, int | Decimal):
                return int(number)
    return None


def _of_size(sequence: str, length: int, column: Column) -> Iterator[Value]:
    if column.type.kind == "text":
        yield counted_code(sequence, length, column.name[:1] or "C")
        yield constant(column.name[:1] * length)
    elif column.type.kind == "array":
        yield constant([_item(column)] * length)
    elif column.type.kind == "binary":
        code = f'n.to_bytes({length}, "big")'
        yield counted_by(sequence, code, lambda n: n.to_bytes(length, "big"))


def _item(column: Column) -> Any:
    kinds = {"integer": 1, "float": 1.0, "decimal": Decimal(1), "boolean": True}
    item = column.type.item
    return kinds.get(item.kind if item else "text", "item")


def beside(value: Any, column: Column) -> Iterator[Any]:
    """
    Yield *value* and what is just beside it, as the column's type.
    """
    fitted = fit(value, column)
    if fitted is None:
        return
    yield fitted
    for close in _close_to(fitted):
        again = fit(close, column)
        if again is not None:
            yield again


def _close_to(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1, value * 2, value // 2]
    if isinstance(value, float | Decimal):
        one = type(value)(1)
        tenth = type(value)("0.1")
        steps: list[Any] = [value + one, value - one, value * 2, value / 2]  # type: ignore[operator]  # one is of the value's type
        return [*steps, value + tenth, value - tenth]  # type: ignore[operator]  # so is a tenth
    step = _STEPS.get(type(value))
    if step is not None:
        return [value + step, value - step]
    return []


def fit(value: Any, column: Column) -> Any:
    """
    Return *value* in the column's type, or None if it cannot be.
    """
    convert = _CONVERTED.get(column.type.kind)
    if convert is not None:
        try:
            return convert(value, column)
        except (ValueError, TypeError, ArithmeticError):
            return None
    if not isinstance(value, _WANTED.get(column.type.kind, ())):
        return None
    length = column.type.length
    return None if isinstance(value, str) and length and len(value) > length else value


def _as_date(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None


def _as_datetime(value: Any, *, zoned: bool) -> dt.datetime | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day, 12)  # noqa: DTZ001 - set below
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    if not isinstance(value, dt.datetime):
        return None
    return value.replace(tzinfo=dt.UTC if zoned else None)


def variations(planned: Value | None, column: Column) -> Iterator[Value]:
    """
    Yield the planned value in other letters, and the plainest of its type.
    """
    kind = column.type.kind
    if kind == "text":
        for change in ("upper", "lower"):
            if planned is not None and isinstance(planned.make(0), str):
                yield constant(getattr(planned.make(0), change)())
    plain: dict[str, list[Any]] = {
        "text": ["a@example.com", "http://example.com", "a", ""],
        "integer": [1, 0, 2, 5, 10, 50, 100, 1000, -1, *range(11, 32)],
        "decimal": [Decimal(1), Decimal(0), Decimal("0.5"), Decimal(10), Decimal(100)],
        "float": [1.0, 0.0, 0.5, 10.0, 100.0],
        "boolean": [True, False],
        "json": [{}, []],
        "array": [[_item(column)], []],
        "date": [dt.date(2024, 1, 1), dt.date(2024, 6, 1), dt.date(2000, 1, 1)],
    }
    for value in plain.get(kind, []):
        fitted = fit(value, column)
        if fitted is not None:
            yield constant(fitted)


_STEPS: Final[dict[type, dt.timedelta]] = {
    dt.datetime: dt.timedelta(hours=1),
    dt.date: dt.timedelta(days=1),
    dt.timedelta: dt.timedelta(hours=1),
}
_WANTED: Final[dict[str, tuple[type, ...]]] = {
    "text": (str,),
    "enum": (str,),
    "boolean": (bool,),
    "json": (dict, list),
    "array": (list,),
    "duration": (dt.timedelta,),
    "any": (str, int, float),
    "other": (str,),
}
_CONVERTED: Final[dict[str, Callable[[Any, Column], Any]]] = {
    "integer": lambda value, _: int(Decimal(value)),
    "decimal": lambda value, column: decimal_within(Decimal(str(value)), column.type),
    "float": lambda value, _: float(value),
    "date": lambda value, _: _as_date(value),
    "datetime": lambda value, column: _as_datetime(value, zoned=column.type.timezone),
}
