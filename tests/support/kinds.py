"""
One small class per kind of record, all with the same two fields.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import attrs

from pydantic import BaseModel, ConfigDict
from sqlalchemy import String
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    mapped_column,
)
from sqlmodel import Field as SQLField
from sqlmodel import SQLModel


@dataclass
class DataclassUser:
    """
    An ordinary dataclass.
    """

    name: str
    role: str = "member"


@dataclass(frozen=True, slots=True)
class FrozenUser:
    """
    A dataclass that cannot be changed.
    """

    name: str
    role: str = "member"


@dataclass(kw_only=True)
class KeywordUser:
    """
    A dataclass whose arguments go by name only.
    """

    name: str
    role: str = "member"


@attrs.define
class AttrsUser:
    """
    An attrs class with slots.
    """

    name: str
    role: str = "member"


@attrs.frozen
class FrozenAttrsUser:
    """
    An attrs class that cannot be changed.
    """

    name: str
    role: str = "member"


class PydanticUser(BaseModel):
    """
    A pydantic model.
    """

    name: str
    role: str = "member"


class FrozenPydanticUser(BaseModel):
    """
    A pydantic model that cannot be changed.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    role: str = "member"


class SQLModelUser(SQLModel):
    """
    A SQLModel without a table.
    """

    name: str
    role: str = "member"


class NamedUser(NamedTuple):
    """
    A named tuple.
    """

    name: str
    role: str = "member"


class PlainUser:
    """
    A class as one writes it by hand.
    """

    def __init__(self, name: str, role: str = "member") -> None:
        self.name = name
        self.role = role


class SlottedUser:
    """
    A plain class without a `__dict__`.
    """

    __slots__ = ("name", "role")

    def __init__(self, name: str, role: str = "member") -> None:
        self.name = name
        self.role = role


class Base(DeclarativeBase):
    """
    Tables of the mapped kinds.
    """


class MappedUser(Base):
    """
    A mapped class.
    """

    __tablename__ = "kind_users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    role: Mapped[str] = mapped_column(String(50), default="member")


class DataclassBase(MappedAsDataclass, DeclarativeBase):
    """
    Tables of the mapped dataclasses.
    """


class MappedDataclassUser(DataclassBase):
    """
    A mapped dataclass.
    """

    __tablename__ = "kind_dataclass_users"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(50))
    role: Mapped[str] = mapped_column(String(50), default="member")


class TableUser(SQLModel, table=True):
    """
    A SQLModel with a table.
    """

    __tablename__ = "kind_table_users"

    id: int | None = SQLField(default=None, primary_key=True)
    name: str
    role: str = "member"


@dataclass(frozen=True)
class Kind:
    """
    One kind of record: how a body makes it, and how a test reads it.
    """

    name: str
    model: type
    checks_names: bool = True

    def __str__(self) -> str:
        """
        Return the name, for the ids of tests.
        """
        return self.name

    def make(self, **attributes: Any) -> Any:
        """
        Return a record as a factory's body would make it.
        """
        return self.model(**attributes)

    @property
    def get(self) -> Callable[[Any, str], Any]:
        """
        Return what reads an attribute of such a record.
        """
        return dict.__getitem__ if self.model is dict else getattr


KINDS = [
    Kind("dict", dict, checks_names=False),
    Kind("dataclass", DataclassUser),
    Kind("frozen dataclass", FrozenUser),
    Kind("keyword-only dataclass", KeywordUser),
    Kind("attrs", AttrsUser),
    Kind("frozen attrs", FrozenAttrsUser),
    Kind("pydantic", PydanticUser),
    Kind("frozen pydantic", FrozenPydanticUser),
    Kind("SQLModel", SQLModelUser),
    Kind("named tuple", NamedUser),
    Kind("plain class", PlainUser),
    Kind("slotted class", SlottedUser),
    Kind("mapped", MappedUser),
    Kind("mapped dataclass", MappedDataclassUser),
    Kind("SQLModel table", TableUser),
]
