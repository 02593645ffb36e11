"""
What an insert inserts: exactly what was asked for, and nothing by accident.
"""

import pytest

from sqlalchemy import create_engine, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, make_transient

from machina_lab import Lab
from machina_lab.errors import ForeignKeyConflictError, InsertError, OptionError
from tests.support import graph_models
from tests.support.jobs import built, insert, job
from tests.support.library_models import (
    Author,
    Book,
    Box,
    Cat,
    Chicken,
    Country,
    Egg,
    Member,
    Node,
    Room,
    Shelf,
    Tag,
    Team,
)
from tests.support.statements import statements


class TestWhatGoesAlong:
    def test_parents(self, library):
        """
        A built parent is inserted first and its key copied.
        """
        book = insert(library, built(Book, author=built(Author, name="Jane")))

        assert library.pending == {"authors": 1, "books": 1}
        assert book.author_id == book.author.id is not None

    def test_children(self, library):
        """
        Children that were given go along.
        """
        author = insert(library, built(Author, books=[built(Book), built(Book)]))

        assert library.pending == {"authors": 1, "books": 2}
        assert {book.author_id for book in author.books} == {author.id}

    def test_partners(self, library):
        """
        Many-to-many partners go along, and the rows between are counted.
        """
        insert(library, built(Book, tags=[built(Tag), built(Tag)]))

        assert library.pending == {"books": 1, "tags": 2, "book_tags": 2}

    def test_mapping(self, library):
        """
        A mapping in an association becomes a record that goes along.
        """
        insert(library, built(Book, author={"name": "Jane"}))

        assert library.pending == {"authors": 1, "books": 1}

    def test_not_siblings(self, library):
        """
        A sibling that only shares the built parent stays where it is.
        """
        author = built(Author)
        first = built(Book, {"author": author})
        second = built(Book, {"author": author})

        insert(library, first)

        assert library.pending == {"authors": 1, "books": 1}
        assert inspect(second).transient
        assert second.author is author
        insert(library, second)
        assert library.pending == {"authors": 1, "books": 2}
        assert second.author_id == author.id

    def test_not_siblings_made_by_hand(self, library):
        """
        That holds for records made without the lab too.
        """
        author = Author()
        first, second = Book(author=author), Book(author=author)

        insert(library, first)

        assert library.pending == {"authors": 1, "books": 1}
        assert author.books == [first, second]
        insert(library, second)
        assert library.pending == {"authors": 1, "books": 2}

    def test_not_what_points_to_a_parent(self, library):
        """
        Inserting a parent leaves the children that name it out.
        """
        author = built(Author)
        book = built(Book, author=author)

        insert(library, author)

        assert library.pending == {"authors": 1}
        assert inspect(book).transient

    def test_not_partners_that_point_here(self, library):
        """
        A tag does not drag in the books that name it.
        """
        tag = built(Tag)
        first, second = built(Book, tags=[tag]), built(Book, tags=[tag])

        insert(library, first)

        assert library.pending == {"books": 1, "tags": 1, "book_tags": 1}
        insert(library, second)
        assert library.pending == {"books": 2, "tags": 1, "book_tags": 2}

    def test_child_appended_by_hand(self, library):
        """
        A child that was appended to a built parent goes along.
        """
        author = built(Author)
        author.books.append(Book(title="by hand"))
        author.books.append(built(Book, title="built"))

        insert(library, author)

        assert library.pending == {"authors": 1, "books": 2}

    def test_child_moved_by_hand(self, library):
        """
        A child that was built with another parent, then appended here, goes along.
        """
        author = built(Author)
        book = built(Book, author=built(Author))
        author.books.append(book)

        insert(library, author)

        assert library.pending == {"authors": 1, "books": 1}
        assert book.author_id == author.id

    def test_shared_parent_is_one_row(self, library):
        """
        A built record shared by several items is one row.
        """
        author = built(Author)

        insert(library, *[built(Book, {"author": author}) for _ in range(3)])

        assert library.pending == {"authors": 1, "books": 3}

    def test_inheritance_in_two_tables(self, library):
        """
        A record in two tables is a row in each.
        """
        cat = insert(library, built(Cat, name="Tom"))

        assert library.pending == {"animals": 1, "cats": 1}
        assert (cat.kind, cat.lives) == ("cat", 9)

    def test_tree(self, library):
        """
        A tree in one table goes along to its leaves.
        """
        root = built(Node, children=[built(Node, children=[built(Node)])])

        insert(library, root)

        assert library.pending == {"nodes": 3}

    def test_the_same_partner_twice_is_told_and_leaves_no_trace(self, library):
        """
        The join table refuses; what was inserted before stays, and one can go on.
        """
        insert(library, built(Book))
        tag = built(Tag)

        with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate"):
            insert(library, built(Book, tags=[tag, tag]))

        assert library.pending == {"books": 1}
        insert(library, built(Book, tags=[tag]))
        assert library.pending == {"books": 2, "tags": 1, "book_tags": 1}


