"""
Plausible values for columns: which value, and which rule chose it.

Rules in order: a type that was registered, what the database demands (enums,
uniqueness, length), the column's name, its type. Conditions (CHECK) are looked at
afterwards, for the whole row (`machina_lab.schema.checks`).
"""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import re

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from machina_lab.core.datatypes import DataType
from machina_lab.core.tables import Column, Table
from machina_lab.errors import OptionError
from machina_lab.schema.database_types import database_value, first_word
from machina_lab.schema.layout import Call, literal
from machina_lab.schema.rules import Rule, other_rule, text_rule
from machina_lab.schema.values import (
    Value,
    constant,
    counted_code,
    counted_text,
    cycled,
    unlike,
    written,
)
from machina_lab.schema.words import snake


_PLAIN: Final[dict[str, Any]] = {
    "integer": 1,
    "float": 1.0,
    "boolean": False,
    "date": dt.date(2024, 1, 1),
    "duration": dt.timedelta(hours=1),
    "uuid": UUID(int=1),
    "binary": b"data",
    "json": {},
    "array": [],
    "any": "value",
}
#: A place for the record's number in a pattern; `{{}}` is none.
_NUMBERED: Final = re.compile(r"(?<!\{)\{(?::\w+)?\}")
#: How the rule of a value from `register_type` begins.
REGISTERED: Final = "registered for"
_registered: dict[str, tuple[Callable[[int], Any], str]] = {}


@dataclass(frozen=True, slots=True)
class Wish:
    """
    A column that needs a value.

    Attributes:
        table: Its table.
        column: The column.
        factory: The factory's name.
        attribute: What the column is called in Python.
        sequence: The name of the sequence that counts for it.
        unique: Whether every record needs another value.
    """

    table: Table
    column: Column
    factory: str
    attribute: str
    sequence: str
    unique: bool = False


def register_type(name: Any, generator: Callable[..., Any]) -> None:
    """
    Teach scaffolds and automatic factories what columns of a type get.

    Args:
        name: The class of a column type, or the type's name in the database
            (`"geometry"`).
        generator: Returns a value; called with the record's number if it takes one, so
            that unique columns can have different values.

    Raises:
        OptionError: *name* is neither class nor text, or *generator* cannot be called.
    """
    if not isinstance(name, str | type) or not callable(generator):
        raise OptionError(
            "register_type takes a column type or its name and a function, not"
            f" {name!r} and {generator!r}."
        )
    key = name if isinstance(name, str) else name.__name__
    _registered[key.lower()] = (_of_number(generator), key)


def generator_of(name: str) -> Callable[[int], Any]:
    """
    Return the generator that was registered for the type called *name*.

    Raises:
        OptionError: There is none.
    """
    try:
        return _registered[name.lower()][0]
    except KeyError:
        raise OptionError(
            f"no generator for the type {name!r}: machina_lab.schema.register_type"
            f"({name!r}, ...) adds one."
        ) from None


def _of_number(generator: Callable[..., Any]) -> Callable[[int], Any]:
    try:
        takes = len(inspect.signature(generator).parameters)
    except (TypeError, ValueError):
        takes = 0
    return generator if takes else lambda _n: generator()


def guess(wish: Wish) -> Value | None:
    """
    Return the value for a column, with the rule that chose it; None if nothing fits.
    """
    registered = _by_registration(wish)
    if registered is not None:
        return registered
    kind = wish.column.type
    if kind.kind == "enum" and kind.choices:
        return _by_choices(wish)
    if kind.kind == "text":
        return _by_text(wish)
    if wish.unique:
        value = unlike(wish.sequence, kind.kind, zoned=kind.timezone)
        if value is not None:
            if kind.kind == "decimal" and kind.precision:
                room = 10 ** (kind.precision - (kind.scale or 0))
                value = replace(value, limit=room)
            return replace(value, rule=f"{kind.kind} of its own for each record")
    return _by_name(wish) or _by_type(wish)


