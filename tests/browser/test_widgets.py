"""
The widgets as people use them: in both front ends, with mouse, keys and screen reader.
"""

import os
import re
import shutil

import nbformat
import pytest

from playwright.sync_api import expect

from tests.support.notebooks import NOTEBOOKS, executed, written
from tests.support.shown_widgets import CELLS, SETUP


@pytest.mark.parametrize("kind", CELLS)
def test_reads_well(show, kind, front_end):
    """
    Each widget is free of barriers in both themes.
    """
    widget = show(kind)
    for theme in ("light", "dark"):
        widget.shown.theme(theme)
        widget.picture(f"widget-{kind}-{front_end}-{theme}")
        assert widget.shown.barriers(".machina") == []
    assert widget.shown.errors() == []


def test_fills_in_a_form(show, front_end):
    """
    Typing, choosing and pressing reach the kernel, and the page shows what it answers.
    """
    form = show("form")
    form.box("number").fill("A 77")
    form.button("+ paid").click()
    form.choice("customer").select_option("new, with…")
    form.box("name").fill("Ada")
    expect(form.root.locator("code").first).to_have_text(
        '%build order+paid number="A 77" customer.name=Ada'
    )

    form.box("id").first.fill("abc")
    expect(form.root.get_by_text("'abc' does not fit INTEGER.")).to_be_visible()
    expect(form.button("Build")).to_be_disabled()
    form.picture(f"widget-form-wrong-{front_end}")

    form.box("id").first.fill("70")
    form.button("Insert").click()
    form.says("Inserted 1 order+paid. Pending: customers 4, orders 4.")
    form.picture(f"widget-form-inserted-{front_end}")
    assert form.kernel("form.overrides, dict(sorted(lab.pending.items()))") == (
        "({'id': 70, 'number': 'A 77', 'customer': {'name': 'Ada'}},"
        " {'customers': 4, 'orders': 4})"
    )

    form.button("Undo").click()
    form.says("Took back insert order+paid.")
    assert form.kernel("sum(lab.pending.values())") == "6"
    assert form.shown.barriers(".machina") == []


def test_nothing_jumps_while_one_types(show):
    """
    Buttons and code stay where they are while text is typed, also text that is wrong.
    """
    form = show("form")
    box, button = form.box("id"), form.button("Build")
    before = (box.bounding_box(), button.bounding_box())
    for text, line in (("1", "id=1"), ("12x", ""), ("12", "id=12")):
        box.fill(text)
        expect(form.root.locator("code").first).to_have_text(
            f"%build order {line}".strip()
        )
        expect(form.button("Build")).to_be_enabled(enabled=bool(line))

        assert (box.bounding_box(), button.bounding_box()) == before
        assert box.evaluate("each => each === document.activeElement")


AT_ONCE = """([box, button]) => {
    for (const text of ['K', 'K1', 'K12']) {
        box.value = text;
        box.dispatchEvent(new Event('input', {bubbles: true}));
    }
    button.click();
}"""


def test_a_press_counts_all_that_was_typed(show, front_end):
    """
    Who types and presses faster than the kernel listens gets what they typed.
    """
    form = show("form")
    box, button = form.box("number"), form.button("Build")

    form.page.evaluate(AT_ONCE, [box.element_handle(), button.element_handle()])

    form.says("Built 1 order.")
    assert form.kernel("[each.number for each in form.records]") == "['K12']"


def test_copies_the_code(show):
    """
    The button puts the line on the clipboard; a press on the line marks all of it.
    """
    form = show("form")
    form.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form.box("number").fill('"; <b>')
    expect(form.root.locator("code").first).to_contain_text("number=")

    form.button("Copy Python code").click()

    expect(form.root.get_by_text("Copied", exact=True)).to_be_visible()
    copied = form.page.evaluate("navigator.clipboard.readText()")
    assert copied == form.kernel("form.code")

    form.root.locator("code").first.click()
    marked = form.page.evaluate("String(getSelection())")
    assert marked.strip() == form.root.locator("code").first.inner_text()


def test_by_keyboard_alone(show):
    """
    A form is filled in and built without a mouse.
    """
    form = show("form")
    keys = form.page.keyboard
    form.button("+ paid").focus()
    keys.press("Space")
    expect(form.button("1 paid")).to_be_focused()

    _tab_to(form, "number")
    keys.type("K1")
    _tab_to(form, "Build")
    keys.press("Enter")

    form.says("Built 1 order+paid.")
    expect(form.button("Build")).to_be_focused()
    assert form.kernel("[each.number for each in form.records]") == "['K1']"


