"""
%insert and its family, %undo: rows in a real database, and back again.
"""

import pytest

from machina_lab import notebook
from tests.support.shells import bundle
from tests.support.shop_lab import shop_lab
from tests.support.shop_models import Customer


class TestInsert:
    def test_rows_are_in_the_database_and_pending(self, cell, shop):
        """
        %insert_list writes the records with their parents, and says so under the table.
        """
        frame = cell("%insert_list 2 order").result

        assert "inserted customers 2, orders 2 · pending until %lab commit" == (
            frame.machina.caption
        )
        assert {"orders": 2, "customers": 2} == shop.pending
        assert [1, 2] == list(frame["id"])

    def test_pair_and_one(self, cell, shop):
        """
        %insert writes one record, %insert_pair two.
        """
        cell("%insert customer")
        cell("%insert_pair customer")

        assert {"customers": 3} == shop.pending

    def test_a_record_that_was_built(self, cell, shop):
        """
        %insert $jane inserts the record itself.
        """
        cell("jane = %build customer --records")
        frame = cell("%insert $jane").result

        assert frame.machina.records == [cell("jane").result]
        assert {"customers": 1} == shop.pending

    def test_dry_run_writes_nothing(self, cell, shop):
        """
        --dry-run shows the rows as they would be and leaves no row and no number.
        """
        frame = cell("%insert_list 2 order --dry-run").result
        cell("%insert customer")

        assert (
            "would insert customers 2, orders 2; nothing was written"
            == frame.machina.caption
        )
        assert {"customers": 1} == shop.pending

    def test_into_another_schema(self, cell, shop):
        """
        --schema writes to the tables of that schema, and to no other.
        """
        connection = shop.repo.session.connection()
        connection.exec_driver_sql("ATTACH ':memory:' AS tenant")
        made = "SELECT sql FROM main.sqlite_master WHERE name = 'customers'"
        ddl = connection.exec_driver_sql(made).scalar()
        connection.exec_driver_sql(ddl.replace("customers", "tenant.customers", 1))

        frame = cell("%insert customer name=Ada --schema tenant").result

        assert ["Ada"] == list(frame["name"])
        found = "SELECT name FROM tenant.customers"
        assert [("Ada",)] == connection.exec_driver_sql(found).fetchall()
        assert {"tenant.customers": 1} == shop.pending
        main = "SELECT count(*) FROM main.customers"
        assert 0 == connection.exec_driver_sql(main).scalar()

    def test_dry_runs_give_their_numbers_back(self, cell):
        """
        Two dry runs show the same values: sequences go back as well.
        """
        first = cell("%insert customer --dry-run").result
        second = cell("%insert customer --dry-run").result

        assert first.loc[0, "email"] == second.loc[0, "email"]

    def test_bulk_shows_rows(self, cell, shop):
        """
        --bulk writes many rows and shows them without making objects.
        """
        frame = cell("%insert_list 30 customer --bulk").result

        assert 30 == len(frame)
        assert {"customers": 30} == shop.pending

    def test_bulk_gives_records(self, cell, shop):
        """
        --records gives the records themselves, with --bulk too.
        """
        made = cell("%insert_list 2 customer --bulk --records").result

        assert [True, True] == [type(each).__name__ == "Customer" for each in made]

    def test_returning_reads_server_values(self, cell):
        """
        --returning shows what the database filled in.
        """
        frame = cell("%insert customer --returning").result

        assert frame["created_at"].notna().all()

    def test_a_cell_is_one_step(self, cell, shop):
        """
        %%insert_list inserts all rows in one step, or none.
        """
        cell("%%insert_list customer --into made\nemail,name\na@x,Al\nb@x,Bo\n")
        ran = cell("%%insert_list customer\nemail\nc@x\na@x\n")

        assert ["Al", "Bo"] == list(cell("made").result["name"])
        assert not ran.success
        assert [{"customers": 2}] == [dict(step.rows) for step in shop.journal]

    @pytest.mark.parametrize(
        "again",
        [
            "%insert_list 2 customer email=a@x",
            "import machina_lab.notebook as n; n.insert_pair('customer', email='a@x')",
        ],
    )
    def test_a_row_that_the_database_refuses(self, cell, shop, again):
        """
        A violated constraint is one line; earlier rows stay, the session stays usable.
        """
        cell("%insert customer email=a@x")
        ran = cell(again)
        cell("%insert customer email=b@x")

        assert "IntegrityError" == type(ran.error).__name__
        assert "UNIQUE constraint failed: customers.email" in ran.stdout
        assert 1 == len(ran.stdout.strip().splitlines())
        assert {"customers": 2} == shop.pending

    def test_without_a_database(self, ip, cell):
        """
        Without a database the line says what to do, and builds still work.
        """
        ip.user_ns["offline"] = shop_lab()
        cell("%lab use $offline")
        ran = cell("%insert customer")

        assert ran.stdout.startswith("InsertError: insert is not available")
        assert "connect" in ran.stdout
        assert cell("%build customer").success


class TestUndo:
    def test_takes_steps_back(self, cell, shop):
        """
        %undo takes the newest step back and shows it; %undo 2 takes two.
        """
        for _ in range(3):
            cell("%insert order")
        text = repr(cell("%undo").result)

        assert "Took back 1 step" in text
        assert "customers 1, orders 1" in text
        assert "Took back 2 steps" in repr(cell("%undo 2").result)
        assert {} == shop.pending

    def test_nothing_left(self, cell):
        """
        Without a step there is one line.
        """
        ran = cell("%undo")

        assert "NothingToUndo: nothing to undo" in ran.stdout

    def test_sequences_go_back(self, cell):
        """
        A number that an undone step used comes again.
        """
        first = cell("%insert customer").result.loc[0, "email"]
        cell("%undo")

        assert first == cell("%insert customer").result.loc[0, "email"]


class TestTwins:
    def test_functions_return_what_magics_do(self, cell, shop):
        """
        insert, insert_pair, insert_list, insert_rows and undo are plain functions too.
        """
        one = notebook.insert("customer", {"email": "q@x"}, {"records": True})
        notebook.insert_pair("customer")
        notebook.insert_list(2, "customer")
        notebook.insert_rows("customer", [{"email": "r@x"}])

        assert isinstance(one, Customer)
        assert {"customers": 6} == shop.pending
        assert 4 == len(notebook.undo(4).data["steps"])


class TestDisplay:
    def test_caption_and_escaping(self, ip, cell):
        """
        HTML in values and names is shown as text, and the caption stands below.
        """
        frame = cell("%insert customer name='<script>alert(1)</script>'").result
        html = bundle(ip, frame)["text/html"]

        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "pending until %lab commit" in html

    @pytest.mark.parametrize("rows", [1, 5])
    def test_rows_shown_is_a_setting(self, cell, rows):
        """
        `%config MachinaLab.rows` says how many rows a cell shows.
        """
        cell(f"%config MachinaLab.rows = {rows}")
        text = repr(cell("%build_list 50 customer").result)

        assert "50 rows" in text
        assert rows + 8 > len(text.splitlines())