def _by_registration(wish: Wish) -> Value | None:
    kind = wish.column.type
    names = [cls.__name__.lower() for cls in type(kind.source).__mro__[:-1]]
    names.append(first_word(kind))
    for name in names:
        if name in _registered:
            make, key = _registered[name]
            piece = Call(
                "sequence", (literal(wish.sequence), f"generator_of({literal(key)})")
            )
            imports = ("machina_lab.schema.generator_of", "machina_lab.sequence")
            return Value(piece, make, f"{REGISTERED} {key}", imports, counted=True)
    return None


def _by_choices(wish: Wish) -> Value | None:
    kind = wish.column.type
    choices = list(kind.choices)
    members = [each for each in choices if isinstance(each, enum.Enum)]
    rule = f"one of the {len(choices)} values of its type"
    if not members:
        return cycled(wish.sequence, choices, rule)
    cls = type(members[0])
    if "<" in cls.__qualname__ or "." in cls.__qualname__:
        names = [each.name for each in members]
        return cycled(wish.sequence, names, rule)
    piece = Call("sequence", (literal(wish.sequence), f"list({cls.__name__})"))
    return Value(
        piece,
        lambda n: choices[n % len(choices)],
        rule,
        ("machina_lab.sequence", f"{cls.__module__}.{cls.__name__}"),
        counted=True,
        limit=len(choices),
    )


def _by_text(wish: Wish) -> Value | None:
    length = wish.column.type.length
    rule = text_rule(snake(wish.attribute))
    if wish.unique and length and _is_padded(wish.column.type):
        # The database would give it back padded: another key than the one sent.
        label = snake(wish.attribute)[:1]
        return counted_code(wish.sequence, length, label).because(f"char({length})")
    if rule is None:
        return _default_text(wish, length)
    patterns = _patterns(rule, wish)
    value = _fitting(wish, patterns, length)
    if value is None:
        return _default_text(wish, length)
    note = f"name rule: {rule.name}"
    return replace(
        value, rule=note, telling=rule.telling, fake=_fake(rule, wish, length)
    )


def _is_padded(kind: DataType) -> bool:
    return kind.sql.upper().startswith(("CHAR", "NCHAR", "CHARACTER(", "BPCHAR"))


def _patterns(rule: Rule, wish: Wish) -> list[str]:
    label = _label(wish, rule)
    words = {
        "{label}": label,
        "{factory}": wish.factory.replace("_", "-"),
        "{name}": wish.attribute.rstrip("_").replace("_", " "),
        "{code}": wish.factory[:1].upper(),
    }
    found = []
    for text in (rule.text, *rule.short):
        pattern = text
        for word, replacement in words.items():
            clean = replacement.replace("{", "").replace("}", "")
            pattern = pattern.replace(word, clean)
        found.append(pattern)
    return found


def _label(wish: Wish, rule: Rule) -> str:
    """
    Return what a counted name is the name of: `company_name` a company, `name` the row.
    """
    stem = re.sub(r"_?(name|title|label)$", "", snake(wish.attribute))
    words = stem if rule.name == "name" and stem not in ("", wish.attribute) else ""
    return (words or wish.factory).replace("_", " ").strip().capitalize()


def _fitting(wish: Wish, patterns: list[str], length: int | None) -> Value | None:
    for pattern in patterns:
        counted = _NUMBERED.search(pattern) is not None
        if wish.unique and not counted:
            pattern, counted = f"{pattern} {{}}", True  # noqa: PLW2901 - made countable
        if not counted:
            text = pattern.format()
            if length is None or len(text) <= length:
                return constant(text)
        elif _fits(pattern, length, wish):
            return counted_text(wish.sequence, pattern)
    return None


def _fits(pattern: str, length: int | None, wish: Wish) -> bool:
    """
    Tell whether there is room for enough numbers: more where they must differ.
    """
    enough = 99_999 if wish.unique else 999
    return length is None or len(pattern.format(enough)) <= length


