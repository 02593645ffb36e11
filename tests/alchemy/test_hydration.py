"""
Records made of rows are as the unit of work leaves those that it flushed.
"""

import pytest

from sqlalchemy import ForeignKey, event, inspect
from sqlalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    attribute_keyed_dict,
    column_property,
    mapped_column,
    relationship,
)

from machina_lab import Lab, assoc, assoc_list, sequence


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    born: Mapped[int | None]
    role: Mapped[str] = mapped_column(default="member")
    level: Mapped[str] = mapped_column(server_default="new")
    notes: Mapped[str | None] = mapped_column(deferred=True)
    posts: Mapped[list["Post"]] = relationship(
        back_populates="author", foreign_keys="Post.author_id"
    )
    likes: DynamicMapped["Like"] = relationship(back_populates="author")
    badge: Mapped["Badge | None"] = relationship(back_populates="author")
    keyed: Mapped[dict[str, "Tag"]] = relationship(
        back_populates="author", collection_class=attribute_keyed_dict("name")
    )


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(
        back_populates="posts", foreign_keys=author_id
    )
    editor: Mapped[Author | None] = relationship(foreign_keys=editor_id)
    likes: Mapped[list["Like"]] = relationship(back_populates="post")


class Like(Base):
    __tablename__ = "likes"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    author: Mapped[Author] = relationship(back_populates="likes")
    post: Mapped[Post] = relationship(back_populates="likes")


class Badge(Base):
    __tablename__ = "badges"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="badge")


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="keyed")


Tag.shout = column_property(Tag.name + "!")


@pytest.fixture(name="lab")
def _lab(database):
    lab = Lab(database.create(Base))
    lab.factory(lambda: {"name": sequence("name")}, name="author", model=Author)
    lab.factory(
        lambda: {"title": "T", "author": assoc("author")}, name="post", model=Post
    )
    lab.factory(
        lambda: {"author": assoc("author"), "post": assoc("post")},
        name="like",
        model=Like,
    )
    lab.factory(lambda: {"author": assoc("author")}, name="badge", model=Badge)
    lab.factory(
        lambda: {"name": sequence("tag"), "author": assoc("author")},
        name="tag",
        model=Tag,
    )
    lab.factory(
        lambda: {"name": "N", "posts": assoc_list(2, "post", author=None)},
        name="writer",
        model=Author,
    )
    lab.factory(
        lambda: {
            "title": "T",
            "author": assoc("author"),
            "editor": lambda post: post.author,
        },
        name="edited",
        model=Post,
    )
    yield lab
    lab.repo.close()


def known(record, seen=()):
    """
    Return what SQLAlchemy knows of a record, and of those that it holds.
    """
    state = inspect(record)
    if id(record) in seen:
        return type(record).__name__
    seen = (*seen, id(record))
    held = {}
    for name, value in state.dict.items():
        link = state.mapper.relationships.get(name)
        if name == "_sa_instance_state" or (link and link.lazy == "dynamic"):
            # A dynamic association holds nothing but a mark of SQLAlchemy's own.
            continue
        many = isinstance(value, list | dict)
        items = (
            value.values() if isinstance(value, dict) else value if many else [value]
        )
        shown = [
            known(item, seen) if hasattr(item, "_sa_instance_state") else type(item)
            for item in items
        ]
        held[name] = shown if many else shown[0]
    columns = {each.key for each in state.mapper.column_attrs}
    return {
        "held": held,
        "asked for": sorted(state.expired_attributes & columns),
        "state": (state.persistent, state.modified, dict(state.committed_state)),
    }


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "factory", ["author", "post", "like", "badge", "tag", "writer", "edited"]
)
def test_as_flushed(lab, factory, count):
    """
    What is loaded, what will be asked for, what holds what: all the same.
    """
    flushed = lab.insert_list(count, factory, None, {"bulk": False})
    lab.repo.session.flush()
    before = [known(each) for each in flushed]
    made = [known(each) for each in lab.insert_list(count, factory)]

    assert before == made


def test_nothing_is_asked_for(lab):
    """
    Reading what is known, NULL too, sends nothing: it would fail where one must await.
    """
    post = lab.insert("post")
    sent = []
    engine = lab.repo.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *a: sent.append(a[2]))

    values = [post.pages, post.editor, post.author.born, post.author.role]
    values += [post.author.level, post.author.posts]

    assert [None, None, None, "member", "new", [post]] == values
    assert not sent


def test_a_parent_that_was_there_hears_nothing(lab):
    """
    A collection of a row that is given stays as it was, not loaded.
    """
    author = lab.insert("author")
    lab.insert_pair("post", author=author)

    assert "posts" not in inspect(author).dict
    assert 2 == len(author.posts)
