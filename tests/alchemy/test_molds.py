"""
Records made on the short way are as SQLAlchemy's constructor makes them.
"""

import copy
import datetime as dt
import pickle

import pytest

from sqlalchemy import JSON, ForeignKey, event, inspect, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    validates,
)

from machina_lab import Lab, assoc, sequence
from machina_lab.alchemy.construction import quick_maker
from machina_lab.alchemy.molds import adopter_of, maker_of
from machina_lab.alchemy.plans import plan_of
from machina_lab.alchemy.provenance import provenance
from machina_lab.alchemy.silence import lasts
from tests.support import inheritance_models


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    tags: Mapped[list] = mapped_column(JSON, default=["new"])
    height: Mapped[int] = mapped_column(default=180)
    made_on: Mapped[dt.date | None]


class Box(Base):
    __tablename__ = "boxes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"))
    spare_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"))
    shelf: Mapped[Shelf] = relationship(foreign_keys=shelf_id)
    spare: Mapped[Shelf | None] = relationship(foreign_keys=spare_id)
    labels: Mapped[list["Label"]] = relationship(back_populates="box")


class Label(Base):
    __tablename__ = "labels"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    box_id: Mapped[int] = mapped_column(ForeignKey("boxes.id"))
    box: Mapped[Box] = relationship(back_populates="labels")

    @validates("text")
    def trimmed(self, key, text):
        return text.strip()


def state(record):
    """
    Return all that SQLAlchemy knows of a new record.
    """
    found = inspect(record)
    loaded = {k: v for k, v in found.dict.items() if k != "_sa_instance_state"}
    history = {each.key: each.history for each in found.attrs if each.key in loaded}
    return loaded, history, dict(found.committed_state), found.modified


def elsewhere(given):
    """
    Stands for the long way.
    """


def cast(model, **attributes):
    """
    Make a record on the short way; None where that is not taken.
    """
    return maker_of(model, frozenset(attributes), elsewhere)(attributes)


def test_columns():
    """Columns are set as the constructor sets them."""
    given = {"label": "A", "tags": [], "height": 2, "made_on": None}

    assert state(cast(Shelf, **given)) == state(Shelf(**given))


def test_a_parent():
    """An association to a parent just built, too."""
    shelf = Shelf(label="A")

    assert state(cast(Box, name="b", shelf=shelf)) == state(Box(name="b", shelf=shelf))


def test_two_parents():
    """Each of two parents is remembered by its own attribute."""
    shelf, spare = Shelf(label="A"), Shelf(label="B")
    box = cast(Box, name="b", shelf=shelf, spare=spare)

    assert state(box) == state(Box(name="b", shelf=shelf, spare=spare))
    assert provenance(box).names("shelf", shelf)
    assert provenance(box).names("spare", spare)
    assert not provenance(box).names("spare", shelf)


def test_defaults():
    """Plain defaults are filled in, those that can change as copies."""
    first, second = cast(Shelf, label="A"), cast(Shelf, label="B")
    first.tags.append("old")

    assert (first.height, second.height) == (180, 180)
    assert second.tags == ["new"]
    assert provenance(second).named == {"label"}


def test_the_callers_dict_is_not_kept():
    """What the record holds and what it was made of are two dicts."""
    given = {"label": "A"}
    shelf = cast(Shelf, **given)
    shelf.label = "B"

    assert given == {"label": "A"}


def test_changes_are_seen(database):
    """A record made so is stored, and a later change to it as well."""
    with Session(database.create(Base)) as session:
        box = cast(Box, name="b", shelf=cast(Shelf, label="A"))
        session.add(box)
        session.commit()
        box.name = "c"
        session.commit()

        assert session.scalars(select(Box.name)).all() == ["c"]
        assert session.scalars(select(Shelf.label)).all() == ["A"]


def test_copies_and_pickles():
    """It can be pickled with its parent, and remembers that one."""
    box = cast(Box, name="b", shelf=Shelf(label="A"))
    again = pickle.loads(pickle.dumps(box))

    assert again.shelf.label == "A"
    assert provenance(again).names("shelf", again.shelf)
    assert copy.copy(box).name == "b"


