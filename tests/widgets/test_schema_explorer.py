"""
The explorer of a database.
"""

import json

import pytest

from sqlalchemy import create_engine, text

from machina_lab import Lab
from machina_lab.widgets import schema_explorer
from machina_lab.widgets.diagram_pages import drawn, picture
from machina_lab.widgets.schema_data import sample_data, schema_data, table_data
from tests.widgets.pages import html_of, press, put


def rows_of(view):
    """
    Return what the list says beside each table.
    """
    labels = [label.partition("\u2003") for label, _ in view.tables.options]
    return {key: number.strip() for key, _, number in labels}


def choose(view, key):
    """
    Choose a table in the list, as the page does.
    """
    labels = [label.partition("\u2003")[0] for label, _ in view.tables.options]
    put(view.tables, labels.index(key), "index")


def open_tab(view, number):
    """
    Open a tab, as the page does.
    """
    put(view.tabs, number, "selected_index")


@pytest.fixture
def view(lab):
    """
    The explorer of the shop with some orders.
    """
    lab.insert_list(3, "order")
    return schema_explorer(lab)


def test_its_data_are_plain(lab):
    """
    What the explorer shows can be written as JSON.
    """
    schema = lab.schema
    data = [schema_data(schema), table_data(lab, schema, "orders")]

    assert json.loads(json.dumps(data))[1]["key"] == "orders"
    assert data[0]["relations"] == len(schema.relations)
    assert data[1]["factories"] == ["order"]
    assert [parent for parent, _ in data[1]["parents"]] == ["customers"]
    assert [child for child, _ in data[1]["children"]] == ["order_lines"]


def test_a_table_of_its_own_factory(lab):
    """
    Where nobody wrote a factory, the table's own one is named.
    """
    assert table_data(lab, lab.schema, "tags")["factories"] == ["tag"]


def test_tables_with_their_rows(view):
    """
    The list tells each table's number of rows, pending ones included.
    """
    assert rows_of(view)["orders"] == "3"
    assert len({len(label) for label, _ in view.tables.options}) == 1
    assert "8 tables" in view.title.value


def test_choosing_opens_the_page(view):
    """
    A chosen table shows its columns, keys and relations.
    """
    choose(view, "orders")

    assert view.selected == "orders"
    assert view.code == 'lab.schema.table("orders")'
    assert "%schema orders" in view.code_lines.value
    assert "customers.id" in view.columns.value
    assert 'data-table="order_lines"' in view.columns.value


def test_tabs_are_filled_when_opened(view):
    """
    Rows, diagram and factory are made when their tab is opened, not before.
    """
    choose(view, "customers")
    assert view.rows.value == view.picture.value == view.factory.value == ""

    open_tab(view, 1)
    assert "jane-0@example.com" in view.rows.value
    open_tab(view, 2)
    assert "<svg" in view.picture.value
    open_tab(view, 3)
    assert "customer" in view.factory.value

    choose(view, "tags")
    open_tab(view, 1)
    assert "No rows yet." in view.rows.value


def test_the_diagram_zooms(view):
    """
    The buttons change the picture's width; Fit takes the box's.
    """
    choose(view, "orders")
    open_tab(view, 2)
    before = int(view.picture.layout.width.removesuffix("px"))

    press(view.larger)
    assert int(view.picture.layout.width.removesuffix("px")) > before
    assert view.zoom == 1.25

    press(view.fit)
    assert view.picture.layout.width == "100%"

    for _ in range(40):
        press(view.smaller)
    assert view.zoom == pytest.approx(0.1)


def test_tables_in_the_diagram_can_be_opened(lab):
    """
    Every drawn table is a button with its key, and two pictures share no marker.
    """
    keys = {table.key for table in lab.schema}
    svg = drawn(lab.schema, "orders", whole=True)

    first, width = picture(svg, keys)
    second, _ = picture(svg, keys)

    assert width > 100
    for key in keys:
        assert f'data-table="{key}" tabindex="0" role="button"' in first
    assert first != second
    assert 'id="to"' not in first


def test_scaffolds(view):
    """
    Scaffold shows the source of a factory and the lines that write it.
    """
    choose(view, "tags")
    open_tab(view, 3)

    press(view.scaffold_button)

    assert "def tag(" in view.scaffolded.value
    assert "%scaffold tags" in view.scaffolded.value


def test_filtering(view):
    """
    The filter keeps tables with the text in their name; a whole name is chosen.
    """
    put(view.filter, "orders")
    assert view.selected == "orders"

    put(view.filter, "ORDER")
    assert len(view.tables.options) == 2

    put(view.filter, "nothing like it")
    assert view.selected == ""
    assert "No table has this" in view.head.value


def test_follows_inserts_and_new_tables(view, lab, engine):
    """
    Rows that other cells insert are counted; Refresh finds new tables.
    """
    choose(view, "orders")

    lab.insert_list(2, "order")
    view.follow()
    assert rows_of(view)["orders"] == "5"
    assert view.selected == "orders"

    lab.repo.connection().execute(text("CREATE TABLE fresh (id INTEGER PRIMARY KEY)"))
    press(view.reload)
    assert "fresh" in view.as_text()
    assert view.status.text.startswith("Read 9 tables")


def test_without_a_database():
    """
    A lab that is not connected has an explorer that says so, and follows a connect.
    """
    lab = Lab()
    view = schema_explorer(lab)
    assert "no database" in view.status.text
    assert view.as_text() == "No database is connected."
    assert "No database" in view.as_html()

    lab.connect("sqlite://")
    lab.repo.connection().execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    view.follow()
    press(view.reload)

    assert view.selected == "t"
    lab.repo.close()


def test_a_database_that_went_away(view, lab):
    """
    What cannot be read any more is said, and the page stays.
    """
    choose(view, "orders")
    lab.repo.session.connection().connection.dbapi_connection.close()

    open_tab(view, 1)

    assert "closed database" in view.status.text
    assert view.selected == "orders"
    lab.repo.session.invalidate()


HOSTILE = '<img src=x onerror="alert(1)">: 3 columns'


def test_hostile_names_are_text():
    """
    Markup in names of tables, columns and in rows is shown, not obeyed.
    """
    engine = create_engine("sqlite://")
    quoted = HOSTILE.replace('"', '""')
    with engine.begin() as connection:
        connection.execute(
            text(f'CREATE TABLE "{quoted}" (id INTEGER PRIMARY KEY, "{quoted}" TEXT)')
        )
        connection.execute(
            text(f'INSERT INTO "{quoted}" VALUES (1, :value)'), {"value": HOSTILE}
        )
    lab = Lab(engine)
    view = schema_explorer(lab)
    for number in range(4):
        open_tab(view, number)
    press(view.scaffold_button)

    shown = html_of(view) + view.as_html()

    assert "<img" not in shown
    assert "&lt;img" in shown
    lab.repo.close()
    engine.dispose()


def test_secrets_in_rows_are_masked():
    """
    Values in a column that is named like a secret are not shown.
    """
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE logins (id INTEGER, password TEXT)"))
        connection.execute(text("INSERT INTO logins VALUES (1, 'hunter2')"))
    lab = Lab(engine)

    assert lab.repo.run(
        lambda session: sample_data(session, lab.schema.table("logins"))
    ) == [["1", "***"]]
    lab.repo.close()
    engine.dispose()
