"""
The override form builds what it shows.
"""

import json

import pytest

from machina_lab import Lab, sequence
from machina_lab.core.sequences import sequences
from machina_lab.errors import UndefinedFactoryError
from machina_lab.widgets import override_form
from machina_lab.widgets.form_data import form_data
from machina_lab.widgets.previews import SHOWN
from tests.support.shop_models import State
from tests.widgets.pages import html_of, press, put, tick


@pytest.fixture
def form(lab):
    """
    A form for orders.
    """
    return override_form(lab, "order")


def test_its_data_are_plain(lab):
    """
    What the form shows can be written as JSON.
    """
    data = form_data(lab, "order+paid")

    assert json.loads(json.dumps(data)) == data
    assert data["chosen"] == ["paid"]
    assert data["connected"] is True


def test_an_unknown_factory_raises(lab):
    """
    A form for a name that nobody defined is refused at once.
    """
    with pytest.raises(UndefinedFactoryError, match=r"custmer.*customer"):
        override_form(lab, "custmer")


def test_typing_overrides(form):
    """
    What is typed is in the overrides, in both lines and in the preview.
    """
    put(form.controls["number"].input, "A 7")
    put(form.controls["state"].input, 2, "index")

    assert form.overrides == {"number": "A 7", "state": State.paid}
    assert form.line == '%build order number="A 7" state=paid'
    assert form.code == 'lab.build("order", number="A 7", state=State.paid)'
    assert "A 7" in form.preview.value


def test_tells_what_the_factory_would_give(lab):
    """
    The default stands where one types or beside the control, overridden or not.
    """
    form = override_form(lab, "customer")
    assert form.controls["email"].input.placeholder == "jane-0@example.com"
    assert "default True" in form.controls["active"].message.value

    tick(form.controls["active"].given)

    assert form.overrides == {"active": False}
    assert "default True" in form.controls["active"].message.value


def test_builds_what_the_preview_shows(form, lab):
    """
    Previews take no sequence number: the build gets the one that was shown.
    """
    assert "A000" in form.preview.value
    put(form.controls["state"].input, 2, "index")
    assert "A000" in form.preview.value

    press(form.build_button)

    assert [each.number for each in form.records] == ["A000"]
    assert "A001" in form.preview.value
    assert lab.pending == {}
    assert form.status.text == "Built 1 order."


def test_the_code_does_the_same(form, lab):
    """
    The call that the form shows, run, makes an equal record.
    """
    put(form.controls["number"].input, "B1")
    customer = form.controls["customer"]
    put(customer.input, customer.input.options.index("new, with…"), "index")
    put(customer.nested[2].input, "Ada")
    put(form.count, 2)
    press(form.build_button)

    again = eval(form.code, {"lab": lab})

    assert [(each.number, each.customer.name) for each in form.records] == [
        ("B1", "Ada")
    ] * 2
    assert [(each.number, each.customer.name) for each in again] == [("B1", "Ada")] * 2


def test_inserts_and_takes_back(form, lab):
    """
    Insert writes rows, the code says so, and Undo takes them back.
    """
    press(form.insert_button)

    assert lab.pending == {"customers": 1, "orders": 1}
    assert form.line == "%insert order"
    assert form.status.text == ("Inserted 1 order. Pending: customers 1, orders 1.")

    press(form.undo_button)

    assert lab.pending == {}
    assert form.records == []
    assert form.status.text == "Took back insert order."


def test_nothing_is_built_while_something_does_not_fit(form):
    """
    A text that is no number is said at its field, and the buttons are off.
    """
    put(form.controls["id"].input, "abc")
    assert list(form.errors) == ["id"]
    assert form.build_button.disabled

    form.build()

    assert form.records == []
    assert "does not fit" in form.status.text
    assert form.overrides == {}

    put(form.controls["id"].input, "12")
    assert form.errors == {}
    assert form.overrides == {"id": 12}
    assert not form.build_button.disabled


def test_variants_apply_in_their_order(lab):
    """
    Pressed chips are numbered in the order in which they apply, and can change it.
    """
    lab.variant("customer", "retired_admin", defaults={"role": "old", "active": False})
    form = override_form(lab, "customer+admin")
    chips = form.chips
    assert form.path == "customer+admin"

    tick(chips.chips["retired_admin"])
    assert form.path == "customer+admin+retired_admin"
    assert chips.chips["retired_admin"].description == "2 retired_admin"

    press(chips.earlier["retired_admin"])
    assert form.path == "customer+retired_admin+admin"
    assert [each.role for each in lab.build_list(1, form.path)] == ["admin"]

    tick(chips.chips["admin"], on=False)
    assert form.path == "customer+retired_admin"


def test_a_factory_that_raises(lab):
    """
    The preview shows the error with its traceback, and so does a build.
    """
    form = override_form(lab, "broken")
    assert "ZeroDivisionError: division by zero" in form.preview.value
    assert "<details>" in form.preview.value

    press(form.build_button)

    assert form.status.text == "ZeroDivisionError: division by zero"
    assert form.records == []


