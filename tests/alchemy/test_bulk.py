"""
Bulk: the same rows as ever, written past the unit of work.
"""

import gc

import pytest

from sqlalchemy import event, func, inspect, literal_column, null, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict

from machina_lab.alchemy import open_repo
from machina_lab.alchemy.bulkrows import BulkRows
from machina_lab.alchemy.plainness import sheet_of
from machina_lab.core.drafts import Draft
from machina_lab.errors import CastError, ForeignKeyConflictError, InsertError
from tests.support import graph_models
from tests.support.jobs import built, insert, job
from tests.support.library_models import (
    Author,
    Base,
    Book,
    Cat,
    Country,
    Node,
    Room,
    Shelf,
    Tag,
)
from tests.support.statements import statements


def draft(model, given=None, **attributes):
    return Draft(model, {**attributes, **(given or {})}, given or {})


def bulk(repo, *drafts, model=None, records=False, **rest):
    """
    Insert drafts in bulk.
    """
    options = {"bulk": True, "records": records}
    return repo.insert(
        job(
            lambda: [each.make() for each in drafts],
            model=model or drafts[0].model,
            drafts=lambda: iter(drafts),
            count=len(drafts),
            verb="insert_list",
            options=options,
            **rest,
        )
    )


class TestRows:
    def test_are_mappings_with_keys(self, library):
        """
        Rows come back as mappings with keys, defaults and values of the server.
        """
        rows = bulk(library, *[draft(Author, name=str(n)) for n in range(3)])

        assert isinstance(rows, BulkRows)
        assert [row["name"] for row in rows] == ["0", "1", "2"]
        assert {row["role"] for row in rows} == {"member"}
        assert {row["origin"] for row in rows} == {"earth"}
        assert library.column_values(Author.id) == [row["id"] for row in rows]

    def test_read_as_a_list(self, library):
        """
        They are read like a list of mappings, which is made only when somebody looks.
        """
        rows = bulk(library, *[draft(Tag, name=str(n)) for n in range(3)])

        assert len(rows) == 3
        assert rows[1]["name"] == "1"
        assert [row["name"] for row in rows[1:]] == ["1", "2"]
        assert rows == list(rows)
        assert repr(rows) == "<3 rows of Tag>"

    def test_parents_first(self, library):
        """
        Parents are written first and their keys copied.
        """
        rows = bulk(
            library,
            *[
                draft(Book, title=str(n), author=draft(Author, name=str(n)))
                for n in range(5)
            ],
        )

        assert library.pending == {"authors": 5, "books": 5}
        query = select(Book.title, Author.name).join(Author).order_by(Book.id)
        pairs = library.session.execute(query).all()
        assert [tuple(pair) for pair in pairs] == [(str(n), str(n)) for n in range(5)]
        assert [row["author_id"] for row in rows] == library.column_values(Author.id)

    def test_children(self, library):
        """
        Children are written after their parent, whatever parent they had by default.
        """
        bulk(library, draft(Author, books=[draft(Book, author=draft(Author))] * 1))

        assert library.pending == {"authors": 1, "books": 1}

    def test_parent_that_is_a_row(self, library):
        """
        A persisted parent is used by its key, None leaves the key empty.
        """
        author = insert(library, built(Author))

        rows = bulk(library, draft(Book, author=author), draft(Book, author=None))

        assert [row["author_id"] for row in rows] == [author.id, None]

    def test_built_parent_shared(self, library):
        """
        A built record that all share is one row.
        """
        author = built(Author)

        bulk(library, *[draft(Book, author=author) for _ in range(3)])

        assert library.pending == {"authors": 1, "books": 3}

    def test_values_are_cast(self, library):
        """
        Values are cast to their columns' types, and what does not fit is refused.
        """
        rows = bulk(library, draft(Author, born="1775"))
        assert rows[0]["born"] == 1775

        with pytest.raises(CastError, match=r"Author\.born"):
            bulk(library, draft(Author, born="long ago"))

    def test_explicit_none_is_null(self, library):
        """
        None is NULL where a client has the default, and the server's default elsewhere.
        """
        given = {"role": None, "origin": None}

        rows = bulk(library, draft(Author, given), draft(Author, origin="mars"))

        assert [(row["role"], row["origin"]) for row in rows] == [
            (None, "earth"),
            ("member", "mars"),
        ]

    def test_given_keys(self, library):
        """
        Keys that were given stay, also beside generated ones.
        """
        rows = bulk(library, draft(Author, {"id": 77}), draft(Author, name="any"))

        assert max(row["id"] for row in rows) >= 77
        assert sorted(library.column_values(Author.id)) == sorted(
            row["id"] for row in rows
        )

    def test_text_as_key(self, library):
        """
        A key that nothing generates is written if given, and named if not.
        """
        assert bulk(library, draft(Country, code="DE"))[0]["code"] == "DE"
        with pytest.raises(InsertError, match=r"Country\.code is a primary key"):
            bulk(library, draft(Country, name="Nowhere"))

    def test_key_of_two_columns(self, library):
        """
        A key that comes from a parent in part is put together.
        """
        rows = bulk(library, draft(Shelf, place=4, room=draft(Room)))

        assert rows[0]["place"] == 4
        assert library.column_values(Room.id) == [rows[0]["room_id"]]

    def test_tree(self, library):
        """
        A tree in one table is written level by level.
        """
        bulk(library, draft(Node, name="leaf", parent=draft(Node, name="root")))

        leaf = library.session.scalars(select(Node).where(Node.name == "leaf")).one()
        assert leaf.parent.name == "root"

    def test_order(self, library):
        """
        Rows come back in the order of the list, however they were written.
        """
        extra = [{"id": 90}, {}, {"tags": [built(Tag)]}, {"author": draft(Author)}, {}]
        drafts = [draft(Book, each, title=str(n)) for n, each in enumerate(extra)]

        rows = bulk(library, *drafts, drafts[1])

        assert [row["title"] for row in rows] == ["0", "1", "2", "3", "4", "1"]
        assert rows[0]["id"] == 90
        assert library.pending["books"] == 5

    def test_children_as_records_and_mappings(self, library):
        """
        Children that are made already, or given as mappings, are inserted all the same.
        """
        bulk(
            library,
            draft(
                Author, books=[built(Book, title="made"), draft(Book, title="draft")]
            ),
            draft(Author, books=[{"title": "mapping"}]),
            draft(Author, books=[]),
        )

        assert library.pending == {"authors": 3, "books": 3}

    @pytest.mark.parametrize("records", [False, True], ids=["rows", "records"])
    def test_one_draft_at_several_places(self, library, records):
        """
        A draft that several refer to is one row, whoever of them is written how.
        """
        author = draft(Author, name="Jane")
        tagged = draft(Book, title="made", author=author, tags=[built(Tag)])
        plain = draft(Book, title="row", author=author)

        bulk(library, plain, tagged, plain, records=records)

        assert library.pending == {"authors": 1, "books": 2, "tags": 1, "book_tags": 1}
        assert set(library.column_values(Book.author_id)) == {author.attributes["id"]}

        library.rollback()
        author = draft(Author, name="Emma")
        tagged = draft(Book, title="made", author=author, tags=[built(Tag)])
        leaf = draft(Node, name="leaf", parent=draft(Node, name="root"))

        bulk(library, tagged, draft(Book, author=author), model=Book, records=records)
        bulk(library, leaf, leaf.attributes["parent"], records=records)

        assert library.pending["authors"] == 1
        assert library.pending["nodes"] == 2

    def test_conflict(self, library):
        """
        A key and a parent that disagree are refused.
        """
        author = insert(library, built(Author))

        with pytest.raises(ForeignKeyConflictError, match="disagree"):
            bulk(library, draft(Book, {"author": author, "author_id": author.id + 1}))


