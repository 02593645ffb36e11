"""
Factories for classes that people wrote, whatever they do in them.
"""

import pytest
import sqlalchemy as sa

from sqlalchemy.orm import DeclarativeBase, relationship, validates
from sqlalchemy.types import TypeDecorator

from machina_lab import Lab
from machina_lab.core.sequences import sequences
from machina_lab.errors import ArgumentTypeError
from machina_lab.schema import TableFactories
from machina_lab.schema.mapped import read_models


def key(name="id", *args, **options):
    return sa.Column(name, sa.Integer, *args, primary_key=True, **options)


def required(name, kind, *args):
    return sa.Column(name, kind, *args, nullable=False)


@pytest.fixture(autouse=True)
def _counters():
    with sequences.isolated():
        yield


@pytest.fixture(name="base")
def _base():
    classes = []  # SQLAlchemy does not keep them

    class Base(DeclarativeBase):
        def __init_subclass__(cls, **options):
            super().__init_subclass__(**options)
            classes.append(cls)

    yield Base
    classes.clear()


@pytest.fixture(name="connect")
def _connect(database):
    labs = []

    def connect(base, *, create=True):
        metadata = base if isinstance(base, sa.MetaData) else base.metadata
        if create:
            database.create(metadata)
        labs.append(Lab())
        labs[-1].connect(database.open(), models=base)
        return labs[-1]

    yield connect
    for lab in labs:
        lab.rollback()
        lab.repo.close()


