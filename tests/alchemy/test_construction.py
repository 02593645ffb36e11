"""
Making and changing mapped records.
"""

import datetime as dt
import pickle
import warnings

from decimal import Decimal

import pytest

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, make_transient

from machina_lab.alchemy.construction import change, construct
from machina_lab.alchemy.mappers import MAPPED
from machina_lab.alchemy.plans import plan_of
from machina_lab.alchemy.provenance import explicit_nones, provenance
from machina_lab.errors import (
    ArgumentTypeError,
    ForeignKeyConflictError,
    UnknownAttributeError,
)
from tests.support import (
    automap_models,
    dataclass_models,
    graph_models,
    imperative_models,
    inheritance_models,
    keys_models,
    property_models,
    shop_models,
    sqlmodel_models,
    types_models,
)
from tests.support.models import Article, Base, Comment, User


def made(model, /, **attributes):
    """
    Build *model* with everything given by the caller, as a lab does.
    """
    settled = MAPPED.settle(model, attributes, attributes)
    return construct(model, settled, attributes)


@pytest.fixture
def session(database):
    """
    A session on an empty database that has ExMachina's tables.
    """
    with Session(database.create(Base)) as session:
        yield session


def saved(session, record):
    session.add(record)
    session.flush()
    return record


class TestDefaults:
    def test_plain_defaults_are_there_at_build(self):
        """Plain column defaults are filled in when the record is built."""
        customer = made(shop_models.Customer, email="a@b.c")

        assert (customer.role, customer.active) == ("member", True)

    def test_callable_defaults_wait_for_the_flush(self):
        """A callable default is left to the flush."""
        assert "joined_on" not in inspect(made(shop_models.Customer)).dict

    def test_an_explicit_none_is_not_a_gap(self):
        """None given for a column with a default stays None, and is remembered."""
        customer = made(shop_models.Customer, role=None)

        assert customer.role is None
        assert explicit_nones(customer) == {"role"}

    def test_mutable_defaults_are_copied(self):
        """Two records never share a mutable default, nor change the column's own."""
        first, second = made(types_models.Filled), made(types_models.Filled)
        first.settings["theme"] = "light"

        assert second.settings == {"theme": "dark"}
        assert made(types_models.Filled).settings == {"theme": "dark"}

    def test_enum_default(self):
        """A member of an enum is a plain default."""
        assert made(shop_models.Order).state is shop_models.State.new

    @pytest.mark.parametrize(
        ("model", "kind"),
        [
            (inheritance_models.Animal, "animal"),
            (inheritance_models.Dog, "dog"),
            (inheritance_models.Truck, "truck"),
        ],
    )
    def test_discriminators_are_sqlalchemys(self, model, kind):
        """The discriminator is what SQLAlchemy sets; subclass defaults are filled."""
        assert made(model).kind == kind

    def test_defaults_of_both_joined_tables(self):
        """A joined subclass has the defaults of its own table."""
        assert made(inheritance_models.Dog).breed == "mongrel"

    def test_defaults_are_not_remembered_as_named(self):
        """Only what somebody set counts as named."""
        customer = construct(
            shop_models.Customer, {"email": "x", "name": "y"}, {"name": "y"}
        )

        assert provenance(customer).named == {"email", "name"}
        assert provenance(customer).given == {"name"}