class TestRecords:
    def test_are_persistent(self, library):
        """
        With `records` objects come back as if the session had flushed them.
        """
        books = bulk(
            library,
            *[draft(Book, title=str(n), author=draft(Author)) for n in range(3)],
            records=True,
        )

        with statements(library.engine) as sent:
            assert all(inspect(book).persistent for book in books)
            assert [book.author.id for book in books] == [b.author_id for b in books]
            assert {book.author.origin for book in books} == {"earth"}
        assert sent == []
        assert library.pending == {"authors": 3, "books": 3}

    def test_equal_the_ordinary_ones(self, library):
        """
        They hold what the unit of work would have left in them.
        """
        attributes = {"name": "Jane", "joined": None, "born": 1775}
        ordinary = insert(library, built(Author, attributes))
        (made,) = bulk(library, draft(Author, attributes), records=True)

        skip = {"_sa_instance_state", "id"}
        dicts = [
            {k: v for k, v in instance_dict(each).items() if k not in skip}
            for each in (ordinary, made)
        ]
        assert dicts[0] == dicts[1]

    def test_hold_their_children(self, library, database):
        """
        Parents hold their children and these their parent, with no SELECT.
        """
        database.create(graph_models.Base)
        authors = [
            draft(Author, name="Jane", books=[draft(Book, title=n) for n in "ab"]),
            draft(Author, name="Emma", books=[]),
        ]
        jane, emma = bulk(library, *authors, records=True)
        worker = draft(graph_models.Worker, desk=draft(graph_models.Desk))
        worker, idle = bulk(
            library, worker, draft(graph_models.Worker, desk=None), records=True
        )

        with statements(library.engine) as sent:
            assert [book.title for book in jane.books] == ["a", "b"]
            assert {book.author for book in jane.books} == {jane}
            assert emma.books == []
            assert worker.desk.worker is worker
            assert idle.desk is None
        assert sent == []
        assert not library.session.dirty

    def test_can_be_changed(self, library):
        """
        A change to one of them is flushed as an UPDATE of its row.
        """
        (author,) = bulk(library, draft(Author, name="Jane"), records=True)

        author.name = "Emma"
        library.session.flush()

        assert library.column_values(Author.name) == ["Emma"]

    def test_undo(self, library):
        """
        An undo makes them as if just built, and they can be inserted again.
        """
        book = draft(Book, title="x", author=draft(Author, name="Jane"))
        (record,) = bulk(library, book, records=True)

        library.undo()

        assert library.pending == {}
        assert inspect(record).transient
        assert (record.id, record.author_id, record.author.id) == (None, None, None)
        insert(library, record)
        assert record.author_id == record.author.id is not None

    def test_beside_others(self, library):
        """
        They live beside records that were inserted the ordinary way.
        """
        first = insert(library, built(Author, name="first"))
        (second,) = bulk(library, draft(Author, name="second"), records=True)
        third = insert(library, built(Author, name="third"))

        assert first.id < second.id < third.id


