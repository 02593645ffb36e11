"""
A library: a small schema with everything that an insert can stumble over.
"""

from __future__ import annotations

import datetime as dt

from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Table,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


book_tags = Table(
    "book_tags",
    Base.metadata,
    Column("book_id", ForeignKey("books.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Author(Base):
    """
    Has books, and a password nobody may see.
    """

    __tablename__ = "authors"
    __table_args__ = (CheckConstraint("born > 0", name="alive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(String(40), unique=True)
    password: Mapped[str | None] = mapped_column(String(20))
    role: Mapped[str | None] = mapped_column(default="member")
    born: Mapped[int | None]
    joined: Mapped[dt.datetime | None] = mapped_column(default=dt.datetime.now)
    origin: Mapped[str | None] = mapped_column(server_default=text("'earth'"))
    books: Mapped[list[Book]] = relationship(back_populates="author")


class Book(Base):
    """
    Belongs to an author, may have tags.
    """

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author | None] = relationship(back_populates="books")
    tags: Mapped[list[Tag]] = relationship(secondary=book_tags, back_populates="books")


class Tag(Base):
    """
    Many books have it.
    """

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    books: Mapped[list[Book]] = relationship(secondary=book_tags, back_populates="tags")


class Country(Base):
    """
    Its key is a text that nobody generates.
    """

    __tablename__ = "countries"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str | None]


class Shelf(Base):
    """
    Its key has two columns; one is the key of its room.
    """

    __tablename__ = "shelves"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    room: Mapped[Room] = relationship(back_populates="shelves")
    boxes: Mapped[list[Box]] = relationship(back_populates="shelf")


class Room(Base):
    """
    Has shelves; knows nothing else.
    """

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelves: Mapped[list[Shelf]] = relationship(back_populates="room")


class Box(Base):
    """
    Points to a key of two columns.
    """

    __tablename__ = "boxes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["room_id", "place"], ["shelves.room_id", "shelves.place"]
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int | None]
    place: Mapped[int | None]
    shelf: Mapped[Shelf | None] = relationship(back_populates="boxes")


class Node(Base):
    """
    A tree in one table.
    """

    __tablename__ = "nodes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
    parent: Mapped[Node | None] = relationship(
        back_populates="children", remote_side="Node.id"
    )
    children: Mapped[list[Node]] = relationship(back_populates="parent")


class Team(Base):
    """
    Needs a member as its captain, who needs the team.
    """

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    captain_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", name="captain", use_alter=True)
    )
    captain: Mapped[Member | None] = relationship(foreign_keys=captain_id)
    members: Mapped[list[Member]] = relationship(
        back_populates="team", foreign_keys="Member.team_id"
    )


class Member(Base):
    """
    Must be in a team.
    """

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    team: Mapped[Team] = relationship(back_populates="members", foreign_keys=team_id)


class Chicken(Base):
    """
    No chicken without an egg ...
    """

    __tablename__ = "chickens"

    id: Mapped[int] = mapped_column(primary_key=True)
    egg_id: Mapped[int] = mapped_column(
        ForeignKey("eggs.id", name="hatched", use_alter=True)
    )
    egg: Mapped[Egg] = relationship(foreign_keys=egg_id)


class Egg(Base):
    """
    ... and no egg without a chicken.
    """

    __tablename__ = "eggs"

    id: Mapped[int] = mapped_column(primary_key=True)
    chicken_id: Mapped[int] = mapped_column(ForeignKey("chickens.id"))
    chicken: Mapped[Chicken] = relationship(foreign_keys=chicken_id)


class Animal(Base):
    """
    The upper half of a row that lies in two tables.
    """

    __tablename__ = "animals"
    __mapper_args__: ClassVar[Any] = {
        "polymorphic_on": "kind",
        "polymorphic_identity": "animal",
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None]


class Cat(Animal):
    """
    The lower half.
    """

    __tablename__ = "cats"
    __mapper_args__: ClassVar[Any] = {"polymorphic_identity": "cat"}

    id: Mapped[int] = mapped_column(ForeignKey("animals.id"), primary_key=True)
    lives: Mapped[int] = mapped_column(default=9)