class TestParentsThatAreRows:
    def test_used_not_saved_again(self, library):
        """
        A persisted parent is used by its key.
        """
        author = insert(library, built(Author))

        book = insert(library, built(Book, {"author": author}))

        assert library.pending == {"authors": 1, "books": 1}
        assert book.author_id == author.id

    def test_collection_is_read_anew(self, library):
        """
        The parent's collection shows what was inserted, and nothing that was not.
        """
        author = insert(library, built(Author, books=[built(Book)]))
        assert len(author.books) == 1
        left = built(Book, {"author": author})

        insert(library, built(Book, {"author": author}))

        assert len(author.books) == 2
        assert left not in author.books

    def test_by_hand_beside_a_row(self, library):
        """
        Records made by hand beside a row neither warn nor come along.
        """
        author = insert(library, built(Author, books=[built(Book)]))
        first, second = Book(author=author), Book(author=author)

        insert(library, first)
        insert(library, built(Author))

        assert library.pending == {"authors": 2, "books": 2}
        assert inspect(second).transient

    def test_detached(self, library):
        """
        A detached parent is used by its key and stays detached.
        """
        author = insert(library, built(Author))
        library.session.expunge(author)

        book = insert(library, built(Book, {"author": author}))

        assert book.author_id == author.id
        assert book.author is author
        assert inspect(author).detached

    def test_detached_and_by_hand(self, library):
        """
        That holds for a record made by hand too.
        """
        author = insert(library, built(Author))
        library.session.expunge(author)

        book = insert(library, Book(author=author))

        assert book.author_id == author.id
        assert inspect(author).detached

    def test_key_of_two_columns(self, library):
        """
        Both columns of a key are copied, generated or given.
        """
        shelf = built(Shelf, place=3, room=built(Room))

        box = insert(library, built(Box, shelf=shelf))

        assert (box.room_id, box.place) == (shelf.room.id, 3)


class TestForeignKeys:
    def test_given_key_beats_the_default_parent(self, library):
        """
        A key that the caller gave keeps the factory's parent from being inserted.
        """
        author = insert(library, built(Author))

        book = insert(
            library, built(Book, {"author_id": author.id}, author=built(Author))
        )

        assert book.author_id == author.id
        assert library.pending == {"authors": 1, "books": 1}

    def test_key_beside_an_explicit_none(self, library):
        """
        A key wins over a parent given as None, by hand too.
        """
        author = insert(library, built(Author))

        first = insert(library, built(Book, {"author_id": author.id, "author": None}))
        second = insert(library, Book(author_id=author.id, author=None))

        assert first.author_id == second.author_id == author.id
        assert second.author is author

    @pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "built"])
    def test_both_and_different(self, library, by_hand):
        """
        A key and a parent that disagree are refused before anything is sent.
        """
        author = insert(library, built(Author))
        given = {"author": author, "author_id": author.id + 1}

        with pytest.raises(ForeignKeyConflictError, match=r"author_id=\d"):
            insert(library, Book(**given) if by_hand else built(Book, given))

        assert library.pending == {"authors": 1}

    def test_both_and_equal(self, library):
        """
        A key and the parent that has it do not disagree.
        """
        author = insert(library, built(Author))

        book = insert(library, Book(author=author, author_id=author.id))

        assert book.author_id == author.id

    def test_another_parent_after_the_build(self, library):
        """
        A parent that was changed by hand wins over the key filled in at build.
        """
        first, second = insert(library, built(Author), built(Author))
        book = built(Book, {"author": first})
        book.author = second

        insert(library, book)

        assert book.author_id == second.id


class TestNull:
    def test_explicit_none_is_null(self, library):
        """
        None that somebody gave is stored, not the column's default.
        """
        author = insert(library, built(Author, {"role": None, "joined": None}))

        assert (author.role, author.joined) == (None, None)
        library.session.expire(author)
        assert (author.role, author.joined) == (None, None)

    def test_not_named_is_the_default(self, library):
        """
        What nobody named gets its default.
        """
        author = insert(library, built(Author))

        assert author.role == "member"
        assert author.joined is not None

    def test_shown_without_sql(self, library):
        """
        Reading an inserted record sends nothing, the server's defaults included.
        """
        author = insert(library, built(Author, {"role": None}))

        with statements(library.engine) as sent:
            shown = {
                each.key: getattr(author, each.key)
                for each in inspect(Author).column_attrs
            }

        assert (sent, shown["origin"], shown["role"]) == ([], "earth", None)


