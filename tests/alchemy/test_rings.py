"""
Rows of tables that need each other, where no foreign key may be NULL.
"""

import pytest
import sqlalchemy as sa

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, relationship

from machina_lab import Lab, assoc, sequence, sequences
from machina_lab.errors import InsertError
from tests.support.databases import MYSQL


def ring(**constraint):
    """
    Return the classes of stores and their staff: each has one of the other.
    """

    class Base(DeclarativeBase):
        pass

    class Place(Base):
        __tablename__ = "place"
        id = sa.Column(sa.Integer, primary_key=True)

    class Store(Base):
        __tablename__ = "store"
        id = sa.Column(sa.Integer, primary_key=True)
        place_id = sa.Column(sa.ForeignKey("place.id"), nullable=False)
        manager_id = sa.Column(
            sa.ForeignKey("staff.id", use_alter=True, name="fk_manager", **constraint),
            nullable=False,
            unique=True,
        )
        mood = sa.Column(sa.Text, server_default="calm", nullable=False)
        size = sa.Column(sa.Integer, default=lambda: 7)
        place = relationship(Place, backref="stores")
        manager = relationship("Staff", foreign_keys=manager_id)

    class Staff(Base):
        __tablename__ = "staff"
        id = sa.Column(sa.Integer, primary_key=True)
        store_id = sa.Column(sa.ForeignKey("store.id", **constraint), nullable=False)
        store = relationship(Store, foreign_keys=store_id)

    class Rental(Base):
        __tablename__ = "rental"
        id = sa.Column(sa.Integer, primary_key=True)
        staff_id = sa.Column(sa.ForeignKey("staff.id"), nullable=False)
        staff = relationship(Staff)

    return Base, Store, Staff, Rental, Place


@pytest.fixture(
    name="shops",
    params=[{}, {"deferrable": True}, {"deferrable": True, "initially": "DEFERRED"}],
    ids=["at once", "deferrable", "deferred"],
)
def _shops(request, database):
    if database.dialect in MYSQL:
        pytest.skip("checks keys row by row: no such ring can be written")
    base, store, staff, rental, place = ring(**request.param)
    database.create(base)
    lab = Lab(database.open())

    @lab.factory(model=place)
    def place():
        return {}

    @lab.factory(model=store)
    def store():
        return {
            "id": sequence("store", int, start_at=1),
            "place": assoc("place"),
            "manager": lambda store: assoc("staff", store=None, store_id=store.id),
        }

    @lab.factory(model=staff)
    def staff():
        return {
            "id": sequence("staff", int, start_at=1),
            "store": lambda staff: assoc("store", manager=None, manager_id=staff.id),
        }

    @lab.factory(model=rental)
    def rental():
        return {"staff": assoc("staff")}

    with sequences.isolated():
        yield lab
    lab.rollback()
    lab.repo.close()


def test_both_rows_and_what_they_need(shops):
    """
    A row, its partner and their parents go in together, defaults of all sorts too.
    """
    made = shops.insert_list(3, "store")

    assert {"store": 3, "staff": 3, "place": 3} == shops.pending
    for store in made:
        assert store.id == store.manager.store_id
        assert store.manager_id == store.manager.id
        assert ("calm", 7) == (store.mood, store.size)
    shops.repo.session.expire_all()
    assert made[0] is made[0].manager.store


def test_rows_that_hang_on_them(shops):
    """
    A child of one of them brings the whole ring.
    """
    rental = shops.insert("rental")
    shops.commit()

    assert rental.staff.store.manager is rental.staff


def test_an_undo_takes_all_of_them(shops):
    """
    One step is one undo, and the records can be inserted again.
    """
    store = shops.insert("store")

    shops.undo()

    assert {} == shops.pending
    again = shops.insert(store)
    assert {"store": 1, "staff": 1, "place": 1} == shops.pending
    assert again is store


def test_a_row_that_points_nowhere(shops):
    """
    Waiting with the check is no leave to point at a row that is not there.
    """

    def insert():
        shops.insert("store", manager=None, manager_id=99)
        shops.commit()

    with pytest.raises((InsertError, IntegrityError), match=r"(?i)foreign key|staff"):
        insert()

    shops.rollback()
    assert {} == shops.pending


def test_a_key_that_nothing_makes(database):
    """
    Where a key cannot be had beforehand, the error asks for it.
    """
    if database.dialect != "postgresql":
        pytest.skip("only one statement for all rows needs the keys first")
    metadata = sa.MetaData()
    code = {"primary_key": True, "nullable": False}
    sa.Table(
        "a",
        metadata,
        sa.Column("code", sa.Text, **code),
        sa.Column("b", sa.ForeignKey("b.code"), nullable=False),
    )
    sa.Table(
        "b",
        metadata,
        sa.Column("code", sa.Text, server_default="made", **code),
        sa.Column(
            "a", sa.ForeignKey("a.code", use_alter=True, name="x"), nullable=False
        ),
    )
    database.create(metadata)
    lab = Lab(database.open())
    assert "b_record" in lab.models.A.__mapper__.relationships
    other = lab.models.B(a="one", code=None)

    with pytest.raises(InsertError, match=r"B\.code must be given"):
        lab.insert(lab.models.A(code="one", b_record=other))

    lab.repo.close()
