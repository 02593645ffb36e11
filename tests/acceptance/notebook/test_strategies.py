"""
A magic for each strategy in use.
"""

import pytest

from tests.support.shells import completions


@pytest.fixture
def shouting(cell):
    """
    Return `cell` of a notebook whose lab uses a strategy.
    """
    ran = cell(
        "from machina_lab import Strategy\n"
        "class Shout(Strategy, function_name='shout'):\n"
        "    def handle(self, record, details):\n"
        "        return record.name.upper()\n"
        "shop.use(Shout)"
    )
    assert ran.success, ran.stdout
    return cell


class TestMagics:
    def test_one_for_each_verb(self, shouting):
        """
        %shout, %shout_pair and %shout_list return what the strategy makes.
        """
        assert "JANE" == shouting("%shout customer").result
        assert ["AL", "AL"] == shouting("%shout_pair customer name=Al").result
        assert ["JANE"] * 3 == shouting("%shout_list 3 customer+admin --seed 1").result

    def test_a_record(self, shouting):
        """
        A record in a variable is handled as it is.
        """
        shouting("jane = %build customer name=Ann --records")

        assert "ANN" == shouting("%shout $jane").result

    def test_errors_completion_and_help(self, ip, shouting):
        """
        They complete, are documented and fail like all magics.
        """
        assert [("customer", "factory")] == completions(ip, "%shout cus")
        assert "UndefinedFactoryError" in shouting("%shout custmer").stdout
        assert "LineError" in shouting("%shout_list customer").stdout
        assert "%shout customer role=admin".replace("customer", "user") in (
            ip.magics_manager.magics["line"]["shout"].__doc__
        )

    def test_they_follow_the_lab(self, ip, shouting):
        """
        Another lab has other magics, and unloading leaves none.
        """
        shouting("from machina_lab import Lab\nfresh = Lab()")
        shouting("%lab use fresh")
        assert "shout" not in ip.magics_manager.magics["line"]
        shouting("%lab use shop")
        assert "shout" in ip.magics_manager.magics["line"]
        shouting("%unload_ext machina_lab")
        assert "shout" not in ip.magics_manager.magics["line"]
        shouting("%load_ext machina_lab")

    def test_what_they_hide_comes_back(self, ip, shouting):
        """
        A magic of another extension that has the name is there again afterwards.
        """
        shouting("fresh = type(shop)()\n%lab use fresh")
        ip.magics_manager.magics["line"]["shout"] = other = lambda line: "other"
        shouting("%lab use shop")
        assert "JANE" == shouting("%shout customer").result
        shouting("%lab use fresh")

        assert other is ip.magics_manager.magics["line"]["shout"]

    def test_the_labs_own_magics_are_not_hidden(self, ip, cell):
        """
        A strategy that is called like one of our magics does not take its place.
        """
        cell(
            "from machina_lab import Strategy\n"
            "class Workbench(Strategy, function_name='workbench'):\n"
            "    def handle(self, record, details):\n"
            "        return 'mine'\n"
            "shop.use(Workbench)"
        )

        assert "Workbench" == type(cell("%workbench").result).__name__
        assert "mine" == cell("%workbench_pair customer").result[0]
