"""
What is known of mapped classes while their mappers are not configured.
"""

import enum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    mapped_column,
    relationship,
)

from machina_lab.core.records import kind_of


class Kind(enum.Enum):
    short = 1
    long = 2


def models():
    """
    Return new classes, one of which waits for a class that is not there.
    """

    class Base(DeclarativeBase):
        pass

    class Author(Base):
        __tablename__ = "authors"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        posts: Mapped[list["Post"]] = relationship(back_populates="author")  # noqa: F821 - not there yet

    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[Kind | None]
        author_id: Mapped[int] = mapped_column("author", ForeignKey("authors.id"))
        author: Mapped["Author"] = relationship()
        by: Mapped[Author] = relationship(lambda: Author, overlaps="author")
        loud = column_property(author_id + 1)

    return Base, Author, Note


def test_tells_columns_and_associations_without_configuring():
    """
    Columns come first in the table's order, then associations, with what is known.
    """
    _, author, note = models()

    found = kind_of(note).outline(note)

    assert list(found) == ["id", "kind", "author_id", "loud", "author", "by"]
    assert [found[name].role for name in found] == [
        "key",
        "value",
        "foreign_key",
        "property",
        "to_one",
        "to_one",
    ]
    assert found["kind"].type.choices == tuple(Kind)
    assert found["kind"].nullable
    assert found["author"].target is author
    assert found["by"].target is None
    assert not note.__mapper__.configured


def test_a_class_that_is_not_there_yet_may_still_come():
    """
    Asking does not set off what SQLAlchemy would remember as failed for good.
    """
    base, author, _ = models()

    before = kind_of(author).outline(author)
    namespace = {
        "__tablename__": "posts",
        "__annotations__": {"author": Mapped[author]},
    }
    namespace["id"] = mapped_column(primary_key=True, type_=None)
    namespace["__annotations__"]["id"] = Mapped[int]
    namespace["author_id"] = mapped_column(ForeignKey("authors.id"))
    namespace["author"] = relationship(back_populates="posts")
    post = type("Post", (base,), namespace)

    assert before["posts"].role == "to_many"
    assert before["posts"].target is None
    assert kind_of(author).fields(author)["posts"].target is post


def test_is_all_there_is_to_know_once_configured():
    """
    As soon as nothing waits to be configured, the outline is the fields.
    """

    class Base(DeclarativeBase):
        pass

    class Plain(Base):
        __tablename__ = "plain"
        id: Mapped[int] = mapped_column(primary_key=True)

    full = kind_of(Plain).fields(Plain)

    assert kind_of(Plain).outline(Plain) == full