class TestCycles:
    def test_nullable_side_second(self, library):
        """
        Of two records that need each other the nullable key is filled in second.
        """
        team = built(Team)
        team.captain = built(Member, team=team)

        insert(library, team)

        assert library.pending == {"members": 1, "teams": 1}
        library.session.expire_all()
        assert team.captain.team is team

    def test_many_of_them(self, library):
        """
        Many cycles are cut in one step.
        """
        members = [built(Member, name=str(n), team=built(Team)) for n in range(50)]
        for member in members:
            member.team.captain = member

        insert(library, *members)

        library.session.expire_all()
        assert all(member.team.captain is member for member in members)

    def test_itself(self, library):
        """
        A record may be its own parent.
        """
        node = built(Node)
        node.parent = node

        insert(library, node)

        library.session.expire_all()
        assert node.parent is node

    def test_without_a_nullable_side(self, library):
        """
        Where no side may wait, the error names the way round.
        """
        egg, chicken = built(Egg), built(Chicken)
        egg.chicken, chicken.egg = chicken, egg

        with pytest.raises(InsertError, match=r"Chicken\.egg -> Egg\.chicken"):
            insert(library, chicken)


class TestRefused:
    def test_inserted_already(self, library):
        """
        A record that is a row is not inserted again; the error names its key.
        """
        author = insert(library, built(Author))

        with pytest.raises(InsertError, match=r"already inserted: its key is id=\d+"):
            insert(library, author)

    @pytest.mark.parametrize("bulk", [False, True], ids=["ordinary", "bulk"])
    def test_one_child_of_two_parents(self, database, bulk):
        """
        A child that two records have for themselves would stay with either: refused.
        """
        database.create(graph_models.Base)
        lab = Lab(database.engine)
        lab.factory(name="worker", model=graph_models.Worker)(lambda: {"name": "Jo"})
        desk = graph_models.Desk()

        with pytest.raises(InsertError, match="two records share one Desk as their"):
            lab.insert_list(2, "worker", {"desk": desk}, {"bulk": bulk})

        assert lab.pending == {}
        assert lab.insert("worker", desk=desk).desk.worker_id
        lab.repo.close()

    def test_options_do_not_open_a_way_round(self, library):
        """
        The guards hold with options too.
        """
        author = insert(library, built(Author))

        with pytest.raises(InsertError, match="already inserted"):
            insert(library, author, options={"returning": True})

    def test_deleted(self, library):
        """
        A record that was deleted is not inserted.
        """
        author = insert(library, built(Author))
        library.session.delete(author)
        library.session.flush()

        with pytest.raises(InsertError, match="was deleted"):
            insert(library, author)

    @pytest.mark.parametrize("thing", [{"name": "Jane"}, object(), 5])
    def test_not_mapped(self, library, thing):
        """
        What has no table is refused, and the error says what it is.
        """
        with pytest.raises(InsertError, match="is not mapped"):
            insert(library, thing)

    def test_of_another_session(self, library, database):
        """
        A record that belongs to another session is refused, as is such a parent.
        """
        with Session(database.engine) as other:
            author = Author(name="theirs")
            other.add(author)

            with pytest.raises(InsertError, match="this Author belongs to another"):
                insert(library, author)
            with pytest.raises(InsertError, match="this Author belongs to another"):
                insert(library, built(Book, {"author": author}))

    def test_key_that_nothing_generates(self, library):
        """
        A missing key is named before anything is sent.
        """
        with (
            statements(library.engine) as sent,
            pytest.raises(InsertError, match=r"column countries\.code has no default"),
        ):
            insert(library, built(Country, name="Nowhere"))

        assert sent.starting("insert") == []

    def test_key_that_a_parent_brings(self, library):
        """
        A key that comes from a parent is not missing, whichever side names the other.
        """
        insert(library, built(Shelf, place=1, room=built(Room)))
        insert(library, built(Room, shelves=[built(Shelf, place=2)]))

        with pytest.raises(InsertError, match=r"Shelf\.place is a primary key"):
            insert(library, built(Shelf, room=built(Room)))
        with pytest.raises(InsertError, match=r"Shelf\.room_id is a primary key"):
            insert(library, built(Shelf, place=1))

    def test_pending_is_flushed(self, library):
        """
        A record that waits in the same session is inserted.
        """
        author = Author(name="waiting")
        library.session.add(author)

        insert(library, author)

        assert inspect(author).persistent
        assert library.pending == {"authors": 1}


