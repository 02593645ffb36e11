"""
Primary and foreign keys of every sort.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Sequence,
    String,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Country(Base):
    """
    A natural key that nothing generates.
    """

    __tablename__ = "countries"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str]


class Floor(Base):
    """
    A composite key; columns are called otherwise than attributes.
    """

    __tablename__ = "floors"

    building: Mapped[str] = mapped_column("bldg", String(10), primary_key=True)
    level: Mapped[int] = mapped_column("lvl", primary_key=True, autoincrement=False)
    rooms: Mapped[list[Room]] = relationship(back_populates="floor")


class Room(Base):
    """
    A composite foreign key.
    """

    __tablename__ = "rooms"
    __table_args__ = (
        ForeignKeyConstraint(["bldg", "lvl"], ["floors.bldg", "floors.lvl"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    building: Mapped[str | None] = mapped_column("bldg", String(10))
    level: Mapped[int | None] = mapped_column("lvl")
    floor: Mapped[Floor | None] = relationship(back_populates="rooms")


class Tenant(Base):
    __tablename__ = "tenants"

    id: Mapped[int] = mapped_column(primary_key=True)


class Member(Base):
    """
    A key of two columns, one of them a foreign key.
    """

    __tablename__ = "members"

    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[Tenant] = relationship()


class Badge(Base):
    """
    Two foreign keys that share a column.
    """

    __tablename__ = "badges"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "member_number"], ["members.tenant_id", "members.number"]
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    member_number: Mapped[int | None]
    tenant: Mapped[Tenant] = relationship(overlaps="member")
    member: Mapped[Member | None] = relationship(overlaps="tenant")


class Token(Base):
    """
    A key that Python makes.
    """

    __tablename__ = "tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    label: Mapped[str | None]


class Passport(Base):
    """
    A key that is the parent's key.
    """

    __tablename__ = "passports"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("tokens.id"), primary_key=True)
    number: Mapped[str | None]
    token: Mapped[Token] = relationship()


class Ticket(Base):
    """
    An identity column.
    """

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(Identity(start=100), primary_key=True)
    title: Mapped[str | None]


class Invoice(Base):
    """
    A key from a sequence, where the database has them.
    """

    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(Sequence("invoice_numbers"), primary_key=True)
    title: Mapped[str | None]


class Locale(Base):
    """
    A key with a default of the database.
    """

    __tablename__ = "locales"

    code: Mapped[str] = mapped_column(
        String(5), primary_key=True, server_default=text("'en'")
    )
    name: Mapped[str | None]


class Stamp(Base):
    """
    Joined without a foreign key in the database, to a column that is no key.
    """

    __tablename__ = "stamps"

    id: Mapped[int] = mapped_column(primary_key=True)
    country_name: Mapped[str | None]
    country: Mapped[Country | None] = relationship(
        primaryjoin="foreign(Stamp.country_name) == Country.name"
    )
