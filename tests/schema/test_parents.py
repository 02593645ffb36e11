"""
Foreign keys in factories' source: what is said of the unusual ones.
"""

import pytest
import sqlalchemy as sa

from sqlalchemy.orm import DeclarativeBase, relationship

from machina_lab.schema import Schema, TableFactories
from machina_lab.schema.naming import name_tables
from machina_lab.schema.scaffolding import Scaffold


def key(*args):
    return sa.Column("id", sa.Integer, *args, primary_key=True)


def required(column, target, **options):
    foreign = sa.ForeignKey(target, **options)
    return sa.Column(column, sa.Integer, foreign, nullable=False)


def late(name, target):
    return required("next_id", target, use_alter=True, name=f"{name}_fk")


def scaffold(*tables, dialect="postgresql"):
    metadata = sa.MetaData()
    for name, *columns in tables:
        sa.Table(name, metadata, *columns)
    schema = Schema.from_metadata(metadata, dialect=dialect)
    return Scaffold(schema, name_tables(schema))


def ring(*names):
    """
    Return tables that each need the next, the last the first.
    """
    following = [*names[1:], names[0]]
    return [
        (
            name,
            key(),
            required("next_id", f"{other}.id", use_alter=True, name=f"{name}_fk"),
        )
        for name, other in zip(names, following, strict=True)
    ]


class TestRings:
    def test_both_ends_point_at_each_other(self):
        """
        Each factory of a ring gives its own key, and its parent holds it.
        """
        made = scaffold(*ring("store", "staff"))

        expected = 'lambda store: assoc("staff", next=None, next_id=store.id)'
        assert expected in made.source("store")
        assert "both are made together" in made.source("staff")
        assert [] == made.plan("store").wants

    def test_a_ring_of_three(self):
        """
        What is between is made on the way.
        """
        source = scaffold(*ring("a", "b", "c")).source("a")

        assert 'assoc("b", next=assoc("c", next=None, next_id=a.id))' in source

    def test_where_no_database_helps(self):
        """
        A ring that nothing breaks names the constraint that is in the way.
        """
        (need,) = scaffold(*ring("store", "staff"), dialect="mysql").plan("store").wants

        assert "it cannot be broken (store_fk)" in need

    def test_a_key_that_may_not_be_given(self):
        """
        An identity that is always generated cannot be known beforehand.
        """
        store, staff = ring("store", "staff")
        identity = key(sa.Identity(always=True))

        (need,) = scaffold((store[0], identity, store[2]), staff).plan("store").wants

        assert "id is GENERATED ALWAYS" in need

    @pytest.mark.parametrize("held", [(), ("a",), ("a", "b")])
    def test_classes_without_associations(self, held):
        """
        Where a class holds no record of the other, the ring is left to the person.
        """

        class Base(DeclarativeBase):
            pass

        names = {"a": "B", "b": "C", "c": "A"}
        classes = []  # SQLAlchemy does not keep them
        for name, other in names.items():
            target = f"{other.lower()}.id"
            body = {
                "__tablename__": name,
                "id": key(),
                "next_id": late(name, target),
            }
            if name in held:
                body["next"] = relationship(other, foreign_keys=body["next_id"])
            classes.append(type(name.upper(), (Base,), body))

        source = TableFactories.of_models(Base, dialect="sqlite").scaffold("a")

        assert source.count("# Needs you: a -> b -> c -> a") == 1


class TestSelf:
    @pytest.mark.parametrize("always", [False, True])
    def test_a_row_that_needs_another_of_its_own(self, always):
        """
        The first row points at itself, if its key can be given.
        """
        identity = [sa.Identity(always=True)] if always else []
        table = ("node", key(*identity), required("root_id", "node.id"))

        made = scaffold(table)

        assert '"root_id": lambda node: node.id,' in made.source("node")
        wants = ["root_id: the row points at itself"] if always else []
        assert wants == made.plan("node").wants

    def test_inside_a_tenant(self):
        """
        Of a key of several columns only the row's own part points back.
        """
        both = ["node.tenant", "node.id"]
        made = scaffold(
            ("tenant", key()),
            (
                "node",
                sa.Column("tenant", sa.ForeignKey("tenant.id"), primary_key=True),
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("up", sa.Integer, nullable=False),
                sa.ForeignKeyConstraint(["tenant", "up"], both),
            ),
        )

        assert {"up"} == made.plan("node").lazies.keys()


class TestShared:
    def test_what_one_parent_already_brings(self):
        """
        A parent that a longer key includes is not made again.
        """
        made = scaffold(
            ("tenant", key()),
            (
                "member",
                sa.Column("tenant_id", sa.ForeignKey("tenant.id"), primary_key=True),
                sa.Column("no", sa.Integer, primary_key=True),
            ),
            (
                "note",
                key(),
                sa.Column("no", sa.Integer, nullable=False),
                sa.Column("tenant_id", sa.Integer, nullable=False),
                sa.ForeignKeyConstraint(
                    ["no", "tenant_id"], ["member.no", "member.tenant_id"]
                ),
                sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
            ),
        )

        assert ["member"] == [each.factory for each in made.plan("note").parents]

    def test_a_key_that_is_the_parents_own(self):
        """
        Of a key that the parent makes up, all but one column are handed to it.
        """

        class Base(DeclarativeBase):
            pass

        class Slot(Base):
            __tablename__ = "slot"
            day = sa.Column(sa.Date, primary_key=True)
            hour = sa.Column(sa.Integer, primary_key=True)

        class Talk(Base):
            __tablename__ = "talk"
            id = key()
            day = sa.Column(sa.Date, nullable=False)
            hour = sa.Column(sa.Integer, nullable=False)
            __table_args__ = (
                sa.ForeignKeyConstraint(["day", "hour"], ["slot.day", "slot.hour"]),
            )

        source = TableFactories.of_models(Base).scaffold("talk")

        assert 'lambda talk: lab.insert("slot", day=talk.day).hour' in source
        assert "its parent gets the same" in source

    def test_a_column_that_both_have_and_no_record(self):
        """
        Where the other table has no record for a column in common, nothing is shared.
        """
        made = scaffold(
            ("a", sa.Column("no", sa.Integer, primary_key=True)),
            (
                "b",
                sa.Column("no", sa.Integer, primary_key=True),
                sa.Column("x", sa.Integer, primary_key=True),
            ),
            (
                "c",
                key(),
                required("no", "a.no"),
                sa.Column("x", sa.Integer, nullable=False),
                sa.ForeignKeyConstraint(["no", "x"], ["b.no", "b.x"]),
            ),
        )

        assert [{}, {}] == [dict(each.shared) for each in made.plan("c").parents]