class TestMappings:
    def test_a_mapping_becomes_a_bare_record(self):
        """A mapping for an association is a bare record of the class at its end."""
        article = made(Article, author={"name": "Jane", "net_worth": 3})

        assert type(article.author) is User
        assert (article.author.name, article.author.net_worth) == ("Jane", 3)
        assert provenance(article.author).named == {"name", "net_worth"}

    def test_lists_and_nesting(self):
        """Lists of mappings work, to any depth, mixed with records."""
        comment = Comment()
        article = made(
            Article,
            comments=[{"article_id": 3}, comment],
            author={"articles": [{"title": "b"}]},
        )

        assert [type(each) for each in article.comments] == [Comment, Comment]
        assert article.comments[1] is comment
        assert [each.title for each in article.author.articles] == ["b", None]

    def test_unknown_keys_are_refused(self):
        """A key that the related class does not know is refused by name."""
        with pytest.raises(UnknownAttributeError, match="User has no attribute 'nmae'"):
            made(Article, author={"nmae": "Jane"})

    def test_the_callers_mapping_stays(self):
        """The caller's mapping and list are not changed."""
        author, comments = {"name": "J"}, [{}]
        made(Article, author=author, comments=comments)

        assert author == {"name": "J"}
        assert comments == [{}]

    def test_none_for_a_collection_is_no_children(self):
        """None for a collection means an empty one."""
        assert made(User, articles=None).articles == []

    @pytest.mark.parametrize("value", [5, "Jane", {"title": "x"}, Article()])
    def test_a_collection_wants_a_list(self, value):
        """What is no list is refused where children are expected."""
        with pytest.raises(ArgumentTypeError, match=r"User.articles takes a list"):
            made(User, articles=value)

    @pytest.mark.parametrize("value", [5, "Jane", [User()], Article()])
    def test_a_parent_is_a_record_or_a_mapping(self, value):
        """What is neither a record of the class nor a mapping is refused."""
        with pytest.raises(ArgumentTypeError, match=r"Article.author takes a User"):
            made(Article, author=value)

    def test_a_class_defined_again(self):
        """A record of another class of the same name is explained."""
        old = type("User", (), {})()

        with pytest.raises(ArgumentTypeError, match="another class of that name"):
            made(Article, author=old)

    def test_sets_dicts_and_ordered_lists(self):
        """Collections get the shape their class asks for; keys come from the items."""
        album = made(
            graph_models.Album,
            labels=[{"name": "x"}],
            notes=[{"key": "a", "text": "A"}],
            tracks=[{"title": "one"}, {"title": "two"}],
        )

        assert {each.name for each in album.labels} == {"x"}
        assert album.notes["a"].text == "A"
        assert [each.position for each in album.tracks] == [0, 1]

    def test_a_dict_collection_given_as_a_dict(self):
        """A keyed collection may be given as a mapping of records or mappings."""
        album = made(graph_models.Album, notes={"a": {"key": "a", "text": "A"}})

        assert album.notes["a"].text == "A"

    def test_a_collection_that_is_never_read(self, memory):
        """A write-only collection takes its first children."""
        with Session(memory.create(graph_models.Base)) as session:
            album = saved(session, made(graph_models.Album, plays=[{}, {}]))

            assert len(session.scalars(album.plays.select()).all()) == 2