class TestOptions:
    def test_unknown(self, library):
        """
        An unknown option is refused with the nearest name.
        """
        with pytest.raises(OptionError, match="Did you mean 'returning'"):
            insert(library, built(Author), options={"retuning": True})

    def test_returning(self, library):
        """
        `returning` reads what the database made of the row, a page with each SELECT.
        """
        books = [built(Book, title=str(n)) for n in range(10)]

        with statements(library.engine) as sent:
            insert(library, *books, options={"returning": True})

        assert len(sent.starting("select")) == 1

    def test_execution_options(self, library):
        """
        Execution options hold for the call and no longer.
        """
        seen = []

        def build():
            seen.append(library.connection().get_execution_options().get("mine"))
            return [built(Author)]

        def after(record):
            seen.append(library.connection().get_execution_options().get("mine"))
            return record

        options = {"execution_options": {"mine": 5}}
        library.insert(job(build, after=after, options=options))

        assert seen == [None, None]

    def test_prefix(self, postgres, tmp_path):
        """
        `prefix` writes to another schema; the same key in two schemas is two records.
        """
        from machina_lab.alchemy import open_repo

        engine = postgres.create(Author)
        with engine.begin() as connection:
            connection.exec_driver_sql("create schema tenant")
        tenant = engine.execution_options(schema_translate_map={None: "tenant"})
        Author.metadata.create_all(tenant)
        repo = open_repo(postgres.address)

        here = insert(repo, built(Author, {"id": 1}))
        there = insert(repo, built(Author, {"id": 1}), options={"prefix": "tenant"})

        assert here is not there
        assert repo.pending == {"authors": 1, "tenant.authors": 1}
        repo.commit()
        assert postgres.rows("select count(*) from tenant.authors") == [(1,)]
        assert postgres.rows("select count(*) from public.authors") == [(1,)]
        repo.close()


class TestOrder:
    def test_of_the_stages(self, library):
        """
        Build, before_insert, cast, flush, after_insert: a hook sees the right moment.
        """
        seen = []

        def build():
            seen.append("build")
            return [built(Author, born="1775")]

        def before(record):
            seen.append(("before", record.born, inspect(record).transient))
            return record

        def after(record):
            seen.append(("after", record.born, inspect(record).persistent))
            return record

        library.insert(job(build, before=before, after=after))

        assert seen == ["build", ("before", "1775", True), ("after", 1775, True)]

    def test_list_is_one_flush(self, database, library):
        """
        The statements of a list grow with its batches, not with its length.
        """
        if database.dialect == "sqlite":
            pytest.skip("SQLAlchemy sends one INSERT a row there")
        counts = []
        for size in (10, 500):
            with statements(library.engine) as sent:
                insert(library, *[built(Author) for _ in range(size)])
            counts.append(len(sent))

        assert counts == [1, 1]

    def test_sqlite_sends_inserts_only(self, sqlite):
        """
        On SQLite a list is one INSERT a row and nothing else.
        """
        from machina_lab.alchemy import open_repo

        sqlite.create(Author)
        repo = open_repo(sqlite.address)

        with statements(repo.engine) as sent:
            insert(repo, *[built(Author) for _ in range(10)])

        assert len(sent.starting("insert")) == len(sent) == 10
        repo.close()

    def test_insert_within_a_factory(self, library):
        """
        Rows that a factory's body inserts are part of the step it runs in.
        """

        def build():
            return [built(Book, {"author": insert(library, built(Author))})]

        library.insert(job(build, drafts=list))

        assert [dict(step.rows) for step in library.journal] == [
            {"authors": 1, "books": 1}
        ]
        library.undo()
        assert library.pending == {}
        assert library.session.scalars(select(Author)).all() == []


def test_no_repo_needs_a_warning(memory):
    """
    A transient record can be inserted after it was made transient by hand.
    """
    engine = create_engine(memory.url)
    Author.metadata.create_all(engine)
    with Session(engine) as session:
        from machina_lab.alchemy import open_repo

        repo = open_repo(session)
        author = insert(repo, built(Author))
        make_transient(author)
        author.id = None
        insert(repo, author)
        assert repo.pending == {"authors": 2}
        repo.close()
    engine.dispose()
