"""
How values leave PostgreSQL and go back: as its own text, whatever the driver.

Every type of PostgreSQL has a text form that loses nothing, and takes it back; numbers
and booleans travel as themselves.
"""

from __future__ import annotations

import json

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from sqlalchemy.dialects import postgresql

from machina_lab.alchemy.forms import Change, Form, plain
from machina_lab.alchemy.literals import text_of
from machina_lab.core.datatypes import DataType, Kind
from machina_lab.core.portable import json_text, parts_of_duration
from machina_lab.core.tables import Column


_DAY: Final = "YYYY-MM-DD"
_SECONDS: Final = 'YYYY-MM-DD"T"HH24:MI:SS'


def form(column: Column, dialect: sa.Dialect, stored: str = "") -> Form:
    """
    Return the form of a column.

    Args:
        column: The column.
        dialect: PostgreSQL's.
        stored: How the values are stored in the files, if unusual.
    """
    found, type_ = plain(column, dialect)
    raw: Any = sa.column(column.name)
    kind = found.type.kind
    if stored == "literal":
        return Form(found, type_, raw, write=text_of)
    if kind in ("date", "datetime"):
        return Form(found, type_, _moment(raw, found.type))
    if kind == "duration":
        return Form(found, type_, _interval(raw), read=_iso, write=_native_interval)
    if kind == "array":
        listed = sa.cast(sa.func.to_json(raw), sa.Text())
        item = found.type.item or DataType()

        def write(text: str) -> str:
            # Numbers stay text: a float would lose digits.
            return array_text(json.loads(text, parse_float=str, parse_int=str), item)

        return Form(found, type_, listed, write=write)
    select, read = _PLAIN.get(kind, (_as_text, None))
    return Form(found, type_, select(raw), read=read)


def _as_text(raw: Any) -> Any:
    return sa.cast(raw, sa.Text())


def _itself(raw: Any) -> Any:
    return raw


def _padded(text: str) -> str:
    """
    Return a time with six digits behind the second, or none.
    """
    head, point, fraction = text.partition(".")
    return f"{head}.{fraction:0<6}" if point and fraction.isdigit() else text


_PLAIN: Final[dict[Kind, tuple[Callable[[Any], Any], Change | None]]] = {
    "integer": (_itself, None),
    "boolean": (_itself, None),
    "float": (_itself, float),
    "binary": (_itself, bytes),
    "text": (_as_text, None),
    "time": (_as_text, _padded),
}


def _moment(raw: Any, type_: DataType) -> Any:
    """
    Write a date or a time as ISO 8601; what that cannot say (`infinity`) as text.
    """
    first, last = "0001-01-01", "9999-12-31 23:59:59.999999"
    shown, suffix = raw, ""
    if type_.timezone:
        shown, suffix = sa.func.timezone("UTC", raw), '"Z"'
    if type_.kind == "date":
        written = sa.func.to_char(shown, _DAY)
        last = last[:10]
    else:
        whole = sa.func.date_trunc("second", shown) == shown
        pattern = sa.case(
            (whole, sa.literal_column(f"'{_SECONDS}{suffix}'")),
            else_=sa.literal_column(f"'{_SECONDS}.US{suffix}'"),
        )
        written = sa.func.to_char(shown, pattern)
    of = postgresql.TIMESTAMP() if type_.kind == "datetime" else postgresql.DATE()
    inside = shown.between(
        sa.cast(sa.literal_column(f"'{first}'"), of),
        sa.cast(sa.literal_column(f"'{last}'"), of),
    )
    return sa.case(
        (sa.and_(sa.func.isfinite(raw), inside), written), else_=_as_text(raw)
    )


def _interval(raw: Any) -> Any:
    """
    Write months, days and microseconds: no setting of the session changes them.
    """

    def part(name: str) -> Any:
        return sa.cast(sa.func.date_part(name, raw), sa.BigInteger())

    months = part("year") * 12 + part("month")
    micros = (part("hour") * 60 + part("minute")) * 60_000_000 + part("microseconds")
    return (
        sa.func.concat_ws(" ", months, part("day"), micros) if raw is not None else raw
    )


def _iso(text: str) -> str | None:
    if not text:
        return None
    months, days, micros = map(int, text.split())
    signs = {number < 0 for number in (months, days, micros) if number}
    negative = signs == {True}
    if negative:
        months, days, micros = -months, -days, -micros
    seconds, fraction = divmod(abs(micros), 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    minus = "-" if micros < 0 else ""
    years, month = divmod(abs(months), 12)
    less = "-" if months < 0 else ""
    day = f"{less}{years}Y" * bool(years) + f"{less}{month}M" * bool(month)
    day += f"{days}D" if days else ""
    clock = f"{minus}{hour}H" * bool(hour) + f"{minus}{minute}M" * bool(minute)
    if second or fraction:
        digits = f".{fraction:06d}".rstrip("0") if fraction else ""
        clock += f"{minus}{second}{digits}S"
    body = f"{day}{'T' if clock else ''}{clock}" or "T0S"
    return f"{'-' if negative else ''}P{body}"


def _native_interval(text: str) -> str:
    months, days, micros = parts_of_duration(text)
    return f"{months} months {days} days {micros} microseconds"


def array_text(values: Any, item: DataType) -> str:
    r"""
    Return the text that PostgreSQL reads an array from.

    Examples:
        >>> array_text([1, None, [2]], DataType("integer"))
        '{1,NULL,{2}}'
        >>> print(array_text(['a"b', "null"], DataType("text")))
        {"a\"b","null"}
    """
    return "{" + ",".join(_item(each, item) for each in values) + "}"


def _item(value: Any, item: DataType) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list) and item.kind != "json":
        return array_text(value, item.item or item)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = json_text(value) if item.kind == "json" else str(value)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    numeric = isinstance(value, int | float) and item.kind != "json"
    return text if numeric else f'"{escaped}"'
