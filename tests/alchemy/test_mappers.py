"""
Mapped classes as a kind of record: fields, what may be set, reading, labels.
"""

import pytest

from sqlalchemy import ForeignKey, event, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from machina_lab.alchemy.attributes import columns
from machina_lab.alchemy.construction import construct
from machina_lab.alchemy.mappers import MAPPED, provenance
from machina_lab.core.records import MISSING, kind_of
from tests.support import (
    automap_models,
    dataclass_models,
    graph_models,
    imperative_models,
    inheritance_models,
    keys_models,
    property_models,
    schemas_models,
    shop_models,
    sqlmodel_models,
    types_models,
)
from tests.support.models import Article, Base, Custom, User


def classes(*modules):
    found = [cls for module in modules for cls in vars(module).values()]
    return [
        cls for cls in found if isinstance(cls, type) and hasattr(cls, "__mapper__")
    ]


EVERY = classes(
    dataclass_models,
    graph_models,
    imperative_models,
    inheritance_models,
    keys_models,
    property_models,
    schemas_models,
    shop_models,
    sqlmodel_models,
    types_models,
)


@pytest.fixture
def session(memory):
    """
    A session on an empty database that has ExMachina's tables.
    """
    with Session(memory.create(Base)) as session:
        yield session


def watched(session):
    """
    Return a list that every statement from now on is put into.
    """
    statements = []
    event.listen(
        session.get_bind(), "before_cursor_execute", lambda *a: statements.append(a[2])
    )
    return statements


class TestEveryMapping:
    @pytest.mark.parametrize("model", EVERY, ids=lambda cls: cls.__name__)
    def test_is_known(self, model):
        """Every mapped class is of this kind; each column has exactly one field."""
        fields = MAPPED.fields(model)
        found = [field.column for field in fields.values() if field.column]

        assert kind_of(model) is MAPPED
        assert all(name == field.name for name, field in fields.items())
        named = [
            each.columns[0].name
            for each in columns(inspect(model))
            if hasattr(each.columns[0], "table") and fields[each.key].role != "property"
        ]
        assert sorted(found) == sorted(named)

    @pytest.mark.parametrize("model", EVERY, ids=lambda cls: cls.__name__)
    def test_associations_know_their_ends(self, model):
        """Every association has its target, every belongs_to its keys."""
        fields = MAPPED.fields(model)
        for relation in inspect(model).relationships:
            field = fields[relation.key]
            assert field.target is relation.mapper.class_
            assert field.role == ("to_many" if relation.uselist else "to_one")
            assert all(name in fields for name in field.through)

    @pytest.mark.parametrize("model", EVERY, ids=lambda cls: cls.__name__)
    def test_never_settable(self, model):
        """What declarative keeps for itself, and methods, cannot be set."""
        names = MAPPED.settable(model)

        assert not {"metadata", "registry", "greet", "model_config"} & set(names)
        assert not [name for name in names if name.startswith("__")]


class TestFields:
    def test_order(self):
        """Columns come as declared, then associations, then properties."""
        assert list(MAPPED.fields(User)) == [
            *("id", "name", "admin", "net_worth", "db_value"),
            *("articles", "documents", "best_article"),
            *("editors", "password"),
        ]

    def test_order_of_renamed_columns(self):
        """A column under another name keeps its place."""
        assert list(MAPPED.fields(property_models.Actor))[:6] == [
            *("id", "first", "last", "meta_", "biography", "version")
        ]

    def test_roles(self):
        """Keys, foreign keys, values, associations and properties are told apart."""
        roles = {name: each.role for name, each in MAPPED.fields(Article).items()}

        assert roles["id"] == "key"
        assert roles["title"] == "value"
        assert roles["author_id"] == "foreign_key"
        assert roles["author"] == "to_one"
        assert roles["comments"] == "to_many"
        assert MAPPED.fields(property_models.Actor)["full_name"].role == "property"

    def test_foreign_keys(self):
        """Foreign keys know where they point, associations which keys they use."""
        fields = MAPPED.fields(keys_models.Room)

        assert fields["building"].references == "floors.bldg"
        assert fields["floor"].through == ("building", "level")
        assert MAPPED.fields(keys_models.Badge)["tenant_id"].references == "tenants.id"

    def test_a_foreign_key_that_the_database_does_not_know(self):
        """A join over a plain column makes it a foreign key."""
        field = MAPPED.fields(keys_models.Stamp)["country_name"]

        assert (field.role, field.references) == ("foreign_key", "countries.name")

    @pytest.mark.parametrize(
        ("model", "name", "generated"),
        [
            (User, "id", True),
            (Custom, "non_autogenerated_id", False),
            (keys_models.Country, "code", False),
            (keys_models.Member, "number", False),
            (keys_models.Token, "id", True),
            (keys_models.Passport, "member_id", False),
            (keys_models.Ticket, "id", True),
            (keys_models.Invoice, "id", True),
            (keys_models.Locale, "code", True),
            (types_models.Filled, "role", False),
            (types_models.Filled, "stamp", True),
            (types_models.Filled, "counted", True),
            (types_models.Filled, "created_at", True),
            (types_models.Filled, "area", True),
            (property_models.Actor, "version", True),
            (inheritance_models.Animal, "kind", True),
            (inheritance_models.Dog, "id", True),
        ],
    )
    def test_generated(self, model, name, generated):
        """What something else makes is marked: keys, clocks, versions and such."""
        assert MAPPED.fields(model)[name].generated is generated

    def test_defaults_required_nullable_unique(self):
        """Defaults, and what the database demands, are known."""
        fields = MAPPED.fields(shop_models.Customer)

        assert fields["role"].default == "member"
        assert fields["joined_on"].default is MISSING
        assert fields["email"].required
        assert fields["email"].unique
        assert not fields["role"].required
        assert not fields["created_at"].required
        assert fields["name"].nullable
        assert not fields["email"].nullable
        assert not MAPPED.fields(shop_models.Order)["customer"].nullable

    def test_types(self):
        """Fields hold data types; a synonym has that of its column."""
        fields = MAPPED.fields(property_models.Actor)

        assert fields["surname"].type == fields["last"].type
        assert fields["meta_"].column == "metadata"

    def test_schemas(self):
        """References name the schema."""
        field = MAPPED.fields(schemas_models.SalesItem)["stock_id"]

        assert field.references == "stock.items.id"