def test_without_a_database_nothing_can_be_inserted():
    """
    Insert is off until the lab is connected.
    """
    lab = Lab()

    @lab.factory
    def tea():
        return {"name": "Green", "price": 3, "bags": [1]}

    form = override_form(lab, "tea")

    assert form.insert_button.disabled
    assert list(form.controls) == ["name", "price", "bags"]
    put(form.controls["price"].input, "4")
    assert form.overrides == {"price": 4}


def test_named_inputs_come_first(lab):
    """
    A factory's own inputs can be filled in as well.
    """
    form = override_form(lab, "product")

    assert next(iter(form.controls)) == "euros"
    put(form.controls["euros"].input, "5")
    press(form.build_button)
    assert form.records[0].price == 5


def test_a_database_that_went_away(form, lab):
    """
    An insert without its database says so, and the form goes on.
    """
    lab.repo.session.connection().connection.dbapi_connection.close()

    press(form.insert_button)

    assert "closed database" in form.status.text
    assert form.records == []
    put(form.controls["number"].input, "still here")
    assert "still here" in form.preview.value
    lab.repo.session.invalidate()


CELL = """
@lab.factory
def tea({inputs}):
    return {{{body}}}
"""


def test_a_factory_defined_again():
    """
    After its cell is run again the form shows the new definition; values are kept.
    """
    names = {"lab": Lab(), "__name__": "cell"}
    exec(CELL.format(inputs="", body="'name': 'Green', 'price': 3"), names)
    form = override_form(names["lab"], "tea")
    put(form.controls["name"].input, "kept")

    exec(CELL.format(inputs="*, size=1", body="'name': 'x', 'size': size"), names)
    form.follow()

    assert list(form.controls) == ["size", "name"]
    assert form.overrides == {"name": "kept"}
    press(form.build_button)
    assert form.records == [{"name": "kept", "size": 1}]


class Made:
    """
    A factory that comes and goes with a source.
    """

    model, text = None, ""

    def names(self):
        return ["row"]

    def define(self, name):
        return self

    def function(self):
        return {"n": 1}


def test_a_factory_that_is_gone():
    """
    A form whose factory does not exist any more says so and builds nothing.
    """
    lab, source = Lab(), Made()
    lab.add_source(source)
    form = override_form(lab, "row")

    lab.remove_source(source)
    form.follow()

    assert form.status.text.startswith("UndefinedFactoryError: no factory named 'row'")
    assert form.build_button.disabled
    form.build()
    assert form.records == []


def test_shows_few_of_many(lab):
    """
    However many are asked for, the preview shows the first few and says so.
    """
    form = override_form(lab, "customer")

    put(form.count, 1000)

    assert f"the first {SHOWN} of 1,000" in form.preview.value
    assert form.preview.value.count("@example.com") == SHOWN


def test_a_slow_factory_stops_following_keys():
    """
    Where a preview takes long it is made on demand, and the form says why.
    """
    lab, calls = Lab(), []

    @lab.factory
    def slow():
        calls.append(sum(range(20_000_000)))
        return {"name": "Jane"}

    form = override_form(lab, "slow")
    assert form.live.value is False
    assert "no longer follows" in form.status.text
    before = len(calls)

    put(form.controls["name"].input, "Ada")

    assert len(calls) == before
    assert form.overrides == {"name": "Ada"}


HOSTILE = "<img src=x onerror=alert(1)>"


def test_hostile_names_are_text():
    """
    Markup in names, values and errors of a factory is shown, not obeyed.
    """
    lab = Lab()

    def body():
        return {HOSTILE: HOSTILE, "n": sequence(HOSTILE, str)}

    lab.define(body, name="<script>x</script>")
    lab.variant("<script>x</script>", "<b>v</b>", defaults={HOSTILE: HOSTILE})
    form = override_form(lab, "<script>x</script>")
    press(form.build_button)
    put(form.controls[HOSTILE].input, HOSTILE)

    shown = html_of(form) + form.as_html()

    assert "<img" not in shown
    assert "<script" not in shown
    assert "&lt;img" in shown


def test_reads_as_text_and_html(form, lab):
    """
    Where no widget runs, the fields and the code are there; secrets are not.
    """

    @lab.factory
    def login():
        return {"name": "x", "password": "default"}

    put(form.controls["number"].input, "A7")
    bundle = form._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "%build order number=A7" in data["text/plain"]
    assert "<table" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert repr(form) == data["text/plain"]

    secret = override_form(lab, "login")
    put(secret.controls["password"].input, "hunter2")
    assert "hunter2" not in repr(secret)
    assert "hunter2" not in html_of(secret)
    assert secret.overrides == {"password": "hunter2"}
    assert "default" not in html_of(secret)


def test_leaves_sequences_alone(form):
    """
    Opening a form and typing in it uses no number.
    """
    put(form.controls["state"].input, 1, "index")

    assert sequences.names() == []
