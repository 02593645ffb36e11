"""
%build, %build_pair, %build_list: records as DataFrames, from what was typed.
"""

import datetime as dt

from decimal import Decimal

import pandas as pd
import pytest

from machina_lab import notebook
from tests.support.shop_models import Customer, Order, State


class TestBuild:
    def test_one_row_with_the_overrides(self, cell):
        """
        %build gives a DataFrame of one row, typed by the model's columns.
        """
        frame = cell("%build customer role=admin born=2000-02-29 active=no").result

        assert isinstance(frame, pd.DataFrame)
        assert ["admin", dt.date(2000, 2, 29), False] == [
            frame.loc[0, name] for name in ("role", "born", "active")
        ]
        assert "boolean" == str(frame.dtypes["active"])

    def test_pair_and_list(self, cell):
        """
        %build_pair gives two rows and %build_list as many as it says, each by itself.
        """
        assert 2 == len(cell("%build_pair customer").result)
        emails = cell("%build_list 3 customer").result["email"]

        assert [f"jane-{n}@example.com" for n in (2, 3, 4)] == list(emails)

    @pytest.mark.parametrize("count", ["$n", "{n}", "{2 + 1}", "3"])
    def test_count_may_be_a_variable(self, cell, count):
        """
        The count is a number, a variable or an expression.
        """
        cell("n = 3")

        assert 3 == len(cell(f"%build_list {count} customer").result)

    def test_variants_inputs_and_quotes(self, cell):
        """
        Composed names, named inputs and quoted texts work on one line.
        """
        admin = cell("""%build customer+retired+admin name="Jane 'J' Doe" """).result
        tea = cell("%build product euros=9 title='it''s tea'").result

        assert ["Jane 'J' Doe", "admin", False] == list(
            admin.loc[0, ["name", "role", "active"]]
        )
        assert (Decimal(9), "it's tea") == (tea.loc[0, "price"], tea.loc[0, "title"])

    def test_records_gives_the_record_itself(self, cell):
        """
        --records returns what the lab built: one record, or a list.
        """
        one = cell("%build customer --records").result
        two = cell("%build_pair customer --records").result

        assert isinstance(one, Customer)
        assert [Customer, Customer] == [type(each) for each in two]

    def test_a_variable_is_the_object(self, cell):
        """
        `$jane` passes the record itself, and dotted overrides reach into associations.
        """
        cell("jane = %build customer --records")
        order = cell("%build order customer=$jane state=paid --records").result
        other = cell('%build order customer.name="Al Bo" --records').result

        assert cell("jane").result is order.customer
        assert (State.paid, "Al Bo") == (order.state, other.customer.name)

    def test_deep_shows_the_associations_columns(self, cell):
        """
        --deep has a column for each attribute of an association.
        """
        frame = cell("%build order --deep customer.name=Al").result

        assert "Al" == frame.loc[0, "customer.name"]

    def test_in_loops_and_functions(self, cell):
        """
        A magic in a function sees its local variables, and assigns.
        """
        ran = cell(
            "def made(name):\n"
            "    frame = %build customer name=$name\n"
            "    return frame\n"
            "[made(each).loc[0, 'name'] for each in ('Al', 'Bo')]"
        )

        assert ["Al", "Bo"] == ran.result

    def test_a_semicolon_shows_nothing(self, cell):
        """
        A line that ends in ; gives no output; brackets and dates do not disturb.
        """
        ran = cell("%build customer name=:-( born=2024-01-31;")

        assert ran.success
        assert (None, "") == (ran.result, ran.stdout)

    def test_code_outside_braces_is_text(self, cell):
        """
        What looks like code is a string and is not run.
        """
        frame = cell("%build customer name=__import__('antigravity')").result

        assert "__import__('antigravity')" == frame.loc[0, "name"]
        assert "antigravity" not in __import__("sys").modules