def _default_text(wish: Wish, length: int | None) -> Value:
    """
    Return the column's own name as its value; an identifier without spaces.
    """
    name = snake(wish.attribute)
    label = name.replace("_", " ").strip().capitalize() or "Text"
    spaced, plain = " ", label
    if re.search(r"(?:^|_)id$", name):
        label = (name.removesuffix("id").strip("_") or wish.factory).replace("_", "-")
        spaced, plain = "-", f"{label}-1"
    label = label.replace("{", "").replace("}", "")
    rule = f"varchar({length})" if length else "text"
    if wish.unique:
        patterns = [f"{label}{spaced}{{}}", f"{label[:1]}{{}}"]
        value = _fitting(wish, patterns, length)
        if value is not None:
            return replace(value, rule=rule)
        return counted_code(wish.sequence, length or 4, label[:1]).because(rule)
    return constant(plain[:length] if length is not None else plain, rule)


def _fake(rule: Rule, wish: Wish, length: int | None) -> str:
    if not rule.fake:
        return ""
    code = rule.fake
    if wish.unique and rule.name == "email":
        code = "person.email(unique=True)"
    elif wish.unique:
        return ""
    cut = f"[:{length}]" if length is not None and length < 60 else ""  # noqa: PLR2004 - a sentence
    return f"lambda: lab.fake.{code}{cut}"


def _by_name(wish: Wish) -> Value | None:
    kind = wish.column.type
    rule = other_rule(snake(wish.attribute), kind.kind)
    if rule is None:
        return None
    value = _converted(rule.value, kind)
    if value is None:
        return None
    note = "" if rule.name.startswith("switch") else f"name rule: {rule.name}"
    fake = f"lambda: lab.fake.{rule.fake}" if rule.fake and not wish.unique else ""
    return constant(value, note, fake=fake)


def _converted(value: Any, kind: DataType) -> Any:
    """
    Say a rule's value in the column's type, cut to its precision.
    """
    if kind.kind == "date":
        return dt.date(*value)
    if kind.kind == "datetime":
        noon = dt.datetime.combine(dt.date(*value), dt.time(12))
        return noon.replace(tzinfo=dt.UTC) if kind.timezone else noon
    if kind.kind == "decimal":
        return decimal_within(Decimal(str(value)), kind)
    if kind.kind == "float":
        return float(value)
    return value


def decimal_within(value: Decimal, kind: DataType) -> Decimal:
    """
    Return *value* with as many digits as *kind* has room for.
    """
    if kind.scale is not None and kind.scale >= 0:
        value = round(value, kind.scale)
    if kind.precision is not None:
        room = Decimal(10) ** (kind.precision - (kind.scale or 0))
        if abs(value) >= room:
            value = round(room / 2, kind.scale or 0) if kind.scale else Decimal(1)
    return value


def _by_type(wish: Wish) -> Value | None:
    kind = wish.column.type
    note = kind.sql.lower() or kind.kind
    if kind.kind == "decimal":
        return constant(
            decimal_within(Decimal("1.00" if kind.scale else 1), kind), note
        )
    if kind.kind in ("datetime", "time"):
        zone = dt.UTC if kind.timezone else None
        noon = dt.datetime(2024, 1, 1, 12, tzinfo=zone)
        return constant(noon if kind.kind == "datetime" else noon.timetz(), note)
    if kind.kind in _PLAIN:
        value = _PLAIN[kind.kind]
        if kind.kind == "binary" and kind.length is not None:
            value = value[: kind.length]
        return constant(value, note)
    return _by_database_type(wish, note)


def _by_database_type(wish: Wish, note: str) -> Value | None:
    word = first_word(wish.column.type)
    if wish.unique and word in ("citext", "name", "ltree"):
        return counted_text(wish.sequence, "text_{}").because(note)
    if wish.unique and word == "inet":
        return counted_text(wish.sequence, "2001:db8::{:x}").because(note)
    value = database_value(wish.column.type)
    return None if value is None else constant(value, note)


def explain(wish: Wish) -> str:
    """
    Say what a column gets and which rule won.
    """
    value = guess(wish)
    where = f"{wish.table.key}.{wish.column.name}"
    if value is None:
        return (
            f"{where}: no rule for the type {wish.column.type.label}; teach one with"
            f" register_type({literal(first_word(wish.column.type))}, ...)"
        )
    return f"{where} = {value.piece}: {value.rule or 'its type'}"


__all__ = [
    "Value",
    "Wish",
    "decimal_within",
    "explain",
    "generator_of",
    "guess",
    "register_type",
    "written",
]
