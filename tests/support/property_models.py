"""
Attributes that are more, or called otherwise, than a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ForeignKey, String, func, select, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    composite,
    mapped_column,
    relationship,
    synonym,
    validates,
)


class Base(DeclarativeBase):
    pass


@dataclass(frozen=True)
class Point:
    x: int
    y: int


class Actor(Base):
    """
    Synonym, hybrids, properties, SQL expressions, deferred and renamed columns.
    """

    __tablename__ = "actors"

    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str | None]
    last: Mapped[str | None]
    meta_: Mapped[str | None] = mapped_column("metadata")
    biography: Mapped[str | None] = mapped_column(deferred=True)
    version: Mapped[int] = mapped_column()
    name_length: Mapped[int] = column_property(func.length(text("first")))
    surname = synonym("last")

    kinds: ClassVar[tuple[str, ...]] = ("film", "stage")
    nickname = None

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's way

    @hybrid_property
    def full_name(self) -> str:
        return f"{self.first} {self.last}"

    @full_name.inplace.setter
    def _set_full_name(self, value: str) -> None:
        self.first, self.last = value.split(" ", 1)

    @hybrid_property
    def initials(self) -> str:
        return self.first[:1] + self.last[:1]

    @property
    def shouted(self) -> str:
        return self.full_name.upper()

    @property
    def biography_lines(self) -> list[str]:
        return (self.biography or "").splitlines()

    @biography_lines.setter
    def biography_lines(self, lines: list[str]) -> None:
        self.biography = "\n".join(lines)

    @validates("first")
    def _check_first(self, _: str, value: str) -> str:
        if value == "nobody":
            raise ValueError("an actor is somebody")
        return value

    def greet(self) -> str:
        return f"Hello, {self.first}"


class Pin(Base):
    """
    Two columns seen as one value.
    """

    __tablename__ = "pins"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Point] = composite(mapped_column("x"), mapped_column("y"))


class Odd(Base):
    """
    Names that must be quoted.
    """

    __tablename__ = "Order"

    id: Mapped[int] = mapped_column("Id", primary_key=True)
    select: Mapped[str | None] = mapped_column("select", String(10))
    mixed: Mapped[str | None] = mapped_column("MixedCase")
    spaced: Mapped[str | None] = mapped_column("with space")
    user: Mapped[int | None] = mapped_column("user", ForeignKey("Order.Id"))
    group: Mapped[Odd | None] = relationship(remote_side="Odd.id")


class Play(Base):
    """
    An expression over another table.
    """

    __tablename__ = "property_plays"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("actors.id"))
    lead: Mapped[Actor | None] = relationship()
    lead_name = column_property(
        select(Actor.first).where(Actor.id == lead_id).scalar_subquery()
    )