class TestSettable:
    @pytest.mark.parametrize(
        ("model", "yes", "no"),
        [
            (
                property_models.Actor,
                {"meta_", "surname", "full_name", "biography_lines", "nickname"},
                {"metadata", "initials", "shouted", "name_length", "kinds", "greet"},
            ),
            (property_models.Pin, {"at", "x", "y"}, set()),
            (graph_models.Album, {"labels", "notes", "plays"}, {"first_track"}),
            (graph_models.Worker, {"desk"}, set()),
            (types_models.Filled, {"settings"}, {"area"}),
            (dataclass_models.Account, {"password", "digest", "id"}, set()),
            (dataclass_models.Temperature, {"celsius", "kelvin"}, {"self"}),
            (shop_models.Product, {"tag_names", "tags"}, set()),
            (shop_models.Tag, {"name"}, {"rest"}),
            (sqlmodel_models.Hero, {"squad", "squad_id"}, {"model_fields"}),
        ],
    )
    def test_names(self, model, yes, no):
        """Attributes, synonyms, open properties, proxies; nothing computed."""
        names = set(MAPPED.settable(model))

        assert yes <= names
        assert not no & names

    def test_automap(self, memory):
        """Automapped classes have their associations."""
        found = automap_models.automapped(memory.engine)

        assert {"model", "makers", "maker_id"} <= set(MAPPED.settable(found.cars))
        assert "cars_collection" in MAPPED.settable(found.makers)

    def test_old_style_annotations(self):
        """Plain annotated attributes may be set where the class allows them."""

        class Own(DeclarativeBase):
            __allow_unmapped__ = True

        class Thing(Own):
            __tablename__ = "things"
            id: Mapped[int] = mapped_column(primary_key=True)
            colour: str

        assert "colour" in MAPPED.settable(Thing)
        assert construct(Thing, {"colour": "red"}, {}).colour == "red"


class TestRead:
    def test_what_is_loaded_in_field_order(self):
        """Loaded attributes come in field order, plain ones too."""
        user = construct(User, {"password": "s", "admin": True, "name": "J"}, {})

        assert list(MAPPED.read(user).items()) == [
            ("name", "J"),
            ("admin", True),
            ("password", "s"),
        ]

    def test_no_statement_is_sent(self, session):
        """Expired and unloaded attributes are not loaded, nothing is flushed."""
        user = User(name="J")
        session.add(user)
        session.commit()
        session.add(User(name="pending"))
        statements = watched(session)

        assert MAPPED.read(user) == {}
        assert MAPPED.columns(User, [user]) == {}
        assert statements == []

    def test_detached(self, session):
        """A detached record gives what it has."""
        user = User(name="J")
        session.add(user)
        session.flush()
        key = user.id
        session.expunge(user)

        assert MAPPED.read(user) == {"id": key, "name": "J"}

    def test_write_only_collections_are_left_out(self):
        """A collection that is never read is not read."""
        album = construct(graph_models.Album, {"plays": [{}], "title": "x"}, {})

        assert MAPPED.read(album) == {"title": "x"}

    def test_columns(self):
        """Many records are read by column; what nobody has loaded is left out."""
        users = [
            construct(User, {"name": "a"}, {}),
            construct(User, {"admin": True}, {}),
        ]

        assert MAPPED.columns(User, users) == {
            "name": ["a", None],
            "admin": [None, True],
        }
        assert MAPPED.columns(User, []) == {}


class TestIdentify:
    def test_labels(self, session):
        """A record is called by its class and key."""
        user = User()
        assert MAPPED.identify(user) == "User (new)"
        session.add(user)
        session.flush()
        label = f"User {user.id}"
        assert MAPPED.identify(user) == label
        session.commit()
        assert MAPPED.identify(user) == label

    def test_composite_keys(self):
        """All parts of a key are shown."""
        floor = keys_models.Floor(building="A", level=0)

        assert MAPPED.identify(floor) == "Floor A, 0"


def test_a_mapper_that_does_not_configure_says_so():
    """An association to a class that does not exist keeps SQLAlchemy's own error."""
    from sqlalchemy.exc import InvalidRequestError

    class Own(DeclarativeBase):
        pass

    class Lonely(Own):
        __tablename__ = "lonelies"
        id: Mapped[int] = mapped_column(primary_key=True)
        other_id: Mapped[int] = mapped_column(ForeignKey("nowhere.id"))
        other = relationship("Nowhere")

    with pytest.raises(InvalidRequestError, match="Nowhere"):
        MAPPED.fields(Lonely)
    Own.registry.dispose()


class TestMaker:
    def test_makes_what_construct_makes(self):
        """The quicker way makes the same record."""
        make = MAPPED.maker(Article, frozenset({"title", "author"}))
        article = make({"title": "x", "author": {"name": "J"}})

        assert (article.title, article.author.name) == ("x", "J")
        assert provenance(article).named == {"title", "author"}
        assert provenance(article).given == frozenset()

    def test_unknown_names_take_the_long_way(self):
        """There is no quicker way for attributes that the class does not know."""
        assert MAPPED.maker(Article, frozenset({"titel"})) is None