class TestOrdinaryWay:
    def test_hooks(self, library):
        """
        With insert hooks the ordinary way is taken; mappings come back all the same.
        """
        seen = []

        def after(record):
            seen.append(record.id)
            return record

        rows = bulk(library, draft(Author, name="Jane"), after=after)

        assert [row["id"] for row in rows] == seen
        assert rows[0]["name"] == "Jane"

    def test_listeners(self, library):
        """
        A class with a listener goes the ordinary way, and the listener is called.
        """
        seen = []

        def listener(_mapper, _connection, record):
            seen.append(record.name)

        event.listen(Tag, "before_insert", listener)
        try:
            bulk(library, draft(Tag, name="heard"))
        finally:
            event.remove(Tag, "before_insert", listener)

        assert seen == ["heard"]

    def test_parent_that_is_not_plain(self, library):
        """
        Only the class that is not plain goes the ordinary way.
        """

        def listener(_mapper, _connection, record):
            record.name = "set by a listener"

        event.listen(Author, "before_insert", listener)
        try:
            rows = bulk(library, draft(Book, author=draft(Author)))
        finally:
            event.remove(Author, "before_insert", listener)

        assert isinstance(rows, BulkRows)
        assert library.column_values(Author.name) == ["set by a listener"]

    def test_several_tables(self, library):
        """
        A record in two tables is not plain; its rows are written all the same.
        """
        assert sheet_of(Cat) == "Cat is in several tables"

        rows = bulk(library, draft(Cat, name="Tom"))

        assert rows[0]["lives"] == 9
        assert library.pending == {"animals": 1, "cats": 1}

    def test_keys_that_nobody_tells(self, sqlite):
        """
        Where keys are neither reserved nor returned, as on MySQL, objects are made.
        """
        repo = open_repo(sqlite.create(Base))
        for name in ("insert_returning", "insert_executemany_returning"):
            setattr(repo.engine.dialect, name, False)
        repo.engine.dialect.insert_executemany_returning_sort_by_parameter_order = False
        repo.connection().execution_options(schema_translate_map={"x": "main"})
        drafts = [draft(Book, author=draft(Author)), draft(Country, code="DE")]

        rows = bulk(repo, *drafts, model=Book)

        assert [rows[0]["author_id"]] == repo.column_values(Author.id)
        assert repo.pending == {"authors": 1, "books": 1, "countries": 1}
        repo.close()

    def test_expressions(self, library):
        """
        A value that the database works out goes the ordinary way, by itself.
        """
        rows = bulk(
            library,
            draft(Author, name="plain", born=7),
            draft(Author, name=func.upper("loud"), born=literal_column("40 + 2")),
            draft(Author, name=null(), born=8),
        )

        assert [row["born"] for row in rows] == [7, 42, 8]
        assert library.column_values(Author.name) == ["plain", "LOUD", None]

    def test_partners(self, library):
        """
        Many-to-many partners are inserted the ordinary way.
        """
        bulk(library, draft(Book, tags=[draft(Tag)]))

        assert library.pending == {"books": 1, "tags": 1, "book_tags": 1}

    def test_caller_session_with_a_listener(self, database):
        """
        A session's listener is not skipped either.
        """
        seen = []
        with Session(database.create(Base)) as session:
            event.listen(session, "before_flush", lambda *_: seen.append(1))
            repo = open_repo(session)

            bulk(repo, draft(Author, name="Jane"))

            assert seen
            repo.close()


