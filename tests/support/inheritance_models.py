"""
One class hierarchy for each way of storing it: joined, single and concrete tables.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.ext.declarative import ConcreteBase
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    pets: Mapped[list[Animal]] = relationship(back_populates="owner")


class Animal(Base):
    """
    Joined tables: the subclass has a table of its own.
    """

    __tablename__ = "animals"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}  # noqa: RUF012 - SQLAlchemy's way

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owners.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="pets")
    collars: Mapped[list[Collar]] = relationship(back_populates="animal")


class Dog(Animal):
    __tablename__ = "dogs"
    __mapper_args__ = {"polymorphic_identity": "dog"}  # noqa: RUF012 - SQLAlchemy's way

    id: Mapped[int] = mapped_column(ForeignKey("animals.id"), primary_key=True)
    breed: Mapped[str] = mapped_column(default="mongrel")


class Collar(Base):
    """
    A parent may be of a subclass.
    """

    __tablename__ = "collars"

    id: Mapped[int] = mapped_column(primary_key=True)
    animal_id: Mapped[int | None] = mapped_column(ForeignKey("animals.id"))
    animal: Mapped[Animal | None] = relationship(back_populates="collars")


class Vehicle(Base):
    """
    A single table: the subclass's columns sit in it, empty for the others.
    """

    __tablename__ = "vehicles"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}  # noqa: RUF012 - SQLAlchemy's way

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    wheels: Mapped[int] = mapped_column(default=4)


class Truck(Vehicle):
    __mapper_args__ = {"polymorphic_identity": "truck"}  # noqa: RUF012 - SQLAlchemy's way

    load: Mapped[int | None]


class Shape(ConcreteBase, Base):
    """
    Concrete tables: each class has all columns in a table of its own.
    """

    __tablename__ = "shapes"
    __mapper_args__ = {"polymorphic_identity": "shape", "concrete": True}  # noqa: RUF012 - SQLAlchemy's way

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Circle(Shape):
    __tablename__ = "circles"
    __mapper_args__ = {"polymorphic_identity": "circle", "concrete": True}  # noqa: RUF012 - SQLAlchemy's way

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    radius: Mapped[float | None]
