"""
Every mapping, through a lab: built, inserted, read back, turned into params.
"""

from uuid import UUID

import pytest

from machina_lab import Lab, assoc
from tests.support import (
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
from tests.support.types_models import Color


CASES = {
    "natural key": (keys_models.Country, {"code": "FR", "name": "France"}),
    "composite key": (keys_models.Floor, {"building": "A", "level": 0}),
    "composite foreign key": (
        keys_models.Room,
        {"floor": {"building": "A", "level": 1}},
    ),
    "key that is a foreign key": (keys_models.Member, {"tenant": {}, "number": 1}),
    "key of Python": (keys_models.Token, {"label": "x"}),
    "key of the parent": (keys_models.Passport, {"token": {}, "number": "1"}),
    "identity": (keys_models.Ticket, {"title": "x"}),
    "sequence": (keys_models.Invoice, {"title": "x"}),
    "tree": (graph_models.Node, {"name": "r", "children": [{"name": "c"}]}),
    "many to many": (graph_models.Person, {"friends": [{"name": "x"}]}),
    "association object": (
        graph_models.Student,
        {"enrolments": [{"course": {"title": "x"}, "grade": "A"}]},
    ),
    "keyed and ordered collections": (
        graph_models.Album,
        {"notes": [{"key": "a"}], "tracks": [{}, {}], "labels": [{"name": "x"}]},
    ),
    "one to one": (graph_models.Desk, {"worker": {"name": "x"}}),
    "joined tables": (inheritance_models.Dog, {"name": "Rex", "owner": {}}),
    "single table": (inheritance_models.Truck, {"load": "3"}),
    "concrete tables": (inheritance_models.Circle, {"radius": 1}),
    "dataclass": (dataclass_models.Loan, {"reader": {"name": "Jane"}}),
    "sqlmodel": (sqlmodel_models.Hero, {"name": "Jo", "squad": {"name": "A"}}),
    "imperative": (imperative_models.Book, {"title": "x", "publisher": {"name": "P"}}),
    "version": (property_models.Actor, {"full_name": "Jane Doe"}),
    "composite": (property_models.Pin, {"at": property_models.Point(1, 2)}),
    "odd names": (property_models.Odd, {"select": "s", "mixed": "m", "spaced": "x"}),
    "expression": (property_models.Play, {"lead": {"first": "J"}}),
    "shop": (
        shop_models.OrderLine,
        {
            "position": "1",
            "order": {"number": "1", "customer": {"email": "a@b.c"}},
            "product": {"sku": "1", "title": "x", "price": "9.90"},
        },
    ),
    "types": (types_models.Everything, {"color": "r", "exact": "1.5", "flag": "yes"}),
    "defaults": (types_models.Filled, {"width": "3"}),
}


@pytest.mark.parametrize("case", CASES)
def test_round_trip(database, case):
    """A factory of the class builds, makes params, inserts, and the row reads back."""
    model, attributes = CASES[case]
    database.create(model.__table__.metadata)
    with Lab(database.address) as lab:

        @lab.factory(model=model)
        def thing():
            return dict(attributes)

        assert isinstance(lab.build("thing"), model)
        assert isinstance(lab.params_for("thing"), dict)
        record = lab.insert("thing")
        session = lab.repo.session
        session.flush()
        key = model.__mapper__.primary_key_from_instance(record)
        assert None not in key
        session.expunge_all()
        assert isinstance(session.get(model, tuple(key)), model)


def test_values_come_back_cast(database):
    """What was typed as text is stored and read as its type."""
    database.create(types_models.Base)
    lab = Lab(database.address)

    @lab.factory(model=types_models.Everything)
    def thing():
        return {"color": "g", "token": "0" * 32}

    record = lab.insert("thing")
    assert (record.color, record.token) == (Color.green, UUID(int=0))
    lab.rollback()
    lab.repo.close()


def test_a_saved_parent_for_many(database):
    """Children built against one saved parent leave it alone and point to it."""
    database.create(shop_models.Base)
    lab = Lab(database.address)

    @lab.factory(model=shop_models.Category)
    def category():
        return {"name": "x"}

    @lab.factory(model=shop_models.Category)
    def child():
        return {"name": "y", "parent": assoc("category")}

    parent = lab.insert("category")
    built = lab.build_list(3, "child", parent=parent)
    assert [each.parent_id for each in built] == [parent.id] * 3
    assert lab.repo.pending == {"categories": 1}
    lab.insert_list(2, "child", parent=parent)
    assert len(parent.children) == 2
    assert lab.repo.pending == {"categories": 3}
    lab.rollback()
    lab.repo.close()