class TestAutomatic:
    def insert_many(self, repo, count, **rest):
        drafts = [draft(Tag, name=str(n)) for n in range(count)]
        build = lambda: [each.make() for each in drafts]
        return repo.insert(
            job(
                build,
                model=Tag,
                drafts=lambda: drafts,
                count=count,
                verb="insert_list",
                **rest,
            )
        )

    @pytest.mark.parametrize("count", [1, 2, 60, 2000])
    def test_however_many(self, library, count):
        """
        Plain records are written as rows by themselves, and records come back.
        """
        with statements(library.engine) as sent:
            records = self.insert_many(library, count)

        assert len(sent) < 10
        assert all(inspect(each).persistent for each in records)
        assert len(records) == count

    def test_few_take_few_statements(self, library):
        """
        One INSERT, and on SQLite what reserves the keys: a distant server costs little.
        """
        with statements(library.engine) as sent:
            self.insert_many(library, 5)

        assert len(sent.starting("insert")) == 1
        assert len(sent) == (3 if library.engine.dialect.name == "sqlite" else 1)

    def test_switched_off(self, sqlite):
        """
        `bulk=False` means the unit of work, however long the list.
        """
        sqlite.create(Base)
        repo = open_repo(sqlite.address)
        with statements(repo.engine) as sent:
            self.insert_many(repo, 100, options={"bulk": False})

        assert len(sent.starting("insert")) == 100
        repo.close()

    def test_collector_is_put_back(self, library):
        """
        The garbage collector runs again afterwards, also after a failure.
        """
        self.insert_many(library, 2000)
        assert gc.isenabled()

        with pytest.raises(CastError, match="name"):
            bulk(library, *[draft(Tag, name=5)] * 2000)
        assert gc.isenabled()