class TestRefused:
    """What is not made so goes the way of every other record."""

    @pytest.mark.parametrize(
        ("model", "attributes"),
        [
            pytest.param(Label, {"text": "a"}, id="validators"),
            pytest.param(Label, {"box": Box()}, id="a parent that hears of it"),
            pytest.param(Box, {"labels": []}, id="children"),
            pytest.param(Box, {"name": "b", "shelf": None}, id="no parent"),
            pytest.param(Box, {"shelf": {"label": "A"}}, id="a mapping"),
            pytest.param(inheritance_models.Dog, {"name": "Rex"}, id="a shared table"),
        ],
    )
    def test_attributes(self, model, attributes):
        """Where somebody has something to do, it is the long way's."""
        assert cast(model, **attributes) is None

    def test_parents_in_a_session(self, database):
        """A parent in a session is linked on the long way, its key filled in."""
        with Session(database.create(Base)) as session:
            shelf = Shelf(label="A")
            session.add(shelf)
            assert cast(Box, name="b", shelf=shelf) is None
            session.flush()
            box = quick_maker(Box, frozenset({"name", "shelf"}))(
                {"name": "b", "shelf": shelf}
            )
            assert box.shelf_id == shelf.id
            assert box not in session


class TestListeners:
    """Whoever begins to listen is heard from the next record on."""

    @pytest.fixture
    def lab(self):
        lab = Lab()

        @lab.factory(model=Shelf)
        def shelf():
            return {"label": sequence("label", lambda n: f"Shelf {n}")}

        @lab.factory(model=Box)
        def box():
            return {"name": "b", "shelf": assoc("shelf")}

        lab.build_pair("box")
        return lab

    @pytest.mark.parametrize(
        ("target", "name"),
        [
            pytest.param(lambda: Shelf.label, "set", id="a column"),
            pytest.param(lambda: Box.shelf, "set", id="a parent"),
        ],
    )
    def test_attributes(self, lab, target, name):
        """A listener of an attribute, added after records were built."""
        heard = []

        def listener(record, value, old, initiator):
            heard.append(type(record))

        event.listen(target(), name, listener)
        try:
            lab.build_list(3, "box")
            lab.build("box", name="c")
        finally:
            event.remove(target(), name, listener)
        lab.build("box")

        assert len(heard) == 4

    @pytest.mark.parametrize("propagate", [False, True], ids=["class", "base"])
    def test_making(self, lab, propagate):
        """A listener to the making of records, of the class or of its base."""
        heard = []

        def listener(record, args, kwargs):
            heard.append(record)

        target = Base if propagate else Shelf
        event.listen(target, "init", listener, propagate=propagate)
        try:
            lab.build("box")
        finally:
            event.remove(target, "init", listener)
        lab.build("box")

        assert len(heard) == (2 if propagate else 1)

    def test_a_silence_ends(self):
        """A silence knows whether it lasts."""
        silence = plan_of(Box).quiet["shelf"]

        def listener(record, value, old, initiator):
            pass

        event.listen(Box.shelf, "set", listener)
        try:
            assert not lasts(silence, "set")
        finally:
            event.remove(Box.shelf, "set", listener)
        assert lasts(silence, "set")


class TestAdopted:
    """Records that a body made by calling the class."""

    def test_what_is_known(self):
        """The names are noted, gaps filled, and the parent is remembered."""
        shelf = Shelf(label="A")
        adopt = adopter_of(Box, frozenset({"name", "shelf"}), elsewhere)
        box = adopt(Box(name="b", shelf=shelf))

        assert provenance(box).named == {"name", "shelf"}
        assert provenance(box).names("shelf", shelf)
        assert adopter_of(Shelf, frozenset({"label"}), elsewhere)(shelf).height == 180

    @pytest.mark.parametrize(
        ("record", "names"),
        [
            pytest.param(Label(text="a"), {"text"}, id="validators are no hindrance"),
            pytest.param(Box(name="b", shelf=None), {"name", "shelf"}, id="no parent"),
        ],
    )
    def test_made_as_it_was_called(self, record, names):
        """Whatever the call set is there; only what is known of it is added."""
        assert adopter_of(type(record), frozenset(names), elsewhere)(record) is record
        assert provenance(record).named == names

    def test_records_that_others_know(self, database):
        """A record in a session, or of a class that hands out known ones."""

        class Own(DeclarativeBase):
            pass

        class Only(Own):
            __tablename__ = "onlies"
            id: Mapped[int] = mapped_column(primary_key=True)

            def __new__(cls):
                return super().__new__(cls)

        with Session(database.create(Base)) as session:
            shelf = Shelf(label="A")
            session.add(shelf)

            assert adopter_of(Shelf, frozenset({"label"}), elsewhere)(shelf) is None
        assert adopter_of(Only, frozenset(), elsewhere)(Only()) is None

    def test_a_listener_to_the_making(self):
        """What a listener notes on a record stays."""

        def listener(record, args, kwargs):
            inspect(record).info["mine"] = 1

        lab = Lab()

        @lab.factory
        def shelf():
            return Shelf(label="A")

        lab.build("shelf")
        event.listen(Shelf, "init", listener)
        try:
            made = lab.build("shelf")
        finally:
            event.remove(Shelf, "init", listener)

        assert inspect(made).info["mine"] == 1
        assert provenance(made).named == {"label"}
