"""
The same in a real terminal: keys in, screen out.
"""

import pytest

from tests.support.shells import TerminalIPython


SETUP = (
    "from sqlalchemy import create_engine; from tests.support.shop_models import Base",
    "from tests.support.shop_lab import shop_lab",
    'shop = shop_lab(create_engine("sqlite://"))',
    "Base.metadata.create_all(shop.repo.engine)",
    "%lab use shop",
    "jane = shop.build('customer')",
    "%schema;",
)
#: Empties the line, whatever is offered.
CLEAR = "\x15"


@pytest.fixture(scope="module")
def terminal():
    """
    Return IPython in a terminal that works on the shop.
    """
    with TerminalIPython(extension="machina_lab") as terminal:
        for number, line in enumerate(SETUP, start=2):
            terminal.send(f"{line}\r")
            terminal.wait_for(f"In [{number}]")
        yield terminal


class TestTab:
    @pytest.mark.parametrize(
        ("typed", "completed"),
        [
            ("%build cust", "%build customer"),
            ("x = %build cust", "x = %build customer"),
            ("%build customer+adm", "%build customer+admin"),
            ("%build customer na", "%build customer name="),
            ("%build order customer.na", "%build order customer.name="),
            ("%build order state=pa", "%build order state=paid"),
            ("%build customer active=fa", "%build customer active=false"),
            ("%build order customer=$ja", "%build order customer=$jane"),
            ("%build customer --re", "%build customer --records"),
            ("%sequences reset em", "%sequences reset email"),
            ("%schema order_", "%schema order_lines"),
            ("%lab comm", "%lab commit"),
            ("%export_fixtures ./machina_lab/noteb", "./machina_lab/notebook/"),
        ],
    )
    def test_completes(self, terminal, typed, completed):
        """
        Tab completes whatever a line may hold.
        """
        terminal.send(f"{typed}\t")
        try:
            terminal.wait_for(completed)
        finally:
            terminal.send(CLEAR)


class TestEnter:
    def test_shows_a_table(self, terminal):
        """
        Enter shows the records as text.
        """
        terminal.send("%build order number=A1 state=paid\r")
        screen = terminal.wait_for("Customer (new)")

        table = screen.rpartition("Out[")[2].splitlines()
        assert ["id", "number", "state", "customer_id", "customer"] == table[1].split()
        assert ["0", "<NA>", "A1", "paid"] == table[2].split()[:4]

    def test_shows_an_error_as_one_line(self, terminal):
        """
        A mistyped name is one line on the screen, without a traceback.
        """
        terminal.send("%build custmer\r")
        screen = terminal.wait_for("Did you mean 'customer'")

        assert "UndefinedFactoryError: no factory named 'custmer'." in screen
        assert "Traceback" not in screen