def _tab_to(widget, name):
    """
    Press Tab until the control called *name* has the focus; text fields by their label.
    """
    for _ in range(60):
        widget.page.keyboard.press("Tab")
        focused = widget.page.evaluate(
            """() => {
                const each = document.activeElement;
                const typed = each.matches('input:not([type=checkbox])');
                const label = typed && each.labels && each.labels[0];
                return label ? label.innerText : typed ? '' : each.innerText;
            }"""
        )
        if focused.strip() == name:
            return
    pytest.fail(f"no Tab led to {name!r}")


def test_compares_factories(show, front_end):
    """
    A line of the tree opens a factory; two of them stand side by side.
    """
    tree = show("factories")
    listed = tree.choice("Factories")
    lines = [
        " ".join(each.split()) for each in listed.locator("option").all_inner_texts()
    ]
    assert lines[:4] == ["customer", "+ admin", "+ retired", "regular"]

    listed.focus()
    tree.page.keyboard.press("ArrowDown")
    expect(tree.root.get_by_role("heading", name="admin_customer")).to_be_visible()

    tree.choice("with").select_option("regular")
    table = tree.root.get_by_role("group", name="Comparison")
    expect(table.get_by_role("columnheader", name="regular")).to_be_visible()
    expect(table.locator(".machina-differs")).to_have_count(1)
    tree.picture(f"widget-factories-compared-{front_end}")
    assert tree.kernel("tree.compared, tree.differences") == (
        "(('customer', 'regular'), ['role'])"
    )


def test_moves_a_sequence(show):
    """
    What is set in the inspector is what the next build gets.
    """
    view = show("sequences")
    view.choice("Sequence").select_option("email")
    view.root.get_by_label("Next number").fill("100")
    view.page.keyboard.press("Tab")
    view.button("Set").click()
    view.says("email goes on with 100.")
    assert view.kernel("lab.build('customer').email") == "jane-100@example.com"
    expect(view.root.get_by_text("jane-101@example.com")).to_be_visible()

    view.choice("Column").select_option("Customer.email")
    view.choice("Sequence").select_option("number")
    expect(view.choice("Column")).to_have_value("Order.number")
    view.button("Reset").click()
    view.says("number starts anew.")
    view.button("Sync").click()
    view.says("number goes on with 3, after what Order.number holds.")


def test_walks_through_the_tables(show, front_end):
    """
    The diagram pans, zooms and opens tables, by mouse and by key.
    """
    view = show("schema")
    view.tab("Diagram").click()
    view.choice("Show").select_option("all tables")
    drawn = view.root.locator("svg [data-table]")
    expect(drawn).to_have_count(8)
    for _ in range(4):
        view.button("+").click()
    canvas = view.root.locator(".machina-canvas")
    expect(canvas.locator(".widget-html")).to_have_attribute(
        "style", re.compile(r"width: \d{4}px")
    )
    _drag(view.page, canvas, -150, -80)
    moved = canvas.evaluate("each => [each.scrollLeft, each.scrollTop]")
    assert min(moved) > 20
    view.picture(f"widget-schema-zoomed-{front_end}")

    view.button("Fit").click()
    view.root.locator('svg [data-table="orders"]').click()
    expect(view.root.get_by_role("heading", name="orders")).to_be_visible()
    assert view.kernel("tables.selected") == "orders"

    view.root.locator('svg [data-table="tags"]').focus()
    view.page.keyboard.press("Enter")
    expect(view.root.get_by_role("heading", name="tags")).to_be_visible()

    view.tab("Columns").click()
    view.button("product_tags").click()
    expect(view.root.get_by_role("heading", name="product_tags")).to_be_visible()
    view.tab("Factory").click()
    view.button("Scaffold").click()
    expect(view.root.get_by_text("%scaffold product_tags")).to_be_visible()
    view.picture(f"widget-schema-scaffold-{front_end}")
    assert view.shown.barriers(".machina") == []


def _drag(page, box, right, down):
    """
    Drag the middle of *box* by so many pixels.
    """
    at = box.bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)
    page.mouse.up()


def test_finds_a_table_that_a_filter_hides(show):
    """
    A press on a table that the list does not show filters for it.
    """
    view = show("schema")
    view.box("Filter").fill("cust")
    expect(view.choice("Tables").locator("option")).to_have_count(1)
    view.tab("Diagram").click()

    view.root.locator('svg [data-table="orders"]').click()

    expect(view.root.get_by_role("heading", name="orders")).to_be_visible()
    expect(view.box("Filter")).to_have_value("orders")


