"""
Classes that know nothing of SQLAlchemy, mapped from outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import registry, relationship


mappers = registry()
metadata = mappers.metadata


class Bare:
    """
    No constructor at all.
    """


class Publisher:
    """
    A constructor that takes some of the columns.
    """

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass
class Book:
    """
    An ordinary dataclass.
    """

    title: str
    pages: int | None = None
    publisher: Publisher | None = None
    id: int | None = None
    chapters: list[Any] = field(default_factory=list)


@dataclass
class Chapter:
    title: str


bares = Table(
    "bares",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
)
publishers = Table(
    "imperative_publishers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("city", String(20), default="Paris"),
)
books = Table(
    "books",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(20)),
    Column("pages", Integer),
    Column("publisher_id", ForeignKey("imperative_publishers.id")),
)
chapters = Table(
    "chapters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(20)),
    Column("book_id", ForeignKey("books.id")),
)

mappers.map_imperatively(Bare, bares)
mappers.map_imperatively(
    Publisher,
    publishers,
    properties={"books": relationship(Book, back_populates="publisher")},
)
mappers.map_imperatively(
    Book,
    books,
    properties={
        "publisher": relationship(Publisher, back_populates="books"),
        "chapters": relationship(Chapter),
    },
)
mappers.map_imperatively(Chapter, chapters)
