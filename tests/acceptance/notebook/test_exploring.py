"""
%factories, %factory, %sequences, %schema: looking around.
"""

import pytest

from machina_lab import notebook, sequences
from tests.support.shells import bundle


class TestFactories:
    def test_a_row_for_each(self, cell):
        """
        %factories lists name, class, variants and inputs.
        """
        frame = cell("%factories").result

        own = ["customer", "order", "category", "product", "broken"]
        assert own == list(frame["factory"])[:5]
        assert "order_line" in list(frame["factory"])[5:]
        assert ["Customer", "admin, retired"] == list(
            frame.loc[0, ["makes", "variants"]]
        )
        assert "euros" == frame.loc[3, "inputs"]

    def test_none_yet(self, ip, cell):
        """
        An empty lab says how to define one, under the columns.
        """
        cell("from machina_lab import Lab\nfresh = Lab()")
        cell("%lab use fresh")
        frame = cell("%factories").result

        assert [] == list(frame["factory"])
        assert "@lab.factory" in repr(frame)


class TestFactory:
    def test_source_fields_options_and_a_sample(self, cell):
        """
        %factory shows what it is and what it builds, and where options come from.
        """
        text = repr(cell("%factory order+paid").result)

        for part in ("Factory order+paid", "def order():", "VARCHAR(20)", "said on"):
            assert part in text
        assert "state: paid" in text
        assert "customer: Customer" in text

    def test_the_sample_leaves_no_trace(self, cell, shop):
        """
        Looking takes no number of a sequence and inserts nothing.
        """
        before = sequences.snapshot()
        cell("%factory order")

        assert before == sequences.snapshot()
        assert {} == shop.pending

    def test_a_sample_may_be_any_value(self, cell):
        """
        What a factory builds need not be a record.
        """
        cell("shop.define(lambda: 42, name='answer')")

        assert repr(cell("%factory answer").result).endswith("Sample\n    42")

    def test_a_failing_body_is_shown_as_the_sample(self, cell):
        """
        A factory that fails is still shown, with its error.
        """
        assert "ZeroDivisionError" in repr(cell("%factory broken").result)

    def test_html_is_escaped(self, ip, cell):
        """
        Names and values are text in HTML.
        """
        cell(
            "@shop.factory\ndef odd():\n    return {'<b>': '<script>x</script>' * 9999}"
        )
        data = bundle(ip, cell("%factory odd").result)

        assert "<script>" not in data["text/html"]
        assert "&lt;script&gt;" in data["text/html"]
        assert len(data["text/html"]) < 10_000


class TestSequences:
    def test_look_reset_and_set(self, cell):
        """
        %sequences shows the next numbers, and moves them.
        """
        cell("%build_list 3 customer")

        assert 3 == cell("%sequences").result.loc[0, "next"]
        assert 100 == cell("%sequences set email 100").result.loc[0, "next"]
        assert "jane-100@example.com" == cell("%build customer").result.loc[0, "email"]
        assert 0 == cell("%sequences reset email").result.loc[0, "next"]
        assert 0 == len(cell("%sequences reset").result)

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            (
                "%sequences reset emial",
                "no sequence named 'emial'. Did you mean 'email'",
            ),
            ("%sequences set email x", "'x' is not a whole number"),
            (
                "%sequences sat email 5",
                "there is no %sequences sat. Did you mean 'set'?",
            ),
            ("%sequences set email", "NUMBER is missing. Use: %sequences set SEQUENCE"),
        ],
    )
    def test_mistakes_name_the_right_word(self, cell, source, message):
        """
        A wrong name, number or action is one message with the right one.
        """
        cell("%build customer")

        assert message in cell(source).stdout


class TestSchema:
    def test_tables_and_one_table(self, cell):
        """
        %schema lists the tables, %schema orders the columns of one.
        """
        tables = cell("%schema").result
        columns = cell("%schema orders").result

        assert "orders" in list(tables["table"])
        assert ["id", "number", "state", "customer_id"] == list(columns["column"])
        assert "customers.id" in list(columns["references"])

    def test_an_empty_database(self, cell):
        """
        A database without tables says so.
        """
        cell("%lab connect sqlite://")

        assert "The database has no tables" == repr(cell("%schema").result)

    def test_unknown_table(self, cell):
        """
        A table that is not there names the nearest.
        """
        assert "Did you mean 'orders'" in cell("%schema ordrs").stdout

    def test_without_a_database(self, ip, cell):
        """
        Without a database there is one line.
        """
        cell("from machina_lab import Lab\nfresh = Lab()")
        cell("%lab use fresh")
        ran = cell("%schema")

        assert ran.stdout.startswith("InsertError")
        assert 1 == len(ran.stdout.strip().splitlines())


class TestTwins:
    def test_functions_return_what_magics_do(self, cell):
        """
        Looking around works as plain functions.
        """
        cell("%build customer")

        assert list(notebook.factories()["factory"]) == list(
            cell("%factories").result["factory"]
        )
        assert "Factory customer" in repr(notebook.factory("customer"))
        assert 7 == notebook.set_sequence("email", 7).loc[0, "next"]
        assert 0 == notebook.reset_sequences("email").loc[0, "next"]
        assert 1 == len(notebook.sequences())
        assert "orders" in list(notebook.schema()["table"])
