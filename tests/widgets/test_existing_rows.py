"""
A row among many is found by its key or by a part of its texts.
"""

import pytest

from machina_lab.widgets import override_form
from machina_lab.widgets.existing_rows import ROWS, rows_like
from tests.support.shop_models import Customer
from tests.widgets.pages import put


MANY = 1_000


@pytest.fixture
def crowded(lab):
    """
    The shop with a thousand customers; number 700 is called Ada 50%_.
    """
    lab.insert_list(MANY, "customer", None, {"bulk": True})
    lab.repo.session.get(Customer, 700).name = "Ada 50%_"
    lab.repo.session.flush()
    return lab


@pytest.fixture
def control(crowded):
    """
    The control of an order's customer, set to a row that exists.
    """
    control = override_form(crowded, "order").controls["customer"]
    put(control.input, control.input.options.index("existing row"), "index")
    return control


def labels(control):
    return [label for label, _ in control.rows.rows.options]


def test_offers_the_first_rows(control):
    """
    Before anything is typed the first rows stand there, and the list says so.
    """
    assert labels(control)[0] == f"the first {ROWS}: type to find others"
    assert labels(control)[1].startswith("Customer 1 · jane-0@example.com · Jane")
    assert len(labels(control)) == ROWS + 1
    assert control.error == "choose a row"


def test_a_key_chooses(control, crowded):
    """
    A key that is typed finds its row, which is taken where nothing else has it.
    """
    put(control.rows.find, "700")

    assert labels(control)[1].startswith(
        "Customer 700 · jane-699@example.com · Ada 50%_"
    )
    put(control.rows.rows, 1, "index")
    assert control.items() == {"customer_id": 700}
    assert crowded.build("order", control.items()).customer_id == 700


@pytest.mark.parametrize("typed", ["ada 50%", "50%_", " ADA "])
def test_a_part_of_a_text_finds(control, typed):
    """
    Texts are searched as they are typed, whatever LIKE makes of them elsewhere.
    """
    put(control.rows.find, typed)

    assert control.error == ""
    assert control.items() == {"customer_id": 700}


def test_the_key_comes_first(crowded):
    """
    Among all rows with a 7 in a text the one whose key it is stands first.
    """
    found = crowded.repo.run(lambda session: rows_like(session, Customer, "7"))

    assert found[0].id == 7
    assert len(found) == ROWS + 1
    assert all("7" in each.email for each in found[1:])


def test_what_is_chosen_stays(control):
    """
    A search that does not find the chosen row lets it stand.
    """
    put(control.rows.find, "Ada")
    put(control.rows.find, "no such customer")

    assert control.items() == {"customer_id": 700}
    assert labels(control)[1].startswith("Customer 700")

    put(control.rows.rows, 0, "index")
    assert control.error == "choose a row"


@pytest.mark.parametrize("typed", ["9" * 30, "-", "%", "'; DROP TABLE customers", "🍵"])
def test_what_nobody_has(control, typed):
    """
    Odd texts find what has them, and nothing else.
    """
    put(control.rows.find, typed)

    found = [each for each in labels(control)[1:] if "Ada 50%_" not in each]
    assert bool(found) == (typed == "-")
    assert control.rows.error == ""


def test_the_choice_survives_a_new_definition(crowded):
    """
    A factory that is defined again finds the chosen row still chosen.
    """
    form = override_form(crowded, "order")
    control = form.controls["customer"]
    put(control.input, control.input.options.index("existing row"), "index")
    put(control.rows.find, "Ada")

    crowded.variant("order", "late", defaults={"number": "late"})
    form.follow()

    again = form.controls["customer"]
    assert again is not control
    assert form.overrides == {"customer_id": 700}
    assert again.rows.rows.value == 0


def test_a_database_that_went_away(control, crowded):
    """
    A search that fails is an error in the row, until another one works.
    """
    connection = crowded.repo.session.connection()
    kept, connection.connection.dbapi_connection = (
        connection.connection.dbapi_connection,
        None,
    )
    put(control.rows.find, "Ada")
    assert control.error

    connection.connection.dbapi_connection = kept
    put(control.rows.find, "Ada 5")
    assert control.error == ""


def test_a_slow_search_waits_for_enter(control, monkeypatch):
    """
    Where a search takes long, not every key starts another.
    """
    assert control.rows.find.continuous_update
    monkeypatch.setattr("machina_lab.widgets.existing_rows._SLOW", -1)

    put(control.rows.find, "Ada")

    assert not control.rows.find.continuous_update
