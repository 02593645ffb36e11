"""
How values leave SQLite and go back: as its driver gives them, to the last digit.

SQLite keeps any value in any column. Each column is looked through once; where a value
is not of the declared type, the whole column travels as SQL literals, and a date that
is not written as SQLAlchemy writes it travels as it stands.
"""

from __future__ import annotations

import datetime as dt
import math

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from sqlalchemy.types import TypeEngine

from machina_lab.alchemy.forms import Change, Form, plain, target
from machina_lab.alchemy.literals import literal, value_of
from machina_lab.core.datatypes import DataType, Kind
from machina_lab.core.portable import duration, from_portable, portable
from machina_lab.core.tables import Column, Table


#: What `typeof` may say of the values of each kind.
_STORAGE: Final[dict[Kind, tuple[str, ...]]] = {
    "integer": ("integer",),
    "float": ("real", "integer"),
    "decimal": ("integer", "real"),
    "boolean": ("integer",),
    "binary": ("blob",),
    "json": ("text", "integer", "real"),
    "text": ("text",),
    "enum": ("text",),
    "date": ("text",),
    "time": ("text",),
    "datetime": ("text",),
    "duration": ("text",),
    "uuid": ("text",),
}
#: Decimal digits that every float keeps apart.
_DIGITS: Final = 15
_DIGIT: Final = "[0-9]"
_DAY: Final = "-".join([_DIGIT * 4, _DIGIT * 2, _DIGIT * 2])
_CLOCK: Final = ":".join([_DIGIT * 2] * 3) + "." + _DIGIT * 6
#: A date and a time without a fraction.
_SECONDS: Final = f"{_DAY} {_CLOCK[: -len('.' + _DIGIT * 6)]}"
#: How SQLAlchemy writes dates and times, as patterns of SQLite.
_USUAL: Final[dict[Kind, str]] = {
    "date": _DAY,
    "time": _CLOCK,
    "datetime": f"{_DAY} {_CLOCK}",
    "duration": f"{_DAY} {_CLOCK}",
    "uuid": "[0-9a-f]" * 32,
}


def forms(connection: sa.Connection, table: Table) -> list[Form]:
    """
    Return the form of each column, as the values that are there need it.
    """
    found = [form(column, connection.dialect) for column in table.columns]
    marks = _look_through(connection, table, found)
    return [
        _as_stored(each, marks.get(at, frozenset())) for at, each in enumerate(found)
    ]


def _as_stored(found: Form, marks: frozenset[str]) -> Form:
    if "odd" in marks:
        return as_literal(found)
    if "unusual" not in marks:
        return found
    return _verbatim(found) if "no seconds" in marks else _seconds(found)


def form(column: Column, dialect: sa.Dialect, stored: str = "") -> Form:
    """
    Return the form of a column whose values are all of its type.

    Args:
        column: The column.
        dialect: SQLite's.
        stored: How the values are stored, if unusual.
    """
    found, type_ = plain(column, dialect)
    kind = found.type.kind
    if found.type.timezone:
        # SQLite has no zones: what is stored is naive.
        found = replace(found, type=replace(found.type, timezone=False))
    raw = sa.type_coerce(sa.column(column.name), sa.types.NullType())
    made = Form(found, type_, raw)
    if kind not in _STORAGE or stored == "literal":
        return as_literal(made)
    if stored == "verbatim":
        return _verbatim(made)
    if stored == "seconds" and kind == "datetime":
        return _seconds(made)
    read, write = _CHANGES.get(kind, _same)(found.type, type_, dialect)
    return replace(made, read=read, write=write)


def as_literal(found: Form) -> Form:
    """
    Return *found* for values of any type.
    """
    kind = DataType("other", sql=found.column.type.sql, source=found.column.type.source)
    column = replace(found.column, type=kind)
    return replace(found, column=column, read=literal, write=value_of, stored="literal")


def _verbatim(found: Form) -> Form:
    return replace(found, read=None, write=None, stored="verbatim")


def _seconds(found: Form) -> Form:
    """
    Return *found* for text that ends with the seconds, as many programs write it.
    """
    return replace(
        found,
        read=lambda text: text.replace(" ", "T"),
        write=lambda text: text.replace("T", " "),
        stored="seconds",
    )


def _look_through(
    connection: sa.Connection, table: Table, found: Sequence[Form]
) -> dict[int, frozenset[str]]:
    """
    Return what is to be known of the values of some columns, by the column's place.

    `odd`: some are of another type; `unusual`: some dates are not written as SQLAlchemy
    writes them; `no seconds`: nor do all of them end with the seconds.
    """
    asked: list[tuple[int, str]] = []
    checks: list[sa.ColumnElement[Any]] = []
    for at, each in enumerate(found):
        kind = each.column.type.kind
        name: Any = sa.column(each.column.name)
        conditions = {} if each.stored else {"odd": _is_odd(name, kind)}
        if not each.stored and kind in _USUAL:
            whole = _SECONDS if kind == "datetime" else _USUAL[kind]
            conditions["unusual"] = name.op("NOT GLOB")(_USUAL[kind])
            conditions["no seconds"] = name.op("NOT GLOB")(whole)
        for mark, condition in conditions.items():
            asked.append((at, mark))
            checks.append(sa.func.max(condition))
    if not checks:
        return {}
    row = connection.execute(sa.select(*checks).select_from(target(table))).one()
    hits = [place for place, hit in zip(asked, row, strict=True) if hit]
    return {
        at: frozenset(mark for place, mark in hits if place == at) for at, _ in hits
    }


