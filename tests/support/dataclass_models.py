"""
Classes whose constructor SQLAlchemy, SQLModel or the user writes.
"""

from __future__ import annotations

import datetime as dt

from dataclasses import InitVar
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    mapped_column,
    relationship,
)


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Reader(Base):
    """
    Required arguments, a key that the constructor refuses, defaults of both sorts.
    """

    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(default=None)
    role: Mapped[str] = mapped_column(String(20), default="member")
    level: Mapped[int] = mapped_column(insert_default=7, init=False)
    tags: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    loans: Mapped[list[Loan]] = relationship(
        back_populates="reader", default_factory=list
    )


class Loan(Base):
    """
    A foreign key and its association, both wanted by the constructor.
    """

    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id"))
    reader: Mapped[Reader] = relationship(back_populates="loans")
    due: Mapped[dt.date | None] = mapped_column(default=None)


class Review(Base):
    """
    An association that its constructor sets to None.
    """

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    text: Mapped[str | None] = mapped_column(default=None)
    reader_id: Mapped[int | None] = mapped_column(
        ForeignKey("readers.id"), default=None
    )
    reader: Mapped[Reader | None] = relationship(default=None)


class Account(Base):
    """
    An argument that is no attribute.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    password: InitVar[str]
    digest: Mapped[str] = mapped_column(init=False)

    def __post_init__(self, password: str) -> None:
        self.digest = f"#{len(password)}"


class Plain(DeclarativeBase):
    pass


class Temperature(Plain):
    """
    A constructor of the user's own, with other names than the attributes.
    """

    __tablename__ = "temperatures"

    id: Mapped[int] = mapped_column(primary_key=True)
    kelvin: Mapped[float]
    place: Mapped[str | None]

    def __init__(self, celsius: float = 0.0) -> None:
        self.kelvin = celsius + 273.15


class Strict(Plain):
    """
    A constructor that must be given something.
    """

    __tablename__ = "stricts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str | None]

    def __init__(self, secret: str) -> None:
        self.name = secret.upper()


class Swallowing(Plain):
    """
    A constructor that takes anything and forgets most of it.
    """

    __tablename__ = "swallowings"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str | None]

    def __init__(self, **options: Any) -> None:
        self.name = options.get("name", "nobody")