class TestSavedParents:
    def test_the_key_is_filled_at_build(self, session):
        """Building against a saved parent fills the foreign key at once."""
        author = saved(session, User(name="Jane"))
        article = made(Article, author=author)

        assert article.author_id == author.id
        assert article.author is author

    def test_the_parents_collection_is_not_touched(self, session):
        """The saved parent's loaded collection does not get the built record."""
        author = saved(session, User(name="Jane"))
        assert author.articles == []
        made(Article, author=author)

        assert author.articles == []
        assert author not in session.dirty

    def test_nothing_warns_at_autoflush(self, session):
        """A query after the build neither warns nor inserts; pins the token."""
        author = saved(session, User(name="Jane"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            article = made(Article, author=author)
            found = session.scalars(select(Article)).all()
            session.flush()

        assert found == []
        assert article not in session

    def test_a_later_insert_points_to_the_parent(self, session):
        """Inserted later, the record's row has the parent's key."""
        author = saved(session, User(name="Jane"))
        article = saved(session, made(Article, author=author))
        session.expire_all()

        assert article.author is author
        assert author.articles == [article]

    def test_the_token_exists(self):
        """A belongs_to with another side can be set without that side hearing it."""
        relations = plan_of(Article).relations

        assert relations["author"].quiet(User()) is not None
        assert relations["publisher"].quiet(User()) is None

    def test_one_to_one(self, memory):
        """The other side of a one-to-one is left alone as well."""
        with Session(memory.create(graph_models.Base)) as session:
            worker = saved(session, graph_models.Worker())
            assert worker.desk is None
            desk = made(graph_models.Desk, worker=worker)

            assert worker.desk is None
            assert desk.worker_id == worker.id
            session.flush()

    def test_an_expired_parent_is_not_loaded(self, session):
        """The key of an expired parent comes from its identity, without a query."""
        author = saved(session, User(name="Jane"))
        key = author.id
        session.commit()
        statements = []
        event.listen(
            session.get_bind(), "before_cursor_execute", lambda *a: statements.append(a)
        )

        assert made(Article, author=author).author_id == key
        assert statements == []

    def test_a_detached_parent(self, session):
        """A detached parent is used by its key."""
        author = saved(session, User(name="Jane"))
        session.commit()
        session.expunge(author)

        assert made(Article, author=author).author_id == inspect(author).identity[0]

    def test_composite_keys_and_renamed_columns(self, database):
        """All columns of a composite key are filled, by attribute, not column, name."""
        with Session(database.create(keys_models.Base)) as session:
            floor = saved(session, keys_models.Floor(building="A", level=3))
            room = made(keys_models.Room, floor=floor)

            assert (room.building, room.level) == ("A", 3)
            assert floor.rooms == []
            saved(session, room)

    def test_a_parent_that_waits_in_a_session(self, session):
        """A parent that was added but not flushed gets no echo either."""
        author = User(name="Jane")
        session.add(author)
        article = made(Article, author=author)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            session.flush()

        assert article not in session
        assert saved(session, article).author_id == author.id

    def test_a_parent_taken_back(self, session):
        """A parent that became unsaved again is inserted anew with its child."""
        author = saved(session, User(name="Jane"))
        article = made(Article, author=author)
        session.rollback()
        make_transient(author)
        author.id = None
        article.author_id = None
        session.add_all([author, article])
        session.flush()

        assert article.author_id == author.id

    def test_a_join_that_is_no_foreign_key(self, database):
        """An association over other columns than the key copies those."""
        with Session(database.create(keys_models.Base)) as session:
            country = saved(session, keys_models.Country(code="FR", name="France"))

            assert made(keys_models.Stamp, country=country).country_name == "France"

    def test_self_reference(self, database):
        """A record may have a saved parent of its own class."""
        with Session(database.create(graph_models.Base)) as session:
            root = saved(session, graph_models.Node(name="root"))
            leaf = made(graph_models.Node, parent=root)

            assert (leaf.parent_id, root.children) == (root.id, [])

    def test_a_subclass_as_parent_and_as_child(self, database):
        """Inheritance does not get in the way."""
        with Session(database.create(inheritance_models.Base)) as session:
            owner = saved(session, inheritance_models.Owner())

            assert made(inheritance_models.Dog, owner=owner).owner_id == owner.id
            assert owner.pets == []

            dog = saved(session, made(inheritance_models.Dog, name="Rex"))
            collar = made(inheritance_models.Collar, animal=dog)
            assert (collar.animal_id, dog.collars) == (dog.id, [])
            saved(session, collar)


class TestUnsavedParents:
    def test_the_other_side_knows(self):
        """Between two built records both sides see each other, as in SQLAlchemy."""
        author = User()
        article = made(Article, author=author)

        assert author.articles == [article]
        assert provenance(article).named == {"author"}


class TestForeignKeys:
    def test_an_explicit_key_beats_the_factorys_parent(self):
        """A given foreign key keeps the factory's default parent from being built."""
        settled = MAPPED.settle(Article, {"author": object()}, {"author_id": 7})

        assert settled == {}

    def test_a_none_key_beats_it_too(self):
        """A foreign key given as None means no parent."""
        attributes = {"author": object(), "author_id": None}

        assert MAPPED.settle(Article, attributes, {"author_id": None}) == {
            "author_id": None
        }

    def test_other_parents_stay(self):
        """Only the parent of that very key is dropped."""
        attributes = {"author": "a", "editor": "e", "author_id": 7}

        assert MAPPED.settle(Article, attributes, {"author_id": 7}) == {
            "editor": "e",
            "author_id": 7,
        }

    def test_an_explicit_parent_beats_the_factorys_key(self):
        """A given parent makes the factory's default key moot, a None too."""
        for author in (User(), None):
            given = {"author": author}
            attributes = {"author_id": 5, **given}

            assert MAPPED.settle(Article, attributes, given) == given

    def test_key_and_none_leave_the_association_unset(self, database):
        """`author=None` beside a key leaves the key alone, also at flush."""
        with Session(database.create(Base)) as session:
            author = saved(session, User())
            article = saved(session, made(Article, author=None, author_id=author.id))
            session.expire(article)

            assert article.author_id == author.id

    def test_key_and_its_own_parent_agree(self, session):
        """Parent and key may both be given if they say the same."""
        author = saved(session, User())

        assert made(Article, author=author, author_id=author.id).author is author
        assert made(Article, author=author, author_id=str(author.id)).author is author

    @pytest.mark.parametrize("kept", [True, False], ids=["saved", "built"])
    def test_conflict(self, session, kept):
        """A parent and another parent's key contradict each other."""
        author = saved(session, User()) if kept else User()

        with pytest.raises(
            ForeignKeyConflictError,
            match=r"Article was given author=<User> and author_id=999",
        ):
            made(Article, author=author, author_id=999)

    def test_a_part_of_the_key_against_a_saved_default(self, database):
        """A given part of a key is not overwritten by the factory's saved parent."""
        with Session(database.create(keys_models.Base)) as session:
            tenant = saved(session, keys_models.Tenant())
            member = saved(session, keys_models.Member(tenant_id=tenant.id, number=1))
            given = {"tenant_id": tenant.id + 1}

            with pytest.raises(ForeignKeyConflictError, match="member=<Member>"):
                construct(keys_models.Badge, {"member": member, **given}, given)

    def test_a_built_parent_with_the_same_key(self):
        """A built parent that has that key already is no conflict."""
        article = made(Article, author=User(id=5), author_id=5)

        assert article.author.id == 5

    def test_parts_of_a_composite_key(self):
        """One column of a longer key alone does not switch a parent off."""
        attributes = {"tenant_id": 1, "member": "m", "tenant": "t"}
        settled = MAPPED.settle(keys_models.Badge, attributes, {"tenant_id": 1})

        assert settled == {"tenant_id": 1, "member": "m"}

    def test_the_whole_of_a_composite_key(self):
        """All columns of a longer key, some by default, do."""
        attributes = {"tenant_id": 1, "member_number": 2, "member": "m"}
        settled = MAPPED.settle(keys_models.Badge, attributes, {"member_number": 2})

        assert settled == {"tenant_id": 1, "member_number": 2}

    def test_a_primary_key_that_is_a_foreign_key_stays(self):
        """A part of the record's own key is not dropped for a given parent."""
        given = {"tenant": keys_models.Tenant()}
        attributes = {"tenant_id": 4, "number": 2, **given}

        assert MAPPED.settle(keys_models.Member, attributes, given) == attributes

    def test_nothing_given_costs_nothing(self):
        """Without a given key or parent the very same dict comes back."""
        attributes = {"title": "x", "author": "a", "author_id": 1}

        assert MAPPED.settle(Article, attributes, {"title": "x"}) is attributes


class TestConstructors:
    def test_dataclass_takes_what_its_constructor_takes(self):
        """A mapped dataclass gets arguments, then what `init=False` kept back."""
        reader = made(dataclass_models.Reader, id=5, name="Jane", level=2)

        assert (reader.id, reader.name, reader.level) == (5, "Jane", 2)
        assert (reader.role, reader.tags, reader.loans) == ("member", [], [])

    def test_dataclass_defaults_for_the_database(self):
        """A default of the column alone is filled in too."""
        assert made(dataclass_models.Reader, name="Jane").level == 7

    def test_a_none_of_the_constructor_is_not_explicit(self):
        """A None that the constructor filled in was said by nobody."""
        reader = made(dataclass_models.Reader, name="Jane")

        assert reader.email is None
        assert explicit_nones(reader) == frozenset()
        given = made(dataclass_models.Reader, name="Jane", email=None)
        assert explicit_nones(given) == {"email"}

    def test_parent_or_key_is_enough(self, database):
        """Of a parent and its key, both required, one is enough."""
        with Session(database.create(dataclass_models.Base)) as session:
            reader = made(dataclass_models.Reader, name="Jane")
            by_parent = made(dataclass_models.Loan, reader=reader)
            saved(session, by_parent)
            by_key = saved(session, made(dataclass_models.Loan, reader_id=reader.id))

            assert by_parent.reader_id == by_key.reader_id == reader.id
            session.expire(by_key)
            assert by_key.reader is reader

    def test_a_parent_set_to_none_by_the_constructor(self, database):
        """An association defaulting to None does not clear a given key."""
        with Session(database.create(dataclass_models.Base)) as session:
            reader = saved(session, made(dataclass_models.Reader, name="Jane"))
            review = saved(session, made(dataclass_models.Review, reader_id=reader.id))
            session.expire(review)

            assert review.reader_id == reader.id

    def test_a_saved_parent_of_a_dataclass(self, database):
        """A saved parent is linked quietly though the constructor asks for it."""
        with Session(database.create(dataclass_models.Base)) as session:
            reader = saved(session, made(dataclass_models.Reader, name="Jane"))
            loan = made(dataclass_models.Loan, reader=reader)

            assert (loan.reader, loan.reader_id) == (reader, reader.id)
            assert reader.loans == []

    def test_init_only_arguments(self):
        """An argument that is no attribute reaches the constructor."""
        assert made(dataclass_models.Account, password="secret").digest == "#6"

    def test_a_constructor_of_ones_own(self):
        """Its arguments are attributes too; the rest is set afterwards."""
        warm = made(dataclass_models.Temperature, celsius=10, place="Oslo")

        assert warm.kelvin == pytest.approx(283.15)
        assert warm.place == "Oslo"
        assert made(dataclass_models.Temperature, kelvin=1.5).kelvin == 1.5

    def test_a_constructor_that_swallows(self):
        """What a constructor takes and forgets is set all the same."""
        made_ = made(dataclass_models.Swallowing, name="x", note="kept")

        assert (made_.name, made_.note) == ("x", "kept")

    def test_without_the_constructor(self):
        """If a needed argument is missing the record is made without it, and warned."""
        with pytest.warns(UserWarning, match="Strict was made without its constructor"):
            strict = made(dataclass_models.Strict, name="x", note="y")

        assert (strict.name, strict.note) == ("x", "y")

    def test_errors_of_a_constructor_are_the_users(self):
        """An error inside the class's own code comes through as it is."""
        with pytest.raises(ValueError, match="an actor is somebody"):
            made(property_models.Actor, first="nobody")

    def test_sqlmodel(self, database):
        """SQLModel tables: columns, defaults, factories, associations."""
        models = sqlmodel_models
        with Session(database.create(models.Base)) as session:
            squad = saved(session, made(models.Squad, name="A"))
            hero = made(models.Hero, name="Jo", squad=squad)
            assert (hero.squad_id, hero.squad) == (squad.id, squad)
            assert hero.rank is models.Rank.low
            assert hero.secret is not None
            assert squad.heroes == []
            saved(session, hero)
            other = made(models.Hero, name="Al", squad={"name": "B"})
            assert saved(session, other).squad.name == "B"

    def test_imperative(self, database):
        """Imperatively mapped classes with any sort of constructor, or none."""
        models = imperative_models
        with Session(database.create(models.metadata)) as session:
            bare = saved(session, made(models.Bare, name="x"))
            publisher = saved(session, made(models.Publisher, name="P"))
            book = made(
                models.Book, title="T", publisher=publisher, chapters=[{"title": "1"}]
            )

            assert (bare.name, publisher.city) == ("x", "Paris")
            assert (book.publisher_id, publisher.books) == (publisher.id, [])
            saved(session, book)
            session.expire(book)
            assert [each.title for each in book.chapters] == ["1"]

    def test_automap(self, memory):
        """Automapped classes go by the names that automap gives."""
        classes = automap_models.automapped(memory.engine)
        car = made(classes.cars, model="DS", makers={"name": "Citroën"})

        assert car.makers.cars_collection == [car]


class TestProperties:
    def test_setters_run_last(self):
        """Hybrids, synonyms and properties are set after plain columns."""
        actor = made(
            property_models.Actor,
            full_name="Jane Doe",
            biography_lines=["a", "b"],
            first="x",
        )

        assert (actor.first, actor.last) == ("Jane", "Doe")
        assert actor.biography == "a\nb"

    def test_synonym_and_plain_attribute(self):
        """A synonym sets its column, an attribute that is no column stays in memory."""
        actor = made(property_models.Actor, surname="Doe", nickname="JD", meta_="m")

        assert (actor.last, actor.nickname, actor.meta_) == ("Doe", "JD", "m")

    def test_composite(self):
        """A composite sets its columns."""
        pin = made(property_models.Pin, at=property_models.Point(1, 2))

        assert (pin.x, pin.y) == (1, 2)

    def test_association_proxy(self):
        """A proxy creates the records behind it."""
        product = made(shop_models.Product, tag_names=["new", "hot"])

        assert [tag.name for tag in product.tags] == ["new", "hot"]

    def test_proxy_over_an_association_object(self):
        """A proxy with a creator of its own uses it."""
        course = graph_models.Course()
        student = made(graph_models.Student, courses=[course])

        assert student.enrolments[0].course is course


class TestChange:
    def test_sets_and_returns_the_record(self):
        """A change is made on the body's own record."""
        user = User(name="Jane")

        assert change(user, {"admin": True}, {"admin": True}) is user
        assert (user.name, user.admin) == ("Jane", True)

    def test_fills_defaults(self):
        """Plain defaults of what the body did not set are filled in."""
        customer = change(shop_models.Customer(email="x"), {}, {})

        assert customer.role == "member"
        kept = change(shop_models.Customer(role=None), {}, {})
        assert kept.role is None

    def test_remembers_what_the_body_set(self):
        """What the body set counts as named, what was changed as given."""
        user = change(User(name="Jane"), {"admin": True}, {"admin": True})

        assert provenance(user).named == {"name", "admin"}
        assert provenance(user).given == {"admin"}

    def test_falsy_values_of_a_dataclass_body(self):
        """What a dataclass's constructor was given counts, if it is 0 or empty text."""
        reader = change(dataclass_models.Reader(name="", role="x"), {}, {})

        assert {"name", "role"} <= provenance(reader).named
        assert not {"email", "tags", "loans"} & provenance(reader).named

    def test_an_unchanged_record_is_adopted(self):
        """A body's record that nobody changes is remembered once, saved ones never."""
        author = User()
        article = change(Article(author=author), {}, {})

        assert provenance(article).names("author", author)
        assert change(article, {}, {}) is article

    def test_none_of_a_dataclass_body(self):
        """A None of a dataclass's constructor is not what the body set."""
        reader = change(dataclass_models.Reader(name="Jane"), {}, {})

        assert explicit_nones(reader) == frozenset()

    def test_a_given_key_takes_the_bodys_parent_off(self, database):
        """A given foreign key beats the parent that the body built."""
        with Session(database.create(Base)) as session:
            other = saved(session, User(name="other"))
            default = User(name="default")
            article = Article(author=default)
            given = {"author_id": other.id}
            change(article, dict(given), given)

            assert default.articles == []
            saved(session, article)
            session.expire(article)
            assert article.author is other
            assert session.scalars(select(User)).all() == [other]

    def test_a_saved_parent(self, session):
        """A saved parent is linked quietly, its key filled."""
        author = saved(session, User())
        given = {"author": author}
        article = change(Article(title="x"), dict(given), given)

        assert (article.author_id, author.articles) == (author.id, [])

    def test_a_mapping(self):
        """A mapping becomes a bare record here as well."""
        given = {"author": {"name": "J"}}

        assert change(Article(), dict(given), given).author.name == "J"

    def test_conflict(self, session):
        """Parent and another key contradict each other here as well."""
        given = {"author": saved(session, User()), "author_id": 99}

        with pytest.raises(ForeignKeyConflictError, match="author_id=99"):
            change(Article(), dict(given), given)

    def test_a_saved_record_keeps_its_gaps(self, memory):
        """Changing a saved record fills in no defaults."""
        with Session(memory.create(shop_models.Base)) as session:
            tag = saved(session, shop_models.Tag("x"))
            change(tag, {"name": "y"}, {"name": "y"})

            assert tag.name == "y"


def test_values_are_not_cast():
    """Building leaves values as they were given."""
    article = made(Article, visits="12", published_at="2024-01-31")

    assert (article.visits, article.published_at) == ("12", "2024-01-31")
    assert not isinstance(article.visits, Decimal | dt.datetime)


def test_a_class_that_gets_a_back_reference_later():
    """A back-reference that another class adds later is known from then on."""
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import (
        DeclarativeBase,
        Mapped,
        backref,
        mapped_column,
        relationship,
    )

    class Own(DeclarativeBase):
        pass

    class House(Own):
        __tablename__ = "houses"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert "doors" not in MAPPED.settable(House)

    class Door(Own):
        __tablename__ = "doors"
        id: Mapped[int] = mapped_column(primary_key=True)
        house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
        house = relationship(House, backref=backref("doors"))

    assert "doors" in MAPPED.settable(House)
    assert [type(each) for each in made(House, doors=[{}]).doors] == [Door]


class TestAsSQLAlchemyDoes:
    def test_history(self):
        """A built record has the history of one made by hand."""
        by_lab, by_hand = made(User, name="J", admin=None), User(name="J", admin=None)

        for name in ("name", "admin", "net_worth", "articles"):
            histories = [
                inspect(each).attrs[name].history for each in (by_lab, by_hand)
            ]
            assert histories[0] == histories[1]
        assert inspect(by_lab).modified == inspect(by_hand).modified

    def test_listeners_are_told(self):
        """Attribute listeners hear every value, also those added after a build."""
        made(User, name="first")
        heard = []

        def listener(target, value, old, initiator):
            heard.append(value)

        event.listen(User.name, "set", listener)
        try:
            made(User, name="second")
        finally:
            event.remove(User.name, "set", listener)

        assert heard == ["second"]

    def test_init_listeners_may_change_the_values(self):
        """Listeners to `init` get the values and may change them."""

        def listener(target, args, kwargs):
            kwargs["name"] = kwargs["name"].upper()

        event.listen(User, "init", listener)
        try:
            assert made(User, name="jane").name == "JANE"
        finally:
            event.remove(User, "init", listener)

    def test_mutable_columns_notice_changes(self, memory):
        """A column with mutation tracking tracks what the build set, defaults too."""
        models = types_models
        with Session(memory.create(models.Base)) as session:
            tracked = saved(session, made(models.Tracked, extra={"b": 1}))
            tracked.settings["a"] = 2
            tracked.extra["b"] = 3

            assert tracked in session.dirty
            session.flush()
            session.expire(tracked)
            assert (tracked.settings, tracked.extra) == ({"a": 2}, {"b": 3})
        assert made(models.Tracked).settings == {}

    def test_pickling(self):
        """Built records can be pickled, associations included."""
        article = pickle.loads(pickle.dumps(made(Article, author={"name": "J"})))

        assert article.author.name == "J"

    def test_a_class_with_rules_for_setting(self):
        """A class that overrides how attributes are set is asked for each."""
        assert made(types_models.Shouting, word="a").word == "A"
