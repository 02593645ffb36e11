"""
One row of a form for each sort of field.
"""

import datetime as dt
import enum
import json

from decimal import Decimal

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab import Lab
from machina_lab.core.casting import cast_text
from machina_lab.core.datatypes import DataType, of_annotation
from machina_lab.core.records import Field
from machina_lab.errors import CastError
from machina_lab.widgets.association_controls import control_for
from machina_lab.widgets.controls import control_data, sort_of
from machina_lab.widgets.deeds import Deeds
from tests.support.shop_models import State
from tests.widgets.pages import everything, html_of, put, tick


class Color(enum.Enum):
    red = 1
    blue = 2


def field(name="it", annotation=str, **more):
    return Field(name, of_annotation(annotation)[0], **more)


def made(field, lab=None):
    changes = []
    control = control_for(
        field, lambda: changes.append(1), Deeds(lab, pytest.fail), {field.name: field}
    )
    return control, changes


SORTS = [
    (str, "text", "Jane", "Jane"),
    (int, "text", " 12 ", 12),
    (Decimal, "text", "9.90", Decimal("9.90")),
    (bool, "checkbox", True, True),
    (Color, "choice", 1, Color.blue),
    (dt.date, "date", dt.date(2024, 1, 31), dt.date(2024, 1, 31)),
    (dt.time, "time", dt.time(12, 30), dt.time(12, 30)),
    (
        dt.datetime,
        "datetime",
        dt.datetime(2024, 1, 31, 12),
        dt.datetime(2024, 1, 31, 12),
    ),
    (dict, "json", '{"a": [1]}', {"a": [1]}),
    (list[int], "text", "1, 2", [1, 2]),
]


@pytest.mark.parametrize(("annotation", "sort", "entered", "value"), SORTS)
def test_each_type_has_its_control(annotation, sort, entered, value):
    """
    What is entered becomes an override of the field's type, and ticks the row.
    """
    control, changes = made(field(annotation=annotation, nullable=False))
    assert control.items() == {}

    control.input.value = entered

    assert sort_of(control.field) == sort
    assert control.given.value is True
    assert control.items() == {"it": value}
    assert changes


@pytest.mark.parametrize(("annotation", "sort", "entered", "value"), SORTS)
def test_unticking_goes_back_to_the_default(annotation, sort, entered, value):
    """
    A row that is unticked overrides nothing, and its input is as at the start.
    """
    control, _ = made(field(annotation=annotation))
    before = control.input.value
    control.input.value = entered

    tick(control.given, on=False)

    assert control.items() == {}
    assert control.input.value == before


@pytest.mark.parametrize(("annotation", "sort", "entered", "value"), SORTS)
def test_null_is_a_value_of_its_own(annotation, sort, entered, value):
    """
    The null switch gives None; entering something switches it off.
    """
    control, _ = made(field(annotation=annotation))

    tick(control.null)
    assert control.items() == {"it": None}

    control.input.value = entered
    assert control.items() == {"it": value}


@pytest.mark.parametrize("annotation", [Color, dt.date, dt.time, dt.datetime])
def test_a_ticked_row_asks_for_its_value(annotation):
    """
    A choice or a moment that is ticked without a value says what is missing.
    """
    control, _ = made(field(annotation=annotation, nullable=False))
    tick(control.given)
    assert control.error.startswith("choose a ")
    assert control.input.value in {None, -1}

    tick(control.given, on=False)
    assert control.error == ""
    assert control.items() == {}


def test_the_default_unticks():
    """
    Who chooses the default again overrides nothing.
    """
    control, _ = made(field(annotation=Color))
    put(control.input, 2, "index")
    assert control.items() == {"it": Color.blue}

    put(control.input, 0, "index")

    assert not control.given.value
    assert control.items() == {}


def test_a_moment_with_a_time_zone():
    """
    A field that keeps time zones gets a picker that does.
    """
    zoned = Field("at", DataType("datetime", timezone=True))
    control, _ = made(zoned)
    moment = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)

    control.input.value = moment

    assert control.items() == {"at": moment}


def test_what_may_not_be_null_has_no_switch():
    """
    A field that must have a value offers no None.
    """
    control, _ = made(field(nullable=False))

    assert control.null is None


def test_an_empty_text_can_be_given():
    """
    A ticked row without text gives the empty text, an unticked one gives nothing.
    """
    control, _ = made(field())

    tick(control.given)

    assert control.items() == {"it": ""}


@pytest.mark.parametrize(
    ("annotation", "text"),
    [(int, "abc"), (Decimal, "1,2,3"), (dict, '{"a": '), (list[int], "1, x")],
)
def test_what_does_not_fit_is_said_in_the_row(annotation, text):
    """
    A text that is no value of the field's type is an error in its row.
    """
    control, _ = made(field(annotation=annotation))

    put(control.input, text)

    assert control.error
    assert "machina-wrong" in control.row._dom_classes
    assert "machina-bad" in control.message.value

    tick(control.given, on=False)
    assert control.error == ""
    assert "machina-wrong" not in control.row._dom_classes


@given(st.text(), st.sampled_from([str, int, float, Decimal, dict, list[int]]))
def test_text_is_read_as_everywhere(text, annotation):
    """
    A row reads text exactly as `cast_text` does, or says why it cannot.
    """
    control, _ = made(field(annotation=annotation))
    control.given.value = True

    control.input.value = text

    try:
        expected = cast_text(text, control.field.type)
    except CastError:
        assert control.error
    else:
        assert str(control.items()["it"]) == str(expected)