class TestCells:
    def test_one_record_for_each_row(self, cell):
        """
        %%build_list takes CSV: overrides by row, an empty cell is the factory's.
        """
        ran = cell(
            "%%build_list customer role=admin\n"
            "name, born ,active\n"
            '"Doe, J",2024-01-31,no\n'
            "\\N,,\n"
        )

        assert [("Doe, J", "admin", False), (None, "admin", True)] == [
            (record.name, record.role, record.active)
            for record in ran.result.machina.records
        ]

    def test_associations_by_dots_and_variables(self, cell):
        """
        A column may reach into an association, or hold `$name` for a record.
        """
        cell("jane = %build customer --records")
        cell("%%build_list order --records --into orders\ncustomer\n$jane\n")
        cell("%%build_list order --records --into others\ncustomer.name\nAl\n")

        assert cell("jane").result is cell("orders[0].customer").result
        assert "Al" == cell("others[0].customer.name").result

    def test_pasted_data_runs_no_code(self, cell):
        """
        Braces and dollars in the rows are text.
        """
        ran = cell("%%build_list customer\nname,role\n{1/0},$shop\n")

        record = ran.result.machina.records[0]
        assert ("{1/0}", "$shop") == (record.name, record.role)

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            (
                "customer\nborn,active\n1,2\nx,no\n",
                r"row 1, born.*row 1, act.*row 2, b",
            ),
            ("customer\nname,name\n", "'name' is there twice"),
            ("customer\nname,\n", "a name is missing"),
            ("customer name=x\nname\nAl", "name is a column of the cell too"),
            ("customer\nname\nAl,Bo", "row 1 has more cells than the header"),
            ('customer\nname\n"Al', "CSV cannot be read"),
            ("customer --into 1x\nname\nAl", "--into takes the name of a variable"),
            ("customer\n\n", "no header row"),
            ("order\ncustomer,customer.name\n,Al", "'customer' and attributes of it"),
        ],
    )
    def test_all_that_is_wrong_is_said(self, cell, source, message):
        """
        A body that cannot be read is one line that says where.
        """
        ran = cell(f"%%build_list {source}")

        assert __import__("re").search(message, str(ran.error))
        assert "Traceback" not in ran.stdout


class TestParams:
    def test_params_are_dicts(self, cell):
        """
        The params magics return mappings, wire values with string_.
        """
        params = cell("%params_for customer born=2024-01-31").result
        wire = cell("%string_params_for customer born=2024-01-31").result

        assert dt.date(2024, 1, 31) == params["born"]
        assert "2024-01-31" == wire["born"]
        assert "created_at" in cell("%params_for customer --keep-none").result

    def test_long_values_are_cut_in_a_cell(self, cell):
        """
        A value of ten megabytes is there whole and shown by its beginning.
        """
        cell("shop.define(lambda: {'theme': '', 'sizes': []}, name='settings')")
        cell("long = 'x' * 10**7")
        ran = cell("%params_for customer name=$long")
        more = cell("%params_for settings theme=$long sizes={[b'y' * 10**7]}")

        assert 10**7 == len(ran.result["name"])
        assert isinstance(ran.result, dict)
        assert len(ran.stdout) < 3_000
        assert "(10,000,000 characters)" in ran.stdout
        assert "(10,000,000 bytes)" in more.stdout
        assert len(more.stdout) < 5_000

    def test_with_assocs_inserts_the_parents(self, cell, shop):
        """
        params_with_assocs has the keys of inserted parents.
        """
        params = cell("%params_with_assocs order").result
        wire = cell("%string_params_with_assocs order").result

        assert params["customer_id"] < wire["customer_id"]
        assert {"customers": 2} == shop.pending


class TestTwins:
    def test_functions_return_what_magics_do(self, cell):
        """
        Every magic has a plain function with the same result.
        """
        made = notebook.build("customer", {"name": "Al"}, None, role="admin")
        typed = cell("%build customer name=Al role=admin").result

        columns = ["name", "role", "active"]
        pd.testing.assert_frame_equal(
            pd.DataFrame(made[columns]), pd.DataFrame(typed[columns])
        )
        assert isinstance(
            notebook.build_list(1, "order", None, {"records": True}), list
        )
        assert isinstance(
            notebook.build_rows("order", [{}], {"records": True})[0], Order
        )

    def test_unknown_options_are_refused(self, cell):
        """
        A mistyped option of a function is our error with the right one.
        """
        from machina_lab import OptionError

        with pytest.raises(OptionError, match=r"'record' for build.*'records'"):
            notebook.build("customer", None, {"record": True})
