"""
The inspector of sequences.
"""

import json

from machina_lab import Lab, sequence, sequences
from machina_lab.widgets import sequence_inspector
from machina_lab.widgets.sequence_inspector import sequence_data
from tests.widgets.pages import html_of, press, put


def rows(lab):
    return {each["name"]: each for each in sequence_data(lab)}


def test_shows_what_comes_next_without_taking_it(lab):
    """
    Number and value that come next, the start and the users; nothing advances.
    """
    lab.build_list(3, "customer")

    data = rows(lab)

    assert json.loads(json.dumps(data)) == data
    assert data["email"] == {
        "name": "email",
        "next": 3,
        "start": 0,
        "used": True,
        "value": "jane-3@example.com",
        "users": ["customer.email"],
    }
    assert data["sku"]["used"] is False
    assert sequences.peek("email") == 3
    assert "sku" not in sequences.names()


def test_sets_and_resets(lab):
    """
    Set and Reset move the chosen sequence; the lines do the same.
    """
    lab.build("customer")
    view = sequence_inspector(lab)
    assert view.selected == "email"

    put(view.number, 100)
    press(view.set_button)

    assert lab.build("customer").email == "jane-100@example.com"
    assert view.code == 'sequences.set("email", 100)'
    assert "%sequences set email 100" in view.code_lines.value

    press(view.reset_button)

    assert sequences.peek("email") == 0
    assert view.number.value == 0
    assert view.code == 'sequences.reset("email")'


def test_resets_all(lab):
    """
    Reset all forgets every sequence.
    """
    lab.build("order")
    view = sequence_inspector(lab)

    press(view.reset_all)

    assert sequences.names() == []
    assert view.code == "sequences.reset()"


def test_continues_after_a_column(lab):
    """
    Sync goes on after the largest value of the column, the likeliest one offered first.
    """
    lab.insert_list(4, "customer")
    sequences.reset()
    view = sequence_inspector(lab)
    put(
        view.chosen, [label for label, _ in view.chosen.options].index("email"), "index"
    )
    assert view.column.value == "Customer.email"

    press(view.sync_button)

    assert sequences.peek("email") == 4
    assert view.code == 'lab.sync_sequence("email", Customer.email)'
    assert lab.insert("customer").email == "jane-4@example.com"


def test_follows_other_cells(lab):
    """
    What other cells use shows; the chosen sequence stays chosen.
    """
    view = sequence_inspector(lab)
    put(view.chosen, 1, "index")
    before = view.selected

    sequence("brand new")
    view.follow()

    assert view.selected == before
    assert "brand new" in view.as_text()


def test_names_of_any_sort():
    """
    Names that are no text, or hostile, are shown and can be moved.
    """
    sequences.next(("pair", 1), str)
    sequences.next("<img src=x>", str)
    view = sequence_inspector(Lab())

    put(view.number, 7)
    press(view.set_button)

    assert sequences.peek(("pair", 1)) == 7
    assert view.code == "sequences.set(('pair', 1), 7)"
    assert "<img" not in html_of(view)


def test_without_sequences():
    """
    Where there is none, the buttons are off and the reason is said.
    """
    view = sequence_inspector(Lab())

    assert view.set_button.disabled
    assert view.sync_button.disabled
    assert "No sequence was used yet" in html_of(view)
    view.set_next()
    assert "there is no sequence yet" in view.status.text


def test_without_a_database_there_is_nothing_to_sync_with():
    """
    Sync needs a database.
    """
    sequences.next("n", str)
    view = sequence_inspector(Lab())

    assert view.sync_button.disabled
    assert not view.set_button.disabled


def test_a_factory_that_raises_does_not_hide_the_others(lab):
    """
    The next value of a failing factory's sequence is unknown, all else is shown.
    """

    @lab.factory
    def failing():
        return {"n": sequence("failing", str), "bad": 1 / 0}

    data = rows(lab)

    assert data["failing"]["value"] == ""
    assert data["failing"]["users"] == ["failing.n"]
    assert data["email"]["value"] == "jane-0@example.com"