def test_works_in_one_window(show, front_end):
    """
    Insert in the form, see it in the journal, undo, commit; all pages are there.
    """
    bench = show("workbench")
    bench.choice("Factory").select_option("category")
    expect(bench.root.get_by_role("heading", name="category")).to_be_visible()
    bench.button("Insert").click()
    pending = bench.root.get_by_text("Pending: categories 1, customers 3, orders 3.")
    expect(pending.first).to_be_visible()

    bench.root.get_by_role("tab", name="Build").focus()
    for name in ("Factories", "Sequences", "Schema", "Journal"):
        bench.page.keyboard.press("ArrowRight")
        bench.page.keyboard.press("Enter")
        expect(bench.tab(name)).to_have_attribute("aria-selected", "true")
        page = bench.root.get_by_role("heading", name=re.compile(f"^{name}"))
        expect(page.first).to_be_visible()
        bench.picture(f"widget-workbench-{name.lower()}-{front_end}")
        assert bench.shown.barriers(".machina") == []
    expect(bench.root.get_by_role("cell", name="insert category")).to_be_visible()

    bench.button("Undo").first.click()
    bench.says("Took back insert category.")
    bench.button("Commit").click()
    bench.says("Committed.")
    assert bench.kernel("lab.pending, len(lab.journal)") == "({}, 1)"


def test_a_cell_is_followed(show):
    """
    What another cell does shows in the open widget.
    """
    bench = show("workbench")

    bench.kernel("lab.insert('category').id")

    expect(
        bench.root.get_by_text("Pending: categories 1, customers 3, orders 3.").first
    ).to_be_visible()


def test_in_a_notebook_that_is_not_trusted(server, opened):
    """
    Run elsewhere and opened by somebody else, each widget is still readable.
    """
    path = written(server.folder / "untrusted-widgets.ipynb", SETUP, *CELLS.values())
    notebook = executed(path)
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, path)

    page = opened("untrusted-widgets.ipynb")

    assert "%build order" in page.cell(1).inner_text()
    assert "jane-3@example.com" in page.cell(3).inner_text()
    assert page.cell(4).locator("table tbody tr").count() == 8
    assert "insert_list 3 order" in page.cell(5).inner_text()
    page.screenshot("widgets-untrusted")


IMAGES = NOTEBOOKS / "images"
NOTEBOOK = "07_workbench.ipynb"


def test_the_notebook(server, opened, front_end):
    """
    The notebook runs from top to bottom, and its widgets are there.
    """
    shutil.copy(NOTEBOOKS / NOTEBOOK, server.folder / NOTEBOOK)
    page = opened(NOTEBOOK, front_end)
    page.console.clear()

    page.run_all()

    assert page.errors() == []
    expect(page.page.locator(".machina").first).to_be_visible()
    if os.environ.get("MACHINA_UPDATE_IMAGES") == "1" and front_end == "lab":
        _keep_pictures(page)
    page.screenshot(f"workbench-notebook-{front_end}")
    assert page.foreign == []


def _keep_pictures(page):
    """
    Use two widgets as a reader would, and keep small pictures for the README.
    """
    page.theme("light")
    outer = page.page.locator(".jp-OutputArea-output .machina:not(.machina .machina)")
    form, schema = outer.nth(0), outer.nth(3)
    form.get_by_role("textbox", name="title", exact=True).fill("Why we test")
    form.get_by_role("button", name="+ long").click()
    form.get_by_label("Count", exact=True).fill("3")
    form.get_by_label("Count", exact=True).press("Tab")
    expect(form.locator("code").nth(1)).to_have_text(
        'lab.build_list(3, "article+long", title="Why we test")'
    )
    expect(form.get_by_role("cell", name="Why we test")).to_have_count(3)
    schema.get_by_role("tab", name="Diagram").click()
    schema.locator("select").nth(1).select_option("all tables")
    expect(schema.locator("svg [data-table]")).to_have_count(3)
    IMAGES.mkdir(exist_ok=True)
    for name, widget in (("override_form", form), ("schema_explorer", schema)):
        path = IMAGES / f"{name}.png"
        page.page.mouse.move(0, 0)
        widget.screenshot(path=path)
        assert path.stat().st_size < 150_000
