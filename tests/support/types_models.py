"""
Column types and defaults of every sort that SQLite and PostgreSQL share, and a second
table of what PostgreSQL alone has.
"""

from __future__ import annotations

import datetime as dt
import enum

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Computed,
    DateTime,
    Enum,
    Float,
    LargeBinary,
    Numeric,
    String,
    Uuid,
    func,
    text,
    types,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class PostgresBase(DeclarativeBase):
    pass


class Color(enum.Enum):
    red = "r"
    green = "g"


class Size(enum.IntEnum):
    small = 1
    large = 2


class Upper(types.TypeDecorator[str]):
    """
    Text that is stored in capitals: a type with conversions of its own.
    """

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        del dialect
        return None if value is None else str(value).upper()


class Cents(types.TypeDecorator[Decimal]):
    """
    Money as whole cents: a type that says which class its values have.
    """

    impl = types.Integer
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        del dialect
        return None if value is None else int(value * 100)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        del dialect
        return None if value is None else Decimal(value) / 100


class Short(types.TypeDecorator[str]):
    """
    A name for `String(8)`: a type without conversions.
    """

    impl = String(8)
    cache_ok = True


class Everything(Base):
    __tablename__ = "everything"

    id: Mapped[int] = mapped_column(primary_key=True)
    whole: Mapped[int | None]
    exact: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    rough: Mapped[float | None] = mapped_column(Float)
    flag: Mapped[bool | None]
    word: Mapped[str | None] = mapped_column(String(30))
    day: Mapped[dt.date | None]
    clock: Mapped[dt.time | None]
    moment: Mapped[dt.datetime | None]
    zoned: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    span: Mapped[dt.timedelta | None]
    token: Mapped[UUID | None]
    token_text: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[Any] = mapped_column(JSON, nullable=True)
    color: Mapped[Color | None]
    size: Mapped[Size | None] = mapped_column(
        Enum(Size, values_callable=lambda cls: [str(each.value) for each in cls])
    )
    grade: Mapped[str | None] = mapped_column(Enum("a", "b", name="grade"))
    upper: Mapped[Any] = mapped_column(Upper, nullable=True)
    cents: Mapped[Decimal | None] = mapped_column(Cents)
    short: Mapped[str | None] = mapped_column(Short)


class Filled(Base):
    """
    Defaults of Python, of SQL and of the database, and a column that it computes.
    """

    __tablename__ = "filled"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str | None] = mapped_column(String(20), default="member")
    settings: Mapped[Any] = mapped_column(JSON, default={"theme": "dark"})
    stamp: Mapped[float | None] = mapped_column(default=lambda: 1.5)
    counted: Mapped[int | None] = mapped_column(default=text("40 + 2"))
    status: Mapped[str | None] = mapped_column(String(20), server_default="new")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    width: Mapped[int] = mapped_column(default=2)
    area: Mapped[int] = mapped_column(Computed("width * width"))


class Postgres(PostgresBase):
    __tablename__ = "postgres_types"

    id: Mapped[int] = mapped_column(primary_key=True)
    numbers: Mapped[Any] = mapped_column(
        postgresql.ARRAY(postgresql.INTEGER), nullable=True
    )
    grid: Mapped[Any] = mapped_column(
        postgresql.ARRAY(postgresql.INTEGER, dimensions=2), nullable=True
    )
    colors: Mapped[Any] = mapped_column(
        postgresql.ARRAY(Enum(Color, name="color")), nullable=True
    )
    document: Mapped[Any] = mapped_column(postgresql.JSONB, nullable=True)
    span: Mapped[Any] = mapped_column(postgresql.INT4RANGE, nullable=True)
    address: Mapped[Any] = mapped_column(postgresql.INET, nullable=True)
    words: Mapped[Any] = mapped_column(postgresql.TSVECTOR, nullable=True)
    pairs: Mapped[Any] = mapped_column(postgresql.BIT(3), nullable=True)
    wait: Mapped[dt.timedelta | None] = mapped_column(postgresql.INTERVAL)


@dataclass(frozen=True)
class Money:
    amount: int
    currency: str


class Spoken(types.TypeDecorator[Money]):
    """
    A value of two parts, stored as an array of text.
    """

    impl = postgresql.ARRAY(String)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        del dialect
        return None if value is None else [str(value.amount), value.currency]

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        del dialect
        return None if value is None else Money(int(value[0]), value[1])


class PostgresMore(PostgresBase):
    __tablename__ = "postgres_more"

    id: Mapped[int] = mapped_column(primary_key=True)
    texts: Mapped[Any] = mapped_column(postgresql.ARRAY(String), nullable=True)
    keys: Mapped[Any] = mapped_column(postgresql.ARRAY(Uuid), nullable=True)
    exact: Mapped[Any] = mapped_column(postgresql.ARRAY(Numeric(6, 2)), nullable=True)
    rough: Mapped[Any] = mapped_column(postgresql.ARRAY(Float), nullable=True)
    moments: Mapped[Any] = mapped_column(
        postgresql.ARRAY(DateTime(timezone=True)), nullable=True
    )
    blobs: Mapped[Any] = mapped_column(postgresql.ARRAY(LargeBinary), nullable=True)
    documents: Mapped[Any] = mapped_column(
        postgresql.ARRAY(postgresql.JSONB), nullable=True
    )
    prices: Mapped[Any] = mapped_column(postgresql.NUMRANGE, nullable=True)
    days: Mapped[Any] = mapped_column(postgresql.DATERANGE, nullable=True)
    times: Mapped[Any] = mapped_column(postgresql.TSTZRANGE, nullable=True)
    spans: Mapped[Any] = mapped_column(postgresql.INT4MULTIRANGE, nullable=True)
    mail: Mapped[str | None] = mapped_column(postgresql.DOMAIN("mail", String(40)))
    money: Mapped[Any] = mapped_column(Spoken, nullable=True)
    mood: Mapped[str | None] = mapped_column(
        postgresql.ENUM("happy", "sad", name="mood")
    )


class Tracked(Base):
    """
    Columns whose values tell when they are changed in place.
    """

    __tablename__ = "tracked"

    id: Mapped[int] = mapped_column(primary_key=True)
    settings: Mapped[Any] = mapped_column(MutableDict.as_mutable(JSON), default={})
    extra: Mapped[Any] = mapped_column(MutableDict.as_mutable(JSON), nullable=True)


class Shouting(Base):
    """
    A class that has its say when an attribute is set.
    """

    __tablename__ = "shouting"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str | None]

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value.upper() if name == "word" else value)