class TestClasses:
    def test_made_on_the_fly(self, base, connect):
        """
        A class that no module holds is found through the lab, not imported.
        """
        type("Made", (base,), {"__tablename__": "made", "id": key()})
        lab = connect(base)

        assert 3 == len(lab.insert_list(3, "made"))
        assert "model=lab.models.Made" in lab.scaffold("made")

    def test_of_one_hierarchy_share_their_numbers(self, base, connect):
        """
        Rows of joined classes have different keys in the table they share.
        """

        class Animal(base):
            __tablename__ = "animal"
            id = sa.Column(sa.String(9), primary_key=True)
            kind = sa.Column(sa.String(9), nullable=False)
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "any"}  # noqa: RUF012

        class Dog(Animal):
            __tablename__ = "dog"
            dog_id = sa.Column(sa.ForeignKey("animal.id"), primary_key=True)
            name = required("name", sa.Text)
            __mapper_args__ = {"polymorphic_identity": "dog"}  # noqa: RUF012

        class Bone(base):
            __tablename__ = "bone"
            id = key()
            dog_id = required("dog_id", sa.String(9), sa.ForeignKey("dog.dog_id"))

        lab = connect(base)

        ids = [each.id for _ in range(2) for each in lab.insert_list(3, "dog")]
        ids += [each.id for each in lab.insert_list(3, "animal")]
        bone = lab.insert("bone")

        assert 9 == len({*ids})
        assert "left out: kind (its class writes it)" in lab.scaffold("dog")
        assert bone.dog_id not in ids

    def test_of_the_same_name(self, base):
        """
        Two classes of one name are two factories, and their source finds both.
        """
        for table in ("first", "second"):
            body = {"__tablename__": table, "__module__": table, "id": key()}
            type("Thing", (base,), body)
        factories = TableFactories.of_models(base)

        assert {"thing", "thing_2"} == set(factories.names())
        assert "model=lab.models.Thing2" in factories.scaffold("thing_2")
        assert factories.define("thing").model is not factories.define("thing_2").model

    def test_that_map_no_such_column(self, base, connect):
        """
        A column that only a subclass maps is left out, with that as its reason.
        """

        class Task(base):
            __tablename__ = "task"
            id = key()

        class _Extended(Task):
            note = sa.Column("note", sa.Text)

        lab = connect(base)

        assert lab.insert("task").id
        assert "left out: note (its class does not map it)" in lab.scaffold("task")

    def test_that_insist_on_arguments(self, base, connect):
        """
        What a constructor cannot do without is given, also where NULL could be stored.
        """

        class Option(base):
            __tablename__ = "option"
            id = key()
            value = sa.Column(sa.Text)

            def __init__(self, value):
                self.value = value

        assert "Value" == connect(base).insert("option").value

    def test_that_make_up_a_key(self, base, connect):
        """
        A constructor with a default for a foreign key gets a parent that exists.
        """

        class Realm(base):
            __tablename__ = "realm"
            id = key()

        class Token(base):
            __tablename__ = "token"
            id = key()
            realm_id = sa.Column(sa.ForeignKey("realm.id"))
            realm = relationship(Realm)

            def __init__(self, realm_id=0):
                self.realm_id = realm_id

        token = connect(base).insert("token")

        assert token.realm_id == token.realm.id != 0

    def test_that_validate(self, base, connect):
        """
        What a class refuses is spelled as it likes it; if nothing helps, it stays.
        """

        class Page(base):
            __tablename__ = "page"
            id = key()
            run = required("run", sa.String(40))
            fussy = sa.Column(sa.Text, default="x")
            other = required("other", sa.Text)

            @validates("run")
            def _check_run(self, _name, value):
                if " " in value or not value.islower():
                    raise ValueError(value)
                return value

            @validates("other")
            def _check_other(self, _name, value):
                return self.missing or value

            missing = property(lambda self: {}["nothing"])

        lab = connect(base)

        assert '"run": "run",  # what its class takes' in lab.scaffold("page")
        assert '"other": "Other",' in lab.scaffold("page")

    def test_that_take_columns_only(self, base, connect):
        """
        What a constructor trips over is set when it is done.
        """

        class Shop(base):
            __tablename__ = "shop"
            id = key()

        class Shelf(base):
            __tablename__ = "shelf"
            id = key()
            name = required("name", sa.Text)
            shop_id = required("shop_id", sa.Integer, sa.ForeignKey("shop.id"))
            shop = relationship(Shop)

            def __init__(self, **columns):
                for name, value in columns.items():
                    column = type(self).__table__.columns[name]
                    setattr(self, column.name, value.upper())

        shelf = connect(base).insert("shelf")

        assert "SHELF 0" == shelf.name
        assert shelf.shop_id == shelf.shop.id

    def test_that_cannot_be_called_here(self, base, connect):
        """
        A class whose constructor needs more than values is made without it, and told.
        """

        class Job(base):
            __tablename__ = "job"
            id = key()
            name = required("name", sa.Text)

            def __init__(self, **_columns):
                raise RuntimeError("no application")

        with pytest.warns(UserWarning, match="which raised RuntimeError: no appl"):
            job = connect(base).insert("job")

        assert "Job 0" == job.name

    def test_that_know_no_such_keyword(self, base, connect):
        """
        A keyword that a constructor refuses is set when it is done.
        """

        class Parent(base):
            __tablename__ = "parent"
            id = key()

        class Child(base):
            __tablename__ = "child"
            id = key()
            name = required("name", sa.Text)
            note = required("note", sa.Text)
            parent_id = required("parent_id", sa.Integer, sa.ForeignKey("parent.id"))
            parent = relationship(Parent)

            def __init__(self, **columns):
                self._take(**columns)

            def _take(self, name, parent=None):
                self.name = name.upper()

        child = connect(base).insert("child")

        assert ("CHILD 0", "Some note") == (child.name, child.note)
        assert child.parent_id == child.parent.id

    def test_given_one_by_one(self, base):
        """
        Single classes are models of their own tables, and of no others.
        """

        class User(base):
            __tablename__ = "users"
            id = key()
            version = sa.Column(sa.Integer, nullable=False)
            __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

        class _Other(base):
            __tablename__ = "others"
            id = key()

        factories = TableFactories.of_models(User, dialect="sqlite")

        assert ["user"] == factories.names()
        source = factories.scaffold()
        assert "left out: version (its class writes it)" in source

    def test_no_models_at_all(self):
        """
        Something that holds no classes is refused by its name.
        """
        with pytest.raises(ArgumentTypeError, match="registries or MetaData, not as 7"):
            read_models(7)