class TestFaults:
    def test_unique_violation(self, library):
        """
        A violation anywhere takes back all of the call and nothing of earlier ones.
        """
        insert(library, built(Author, email="taken"))
        drafts = [draft(Author, email=f"{n}") for n in range(50)]

        with pytest.raises(Exception, match=r"(?i)unique|duplicate") as caught:
            bulk(library, *drafts, draft(Author, email="taken"), factory="author")

        assert type(caught.value).__name__ == "IntegrityError"
        assert "factory 'author'" in caught.value.__notes__[0]
        assert library.column_values(Author.email) == ["taken"]
        bulk(library, draft(Author, email="free"))
        assert library.pending == {"authors": 2}

    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            (lambda: draft(Author, born=-5), "(?i)check|alive"),
            (lambda: draft(Author, email="x" * 100), "too long"),
            (lambda: draft(Book, {"author_id": 999}), "(?i)foreign key"),
            (lambda: draft(Country, {"code": None}), "(?i)null|primary key"),
        ],
        ids=["check", "too long", "foreign key", "no key"],
    )
    def test_refused_row(self, database, bad, message):
        """
        Whatever is refused in the middle: nothing of the call stays, and it goes on.
        """
        if database.dialect == "sqlite" and message == "too long":
            pytest.skip("SQLite stores it")
        repo = open_repo(database.create(Base))
        insert(repo, built(Tag))
        good = [draft(Author, name=str(n)) for n in range(5)]

        with pytest.raises((DBAPIError, InsertError), match=message) as caught:
            bulk(repo, *good, bad(), *good, factory="mixed")

        if isinstance(caught.value, DBAPIError):
            assert "factory 'mixed'" in caught.value.__notes__[0]
        assert repo.pending == {"tags": 1}
        assert repo.column_values(Author.id) == []
        bulk(repo, *good)
        assert repo.pending == {"tags": 1, "authors": 5}
        repo.close()

    def test_parent_of_another_session(self, library):
        """
        The guards hold in bulk, too: rows of other sessions are not referred to.
        """
        with Session(library.engine) as other:
            author = Author(name="theirs")
            other.add(author)
            other.flush()

            with pytest.raises(InsertError, match="belongs to another session"):
                bulk(library, draft(Book, author=author))
            other.rollback()

        assert library.pending == {}

    def test_missing_table(self, library):
        """
        A table that is not there.
        """
        library.connection().execute(text("drop table book_tags"))
        library.connection().execute(text("drop table tags"))
        library.commit()

        with pytest.raises(DBAPIError, match=r"no such|does not exist|doesn't exist"):
            bulk(library, draft(Tag))

        bulk(library, draft(Author))
        assert library.pending == {"authors": 1}

    def test_undo_and_rollback(self, library, database):
        """
        Rows written in bulk are part of the transaction like all others.
        """
        bulk(library, draft(Author), draft(Author))
        library.undo()
        assert library.column_values(Author.id) == []
        bulk(library, draft(Author))
        library.rollback()
        assert database.count("authors") == 0
        bulk(library, draft(Author))
        library.commit()
        assert database.count("authors") == 1

    def test_numbers_with_gaps(self, postgres):
        """
        A sequence that skips numbers, or gives some to others meanwhile, is followed.
        """
        postgres.create(Base)
        repo = open_repo(postgres.address)
        sequence = "alter sequence authors_id_seq increment by 10"
        repo.connection().execute(text(sequence))

        rows = bulk(repo, *[draft(Book, author=draft(Author)) for _ in range(3)])

        assert repo.column_values(Author.id) == [1, 11, 21]
        assert [row["author_id"] for row in rows] == [1, 11, 21]
        assert [row["id"] for row in rows] == [1, 2, 3]
        repo.rollback()
        repo.close()

    def test_the_next_key_is_free(self, library):
        """
        Keys that were reserved do not meet those that the database makes next.
        """
        bulk(library, draft(Author), draft(Author))
        library.connection().execute(text("insert into authors (name) values ('x')"))
        insert(library, built(Author))

        assert len(library.column_values(Author.id)) == 4


def test_a_page_at_a_time(library, monkeypatch):
    """
    Drafts are worked out page by page: they are not in memory together.
    """
    monkeypatch.setattr("machina_lab.alchemy.bulk.PAGE", 10)
    alive = []

    def drafts():
        for n in range(35):
            alive.append(n)
            yield draft(Tag, name=str(n))

    rows = library.insert(
        job(
            list,
            model=Tag,
            drafts=drafts,
            count=35,
            verb="insert_list",
            options={"bulk": True},
        )
    )

    assert [row["name"] for row in rows] == [str(n) for n in range(35)]
    assert library.pending == {"tags": 35}
