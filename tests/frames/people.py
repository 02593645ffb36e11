"""
Records of the frames' tests: one dataclass with a field of each type.
"""

from __future__ import annotations

import datetime as dt
import enum

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4


UTC = dt.UTC


class Role(enum.Enum):
    admin = "administrator"
    guest = "guest"


class Level(enum.IntEnum):
    low = 1
    high = 2


@dataclass
class Address:
    street: str = "Elm Street"
    city: str | None = None


@dataclass
class Person:
    id: int | None = None
    name: str | None = "Jane"
    admin: bool | None = None
    height: float | None = 1.8
    worth: Decimal | None = Decimal("9.90")
    role: Role = Role.guest
    level: Level | None = None
    size: Literal["S", "M"] | None = "S"
    born: dt.date | None = dt.date(2000, 1, 31)
    seen: dt.datetime | None = dt.datetime(2024, 1, 1, 12, tzinfo=UTC)
    wakes: dt.time | None = dt.time(7, 30)
    nap: dt.timedelta | None = dt.timedelta(minutes=20)
    key: UUID = field(default_factory=uuid4)
    photo: bytes = b"\x00"
    settings: dict[str, Any] | None = None
    tags: list[str] = field(default_factory=list)
    address: Address | None = None


class Point(NamedTuple):
    x: int
    y: int | None = None
