"""
What is inserted is what would have been built, whichever way the rows are written.

Rows of plain classes are written without a unit of work; nothing that people said or
wrote may come out otherwise for it.
"""

import pytest

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from machina_lab import Lab, assoc, sequence
from machina_lab.errors import OptionError, UnknownAttributeError


class Base(DeclarativeBase):
    pass


class Writer(Base):
    __tablename__ = "writers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="writer")


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int | None]
    writer_id: Mapped[int] = mapped_column(ForeignKey("writers.id"))
    writer: Mapped[Writer] = relationship(back_populates="books")


class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    writer_id: Mapped[int] = mapped_column(ForeignKey("writers.id"))
    writer: Mapped[Writer] = relationship()


@pytest.fixture(name="lab")
def _lab(database):
    lab = Lab(database.create(Base))
    lab.factory(lambda: {"name": f"{lab.random.random()}"}, name="writer", model=Writer)

    @lab.factory(model=Book)
    def book():
        return {
            "title": sequence("title"),
            "pages": lab.random.randint(1, 500),
            "writer": assoc("writer"),
        }

    yield lab
    lab.repo.close()


WAYS = pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="by itself"),
        pytest.param({"bulk": False}, id="unit of work"),
        pytest.param({"bulk": True, "records": True}, id="bulk"),
    ],
)
COUNTS = pytest.mark.parametrize("count", [1, 3, 120])


@WAYS
@COUNTS
def test_seeds(lab, count, options):
    """
    Seeded values are those of a build, parents' too.
    """
    lab.seed(7)
    built = [(b.pages, b.writer.name) for b in lab.build_list(count, "book")]
    lab.seed(7)
    made = lab.insert_list(count, "book", None, options)

    assert built == [(each.pages, each.writer.name) for each in made]


@COUNTS
@pytest.mark.parametrize(
    "options", [{}, {"bulk": False}], ids=["by itself", "unit of work"]
)
def test_lazies_see_records(lab, count, options):
    """
    A parent is a record for a lazy, whatever it does with it.
    """
    seen = []

    @lab.factory(model=Book)
    def signed():
        def title(book):
            seen.append(type(book.writer))
            return f"By {book.writer.name}"

        return {"writer": assoc("writer"), "title": title}

    made = lab.insert_list(count, "signed", None, options)

    assert [Writer] * count == seen
    assert all(each.title == f"By {each.writer.name}" for each in made)


@WAYS
def test_lazies_that_insert(lab, options):
    """
    What a lazy inserts refers to the same parent, which is one row.
    """

    @lab.factory(model=Shelf)
    def shelf():
        return {
            "writer": assoc("writer"),
            "first_id": lambda shelf: lab.insert("book", writer=shelf.writer).id,
        }

    made = lab.insert_list(3, "shelf", None, options)

    assert {"books": 3, "shelves": 3, "writers": 3} == lab.pending
    books = {each.id: each for each in lab.repo.session.query(Book)}
    assert all(books[each.first_id].writer is each.writer for each in made)


def test_lazies_that_insert_for_rows(lab):
    """
    Also where no records are made.
    """

    @lab.factory(model=Shelf)
    def shelf():
        return {
            "writer": assoc("writer"),
            "first_id": lambda shelf: lab.insert("book", writer=shelf.writer).id,
        }

    made = lab.insert_list(3, "shelf", None, {"bulk": True})

    books = {each.id: each for each in lab.repo.session.query(Book)}
    assert 3 == len(books) == lab.repo.session.query(Writer).count()
    assert all(books[each["first_id"]].writer_id == each["writer_id"] for each in made)


@WAYS
def test_records_of_the_body(lab, options):
    """
    A body's own record takes an association that the caller gives.
    """
    lab.factory(lambda: Book(title="Own"), name="own")

    made = lab.insert_list(3, "own", {"writer": assoc("writer")}, options)

    assert 3 == len({each.writer.id for each in made})


@WAYS
def test_hooks_that_get_the_record(lab, options):
    """
    A hook that gets the record finds its parent there.
    """
    names = []

    def hook(book):
        names.append(book.writer.name)
        assert isinstance(book.writer, Writer)
        return book

    @lab.factory(model=Book, hooks={"after_build_struct": hook})
    def hooked():
        return {"title": "x", "writer": assoc("writer")}

    made = lab.insert_list(3, "hooked", None, options)

    assert names == [each.writer.name for each in made]


@WAYS
def test_strict_bodies(lab, options):
    """
    `strict="all"` minds what a body drops.
    """

    @lab.factory(model=Book, strict="all")
    def dropping(attrs):
        return {"title": "x", "writer": assoc("writer")}

    with pytest.raises(UnknownAttributeError):
        lab.insert_list(2, "dropping", {"pages": 3}, options)


@WAYS
def test_switched_off(lab, options):
    """
    A factory that makes no records is not inserted, also as a parent.
    """
    lab.factory(
        lambda: {"name": "x"}, name="params_only", model=Writer, build_struct=False
    )
    lab.factory(
        lambda: {"title": "x", "writer": assoc("params_only")}, name="of", model=Book
    )

    for name in ("params_only", "of"):
        with pytest.raises(OptionError, match="build_struct=False"):
            lab.insert_list(2, name, None, options)


@WAYS
@COUNTS
def test_collections(lab, count, options):
    """
    Children are found on their parents, and parents on their children.
    """
    made = lab.insert_list(count, "book", None, options)

    for each in made:
        assert each in each.writer.books
        assert each.writer in lab.repo.session
