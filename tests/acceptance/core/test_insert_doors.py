"""
One factory, many doors to the database: every one of them writes the same rows.
"""

import datetime as dt

from uuid import UUID

import pytest

from sqlalchemy import select

from machina_lab import Lab, assoc, assoc_list, sequence, sequences
from tests.support.embeds import Author, ImageContent, Link
from tests.support.exmachina import add_factories
from tests.support.models import (
    Article,
    Base,
    Comment,
    Document,
    Label,
    Publisher,
    Status,
    User,
)


COUNT = 3


def add_more(lab):
    add_factories(lab)

    @lab.factory(model=User)
    def rich_user():
        return {"name": sequence("rich"), "net_worth": "12.50", "admin": "true"}

    @lab.factory(model=Article)
    def full_article():
        return {
            "title": lambda it: f"by {it.author.name}",
            "visits": 7,
            "published_at": "2024-01-02T03:04:05",
            "author": assoc("rich_user"),
            "editor": assoc("rich_user", name="Ed"),
            "publisher": assoc("publisher"),
            "comments": assoc_list(2, "talk"),
        }

    @lab.factory(model=Comment)
    def talk():
        return {
            "author": Author(name="Al", salary=10.3, id=UUID(int=1)),
            "links": [Link(url="u", rating=4.5, id=UUID(int=2))],
        }

    @lab.factory(model=Document)
    def rich_document():
        return {
            "title": sequence("doc"),
            "status": "published",
            "labels": ["internal", Label.public],
            "attachments": [ImageContent(url="u", taken_on=dt.date(2024, 5, 6))],
            "author": assoc("rich_user"),
        }

    @lab.factory
    def made_by_hand():
        publisher = Publisher(pub_number=sequence("hand"))
        return Article(title="By hand", publisher=publisher, author=User(name="H"))

    @lab.factory(model=User)
    def writer():
        return {
            "name": sequence("writer"),
            "articles": assoc_list(2, "article", author=None),
        }

    return lab


NAMES = (
    *("user", "publisher", "article", "document", "rich_user", "full_article"),
    *("talk", "rich_document", "made_by_hand", "writer"),
)


def of_the_lab(lab, name):
    lab.insert_list(COUNT, name)


def one_by_one(lab, name):
    for _ in range(COUNT):
        lab.insert(name)


def built_first(lab, name):
    for _ in range(COUNT):
        lab.insert(lab.build(name))


def built_together(lab, name):
    for record in lab.build_list(COUNT, name):
        lab.insert(record)


def pair_and_one(lab, name):
    lab.insert_pair(name)
    lab.factories()[name].insert()


def generated(lab, name):
    getattr(lab, f"insert_{name}_list")(COUNT)


def child(lab, name):
    Lab(extends=lab).insert_list(COUNT, name)


def hooked(lab, name):
    lab.hook("before_insert")(lambda record: record)
    lab.hook("after_insert")(lambda record: record)
    lab.insert_list(COUNT, name)


def bulk(lab, name):
    lab.insert_list(COUNT, name, None, {"bulk": True})


def bulk_records(lab, name):
    lab.insert_list(COUNT, name, None, {"bulk": True, "records": True})


def returning(lab, name):
    lab.insert_list(COUNT, name, None, {"returning": True})


def after_an_undo(lab, name):
    lab.insert_list(2, name)
    lab.undo()
    sequences.reset()
    lab.insert_list(COUNT, name)


DOORS = (
    *(one_by_one, built_first, built_together, pair_and_one, generated, child, hooked),
    *(bulk, bulk_records, returning, after_an_undo),
)


def written(memory, door, name):
    """
    Return all rows that *door* leaves in a new database, by table.
    """
    engine = memory.open()
    Base.metadata.create_all(engine)
    with sequences.isolated():
        lab = add_more(Lab(engine))
        door(lab, name)
        lab.commit()
    with engine.connect() as connection:
        return {
            table: list(connection.execute(select(table).order_by(*table.primary_key)))
            for table in Base.metadata.sorted_tables
        }


def content(rows):
    """
    Return rows by table without their keys: a foreign key is the row that it names.

    Who numbers the rows of one table in which order is nobody's promise.
    """
    plain = {}
    for table, found in rows.items():
        plain[table.name] = {
            row[0]: [
                plain[key.column.table.name].get(value)
                if (key := next(iter(column.foreign_keys), None)) is not None
                else value
                for column, value in zip(table.columns, row, strict=True)
                if not column.primary_key
            ]
            for row in found
        }
    return {name: sorted(map(repr, made.values())) for name, made in plain.items()}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_every_door_writes_the_same_rows(memory, name, door):
    """
    Rows and links are the same as those of a plain `insert_list`.
    """
    expected = content(written(memory, of_the_lab, name))

    got = content(written(memory, door, name))

    assert COUNT <= sum(map(len, expected.values()))
    assert expected == got


def test_rows_are_what_was_asked_for(memory):
    """
    What the doors agree on is right: cast, linked, complete.
    """
    written_rows = written(memory, of_the_lab, "rich_document")
    rows = {table.name: found for table, found in written_rows.items()}

    assert [("rich0", True), ("rich1", True), ("rich2", True)] == [
        (row.name, row.admin) for row in rows["users"]
    ]
    assert [1, 2, 3] == [row.author_id for row in rows["documents"]]
    assert {Status.published} == {row.status for row in rows["documents"]}
    assert [Label.internal, Label.public] == rows["documents"][0].labels
