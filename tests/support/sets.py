"""
Types of all sorts, rows full of traps, and ways to look at a fixture set.
"""

from __future__ import annotations

import datetime as dt
import enum
import os
import uuid

from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import pytest
import sqlalchemy as sa

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Colour(enum.Enum):
    """
    Stored by name.
    """

    red = "r"
    dark_green = "dg"


class Cents(sa.types.TypeDecorator[Decimal]):
    """
    Money kept as whole cents.
    """

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else int(value * 100)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else Decimal(value) / 100


class Base(DeclarativeBase):
    pass


class Everything(Base):
    """
    A column of every portable type.
    """

    __tablename__ = "everything"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None] = mapped_column(sa.BigInteger)
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    ratio: Mapped[float | None]
    on: Mapped[bool | None]
    name: Mapped[str]
    note: Mapped[str | None]
    day: Mapped[dt.date | None]
    clock: Mapped[dt.time | None]
    at: Mapped[dt.datetime | None]
    seen: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    spent: Mapped[dt.timedelta | None]
    token: Mapped[uuid.UUID | None]
    data: Mapped[bytes | None]
    document: Mapped[Any | None] = mapped_column(sa.JSON(none_as_null=True))
    colour: Mapped[Colour | None]
    cost: Mapped[Decimal | None] = mapped_column(Cents)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("everything.id"))


def rows(zone: dt.tzinfo | None = dt.UTC) -> list[dict[str, Any]]:
    """
    Return rows of `Everything` that naive files would change.
    """
    full = {
        "number": 2**63 - 1,
        "price": Decimal("1.10"),
        "ratio": 0.1 + 0.2,
        "on": True,
        "name": "NULL",
        "note": "",
        "day": dt.date(1, 1, 1),
        "clock": dt.time(23, 59, 59, 999999),
        "at": dt.datetime(9999, 12, 31, 23, 59, 59, 999999),
        "seen": dt.datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=zone),
        "spent": dt.timedelta(hours=25, microseconds=1),
        "token": uuid.UUID(int=7),
        "data": b'\x00\xff,"\n',
        "document": {"a": [1, None, 'é"\n'], "b": 1.5},
        "colour": Colour.dark_green,
        "cost": Decimal("9.99"),
        "parent_id": 5,
    }
    texts = [
        "",
        "007",
        r"\N",
        'say "hi"',
        "a,b",
        "two\nlines",
        "cr\rlf\r\n",
        "\ufeffx",
        " ",
    ]
    empty = dict.fromkeys(full) | {"name": ""}
    more = [empty | {"id": 10 + n, "note": t, "name": t} for n, t in enumerate(texts)]
    return [
        {"id": 1, **full},
        {"id": 5, **empty, "data": b"", "number": -(2**63), "price": Decimal("0.00")},
        {"id": 6, **empty, "data": bytes(range(256)) * 30, "on": False, "ratio": 1.0},
        *more,
    ]


def assert_valid(folder: Path) -> None:
    """
    Let the public validator judge a fixture set.
    """
    report = frictionless.validate(str(folder / "datapackage.json"))
    found = report.flatten(["rowNumber", "fieldName", "type", "note"])
    assert (True, []) == (report.valid, found)


def files(folder: Path) -> dict[str, bytes]:
    """
    Return every file below *folder* with its bytes.
    """
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def schemas() -> Path:
    """
    Return the folder of real schemas; skip where there is none, fail in CI.
    """
    folder = os.environ.get("MACHINA_SCHEMAS")
    if folder:
        return Path(folder)
    missing = "set MACHINA_SCHEMAS to a folder with chinook_sqlite.sql and the like"
    if os.environ.get("CI"):
        pytest.fail(missing)
    return pytest.skip(missing)