def test_a_secret_stays_in_the_kernel():
    """
    A secret that is typed reaches the record, and no state that is saved.
    """
    control, _ = made(field("api_token"))

    put(control.input, "hunter2")

    assert control.items() == {"api_token": "hunter2"}
    states = [each.get_state() for each in everything(control.widget)]
    assert "hunter2" not in repr(states)

    tick(control.given, on=False)
    assert control.items() == {}


def test_a_secret_that_does_not_fit_is_not_shown():
    """
    Not even the error tells what was typed.
    """
    control, _ = made(field("token", int))

    put(control.input, "hunter2")

    assert "hunter2" not in html_of(control.widget)
    assert control.error == "the value does not fit int"


@pytest.mark.parametrize("state", [None, "typed", "null"])
def test_a_row_can_be_put_back(state):
    """
    The state of a row, put on a new row of the field, gives the same override.
    """
    first, _ = made(field())
    if state == "typed":
        put(first.input, "Jane")
    elif state == "null":
        tick(first.null)
    second, _ = made(field())

    second.restore(first.state())

    assert second.items() == first.items()


def test_the_data_of_a_row_are_plain(lab):
    """
    What a row shows can be written as JSON.
    """
    fields = lab.find("order").fields()

    data = [control_data(each) for each in fields.values()]

    assert json.loads(json.dumps(data)) == data
    assert [each["sort"] for each in data] == [
        "text",
        "text",
        "choice",
        "text",
        "one",
        "many",
    ]
    assert data[2]["choices"] == [each.name for each in State]
    assert data[2]["type"] == "State"


class TestAssociations:
    @pytest.fixture
    def rows(self, lab):
        """
        Two customers in the database.
        """
        return lab.insert_list(2, "customer")

    @pytest.fixture
    def control(self, lab, rows):
        """
        The control of an order's customer.
        """
        fields = lab.find("order").fields()
        return control_for(
            fields["customer"], lambda: None, Deeds(lab, pytest.fail), fields
        )

    def test_starts_with_the_default(self, control):
        """
        Until something is chosen, the factory's own association stands.
        """
        assert control.items() == {}
        assert control.rows is None
        assert control.nested == []

    def test_a_row_that_exists(self, control, rows, lab):
        """
        A chosen row is given by its foreign key, so nothing is tied to the session.
        """
        put(control.input, control.input.options.index("existing row"), "index")
        assert control.error == "choose a row"

        put(control.rows.rows, 2, "index")

        assert control.items() == {"customer_id": rows[1].id}
        assert lab.build("order", control.items()).customer_id == rows[1].id

    def test_a_form_of_its_own(self, control, lab):
        """
        A nested form gives the association's own overrides; it does not lead back.
        """
        put(control.input, control.input.options.index("new, with…"), "index")
        names = {each.field.name: each for each in control.nested}

        put(names["name"].input, "Ada")

        assert "orders" in names
        assert control.items() == {"customer": {"name": "Ada"}}
        assert lab.build("order", control.items()).customer.name == "Ada"

    def test_what_does_not_fit_inside_is_said_outside(self, control):
        """
        An error in the nested form is one of the association's row too.
        """
        put(control.input, control.input.options.index("new, with…"), "index")

        put(control.nested[0].input, "abc")

        assert control.error.startswith("id: 'abc' does not fit")

    def test_none(self, control):
        """
        An association can be none.
        """
        put(control.input, control.input.options.index("none"), "index")

        assert control.items() == {"customer": None}

    def test_the_default_again(self, control):
        """
        Back to the default, by choosing it or by unticking, nothing is overridden.
        """
        for undo in (
            lambda: put(control.input, 0, "index"),
            lambda: tick(control.given, on=False),
        ):
            put(control.input, control.input.options.index("none"), "index")
            assert control.items() == {"customer": None}
            undo()
            assert control.items() == {}
            assert control.input.value == "default"

    def test_a_form_can_be_put_back(self, control, lab):
        """
        What was typed in a nested form survives the row being made anew.
        """
        put(control.input, control.input.options.index("new, with…"), "index")
        control.nested[2].input.value = "Ada"
        fields = lab.find("order").fields()
        again = control_for(
            fields["customer"], lambda: None, Deeds(lab, pytest.fail), fields
        )

        again.restore(control.state())
        assert again.items() == {"customer": {"name": "Ada"}}

        offline = control_for(
            fields["customer"], lambda: None, Deeds(Lab(), pytest.fail), fields
        )
        put(control.input, control.input.options.index("existing row"), "index")
        offline.restore(control.state())
        assert offline.items() == {}

    def test_a_database_that_went_away(self, control, engine, lab):
        """
        Rows that cannot be read are an error in the row.
        """
        lab.repo.session.connection().connection.dbapi_connection.close()

        put(control.input, control.input.options.index("existing row"), "index")

        assert "closed database" in control.error
        lab.repo.session.invalidate()


def test_many_can_be_emptied(lab):
    """
    An association to many is the factory's own, or an empty list.
    """
    control, _ = made(
        Field("lines", DataType("array"), role="to_many", target=State), lab
    )

    put(control.input, 1, "index")

    assert control.items() == {"lines": []}
