"""
SQLModel tables.

No postponed annotations here: SQLModel reads them while the class is made.
"""

from decimal import Decimal
from enum import Enum
from typing import Optional
from uuid import UUID, uuid4

from sqlmodel import Field, MetaData, Relationship, SQLModel


class Base(SQLModel):
    """
    Tables with a collection of their own.
    """

    metadata = MetaData()


class Rank(Enum):
    low = "l"
    high = "h"


class Squad(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, max_length=40)
    heroes: list["Hero"] = Relationship(back_populates="squad")


class Hero(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    age: int | None = None
    rank: Rank = Rank.low
    pay: Decimal = Field(default=0, max_digits=8, decimal_places=2)
    secret: UUID = Field(default_factory=uuid4)
    squad_id: int | None = Field(default=None, foreign_key="squad.id")
    squad: Optional["Squad"] = Relationship(back_populates="heroes")