def _is_odd(name: Any, kind: Kind) -> sa.ColumnElement[Any]:
    odd: Any = sa.func.typeof(name).not_in(_STORAGE[kind])
    if kind == "boolean":
        odd = sa.or_(odd, name.not_in([0, 1]))
    elif kind == "float":
        # Greater whole numbers are no floats any more.
        exact = 1 << 53
        integer = sa.func.typeof(name) == "integer"
        odd = sa.or_(odd, sa.and_(integer, sa.not_(name.between(-exact, exact))))
    elif kind in ("date", "datetime", "time"):
        check = {"date": "date", "datetime": "datetime", "time": "time"}[kind]
        read = getattr(sa.func, check)
        # With its fraction, the last second of all is rounded into no year.
        second = read(sa.func.substr(name, 1, len("9999-12-31 23:59:59")))
        usual = sa.and_(name.op("GLOB")(_USUAL[kind]), second.is_not(None))
        readable = sa.or_(read(name).is_not(None), usual)
        day = name.op("GLOB")("[0-9][0-9][0-9]*" if kind != "time" else "[0-9][0-9]:*")
        odd = sa.or_(odd, sa.not_(sa.and_(readable, day)))
    elif kind == "duration":
        odd = sa.or_(odd, name.op("NOT GLOB")(_USUAL[kind]))
    elif kind == "uuid":
        bare = sa.func.replace(name, "-", "")
        length = sa.func.length(name)
        odd = sa.or_(odd, bare.op("NOT GLOB")(_USUAL[kind]), length.not_in([32, 36]))
    return sa.and_(name.is_not(None), odd)


Changes = tuple[Change | None, Change | None]


def _same(_: DataType, __: TypeEngine[Any], ___: sa.Dialect) -> Changes:
    return None, None


def _boolean(_: DataType, __: TypeEngine[Any], ___: sa.Dialect) -> Changes:
    return bool, int


def _float(_: DataType, __: TypeEngine[Any], ___: sa.Dialect) -> Changes:
    return float, _checked_float


def _checked_float(value: float) -> float:
    if math.isnan(value):
        raise ValueError("SQLite stores NaN as NULL")
    return value


def _decimal(type_: DataType, _: TypeEngine[Any], __: sa.Dialect) -> Changes:
    step = Decimal(1).scaleb(-type_.scale) if type_.scale else None
    digits = type_.scale or 0
    # Below this, the digits are few enough that a float is one number alone.
    few = 10.0 ** (_DIGITS - digits)

    def read(value: float) -> str:
        if step is not None and -few < value < few:
            written = f"{value:.{digits}f}"
            if float(written) == value:
                return written
        number = Decimal(repr(value))
        if step is None or not number.is_finite():
            return str(number)
        try:
            padded = number.quantize(step)
        except InvalidOperation:
            return str(number)
        return str(padded if padded == number else number)

    return read, exact_number


def exact_number(text: str) -> int | float:
    """
    Return the number that SQLite keeps for a decimal.

    Raises:
        ValueError: It would keep another one.
    """
    if len(text) <= _DIGITS and text.lstrip("-").replace(".", "", 1).isdigit():
        return float(text)
    number = Decimal(text)
    if number.is_nan():
        raise ValueError("SQLite has no NaN")
    if number.is_infinite():
        return float(number)
    if Decimal(repr(float(number))) == number:
        return float(number)
    if number == number.to_integral_value() and abs(number) < 1 << 63:
        return int(number)
    raise ValueError(f"SQLite keeps about 16 digits, {text} has more")


def _json(_: DataType, __: TypeEngine[Any], ___: sa.Dialect) -> Changes:
    # A JSON number in a column of numeric affinity is stored as a number.
    return str, None


def _uuid(_: DataType, __: TypeEngine[Any], ___: sa.Dialect) -> Changes:
    return lambda value: str(UUID(value)), lambda value: UUID(value).hex


def _temporal(type_: DataType, stored: TypeEngine[Any], dialect: sa.Dialect) -> Changes:
    native = stored.dialect_impl(dialect)
    read = native.result_processor(dialect, None)
    bind = native.bind_processor(dialect)
    parse: Callable[[str], Any] = {
        "date": dt.date.fromisoformat,
        "time": dt.time.fromisoformat,
        "datetime": dt.datetime.fromisoformat,
        "duration": duration,
    }[type_.kind]
    if not read or not bind:
        return None, None

    def write(text: str) -> Any:
        try:
            return bind(parse(text))
        except ValueError:
            raise ValueError(f"SQLite has no such {type_.kind}: {text}") from None

    if type_.kind == "datetime":
        return _short_moment, lambda text: _long_moment(text) or write(text)
    return (lambda value: portable(read(value), type_)), write


def _short_moment(text: str) -> str:
    """
    Return a date with a time, as SQLAlchemy writes it, in its portable form.
    """
    return f"{text[:10]}T{text[11:].removesuffix('.000000')}"


def _long_moment(text: str) -> str:
    """
    Return a date with a time as SQLAlchemy writes it, or "" where that asks for more.
    """
    day, clock = text[:10], text[11:]
    if text[10:11] != "T" or len(clock) not in (
        len("12:30:00"),
        len("12:30:00.123456"),
    ):
        return ""
    return f"{day} {clock}" if "." in clock else f"{day} {clock}.000000"


_CHANGES: Final[
    dict[Kind, Callable[[DataType, TypeEngine[Any], sa.Dialect], Changes]]
] = {
    "boolean": _boolean,
    "float": _float,
    "decimal": _decimal,
    "json": _json,
    "uuid": _uuid,
    "date": _temporal,
    "time": _temporal,
    "datetime": _temporal,
    "duration": _temporal,
    "array": lambda type_, _, __: (None, lambda v: from_portable(v, type_)),
}