class TestTablesWithoutClasses:
    def test_between_two_classes(self, base, connect):
        """
        The table of a many-to-many relationship takes rows; the classes stay as is.
        """
        pairs = sa.Table(
            "user_role",
            base.metadata,
            sa.Column("user_id", sa.ForeignKey("users.id")),
            sa.Column("role_id", sa.ForeignKey("roles.id")),
        )

        class User(base):
            __tablename__ = "users"
            id = key()
            roles = relationship("Role", secondary=pairs)

        class Role(base):
            __tablename__ = "roles"
            id = key()

        lab = connect(base)

        # With parents and without: nothing in it is required.
        made = lab.insert_list(3, "user_role")
        row = lab.insert("user_role", user=lab.build("user"), role=lab.build("role"))

        assert 3 == len(made)
        assert (row.user.id, row.role.id) == (row.user_id, row.role_id)
        assert {"id", "roles"} == set(User.__mapper__.attrs.keys())
        assert ["user_id", "role_id"] == [column.name for column in pairs.columns]
        lab.rollback()
        assert connect(base, create=False).insert("user_role")

    def test_metadata_alone(self, connect):
        """
        Tables that nobody wrote classes for are models as well.
        """
        metadata = sa.MetaData()
        sa.Table("author", metadata, key(), required("name", sa.Text))
        sa.Table(
            "book",
            metadata,
            key(),
            required("author_id", sa.Integer, sa.ForeignKey("author.id")),
        )

        book = connect(metadata).insert("book")

        assert book.author_id == book.author.id

    def test_that_cannot_be_read(self, base):
        """
        A table with a type that fails is skipped, named, and no reason to stop.
        """

        class Broken(TypeDecorator):
            impl = sa.Text

            @property
            def python_type(self):
                raise ValueError("no idea")

        for name, kind in {"Fine": sa.Text, "Lost": Broken}.items():
            body = {"__tablename__": name.lower(), "id": key(), "a": sa.Column(kind)}
            type(name, (base,), body)

        models = read_models(base)

        assert ["fine"] == list(models)
        assert ["lost: no idea"] == [str(each) for each in models.schema.skipped]


class TestKeysWithoutAssociations:
    def test_of_several_columns(self, base, connect):
        """
        All columns of a key come from one parent, and it from its own parents.
        """

        class Tenant(base):
            __tablename__ = "tenant"
            id = key()

        class Flow(base):
            __tablename__ = "flow"
            tenant_id = sa.Column(sa.ForeignKey("tenant.id"), primary_key=True)
            name = sa.Column(sa.String(40), primary_key=True)

        class Run(base):
            __tablename__ = "run"
            tenant_id = key("tenant_id")
            flow = sa.Column(sa.String(40), primary_key=True)
            no = key("no", autoincrement=False)
            __table_args__ = (
                sa.ForeignKeyConstraint(
                    ["tenant_id", "flow"], ["flow.tenant_id", "flow.name"]
                ),
            )

        class Log(base):
            __tablename__ = "log"
            id = key()
            tenant_id = required("tenant_id", sa.Integer, sa.ForeignKey("tenant.id"))
            flow = required("flow", sa.String(40))
            no = required("no", sa.Integer)
            __table_args__ = (
                sa.ForeignKeyConstraint(
                    ["tenant_id", "flow", "no"], ["run.tenant_id", "run.flow", "run.no"]
                ),
            )

        lab = connect(base)

        made = lab.insert_list(3, "log")

        assert 3 == len({each.tenant_id for each in made})
        assert 3 == len({(each.tenant_id, each.flow, each.no) for each in made})

    def test_beside_an_association(self, base, connect):
        """
        What the class holds a record for is handed on as that record.
        """

        class Shop(base):
            __tablename__ = "shop"
            id = key()

        class Shelf(base):
            __tablename__ = "shelf"
            shop_id = sa.Column(sa.ForeignKey("shop.id"), primary_key=True)
            no = key("no", autoincrement=False)
            shop = relationship(Shop)

        class Box(base):
            __tablename__ = "box"
            id = key()
            shop_id = required("shop_id", sa.Integer, sa.ForeignKey("shop.id"))
            shelf_no = required("shelf_no", sa.Integer)
            shop = relationship(Shop)
            __table_args__ = (
                sa.ForeignKeyConstraint(
                    ["shop_id", "shelf_no"], ["shelf.shop_id", "shelf.no"]
                ),
            )

        box = connect(base).insert("box")

        assert box.shop_id == box.shop.id
