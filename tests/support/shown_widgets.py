"""
Widgets in notebooks of the shop, and what a reader does with them.
"""

from playwright.sync_api import expect

from tests.support.browsers import SCREENSHOTS


SETUP = """\
from sqlalchemy import create_engine
from machina_lab import sequences
from machina_lab.widgets import *
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Base

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
lab = shop_lab(engine)
customer = lab.find("customer")

@lab.factory
def regular():
    made = customer()
    made.role = "regular"
    return made

_ = lab.insert_list(3, "order")
"""
CELLS = {
    "form": "form = override_form(lab, 'order'); form",
    "factories": "tree = derived(lab); tree",
    "sequences": "counters = sequence_inspector(lab); counters",
    "schema": "tables = schema_explorer(lab); tables",
    "workbench": "bench = workbench(lab); bench",
}


class Widget:
    """
    One widget on its page.
    """

    def __init__(self, shown):
        self.shown = shown
        self.page = shown.page
        self.root = shown.cell(1).locator(".machina").first
        self.root.wait_for()

    def box(self, name):
        """
        Return a text field.
        """
        return self.root.get_by_role("textbox", name=name, exact=True)

    def choice(self, name):
        """
        Return a drop-down or a list.
        """
        return self.root.get_by_label(name, exact=True).and_(
            self.page.locator("select")
        )

    def button(self, name):
        """
        Return a button.
        """
        return self.root.get_by_role("button", name=name, exact=True)

    def tab(self, name):
        """
        Return a tab.
        """
        return self.root.get_by_role("tab", name=name, exact=True)

    def says(self, text):
        """
        Wait until a status of the widget says *text*.
        """
        status = self.root.get_by_role("status").filter(has_text=text)
        expect(status.first).to_be_visible()

    def kernel(self, expression):
        """
        Return what an expression is in the kernel, as text.
        """
        last = self.shown.cells() - 1
        code = f"print(({expression}))"
        return self.shown.run(last, code).last.inner_text().strip()

    def picture(self, name):
        """
        Keep a picture of the widget alone.
        """
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.mouse.move(0, 0)
        self.root.screenshot(path=SCREENSHOTS / f"{name}.png")
