"""
%lab: status, connect, use, commit, rollback, log and seed.
"""

import ast

import pytest

from sqlalchemy.orm import Session

from machina_lab import notebook
from tests.support.shop_models import Base


class TestStatus:
    def test_says_what_is_there_and_what_is_pending(self, cell):
        """
        %lab names database, pending rows, steps and factories.
        """
        cell("%insert order")
        text = repr(cell("%lab").result)

        for part in ("sqlite://", "customers 1, orders 1 pending", "1 in the journal"):
            assert part in text
        assert "5: customer, order" in text
        assert "4 more factories, one a table" in text
        assert text == repr(cell("%lab status").result)

    def test_a_session_of_the_caller(self, cell, shop, memory):
        """
        With a session of one's own the lab says that it is for others to commit.
        """
        with Session(memory.engine) as session:
            shop.connect(session)
            cell("%insert customer")
            text = repr(cell("%lab").result)
            frame = cell("%insert customer").result

            assert "yours; inserted since its last commit: customers 1" in text
            assert "pending in your session" in frame.machina.caption
            assert "InsertError" in cell("%lab commit").stdout


class TestConnect:
    def test_a_file_and_a_commit(self, cell, sqlite, shop):
        """
        Rows are kept by %lab commit, and gone after %lab rollback.
        """
        sqlite.create(Base)
        cell(f"url = {sqlite.address!r}\nother = shop")
        cell("%lab connect $url")
        cell("%insert customer email=a@x")
        committed = repr(cell("%lab commit").result)
        cell("%insert_pair customer")
        rolled_back = repr(cell("%lab rollback").result)

        assert "Committed customers 1" == committed
        assert "Rolled back customers 2" == rolled_back
        assert 1 == sqlite.count("customers")

    def test_from_the_environment(self, cell, sqlite, monkeypatch):
        """
        `$NAME` may be an environment variable, so that no password is typed.
        """
        sqlite.create(Base)
        monkeypatch.setenv("SHOP_URL", str(sqlite.address))
        cell("%lab connect $SHOP_URL")

        assert cell("%insert customer").success

    def test_autocommit_is_a_setting(self, cell, sqlite):
        """
        With `%config MachinaLab.autocommit = True` each insert is kept at once.
        """
        sqlite.create(Base)
        cell("%config MachinaLab.autocommit = True")
        cell(f"%lab connect {sqlite.address}")
        frame = cell("%insert customer").result

        assert frame.machina.caption.endswith("committed")
        assert 1 == sqlite.count("customers")
        assert (
            "OptionError: dry_run inserts" in cell("%insert customer --dry-run").stdout
        )

    def test_a_password_is_not_in_an_error(self, cell):
        """
        No password is in an error.
        """
        ran = cell("%lab connect postgresql+psycopg://me:s3cret@127.0.0.1:1/none")

        assert not ran.success
        assert "s3cret" not in ran.stdout

    def test_a_typed_password_is_remarked_on(self, cell, shop, monkeypatch):
        """
        Who typed a password learns where to keep it; a URL without one is fine.
        """
        monkeypatch.setattr(type(shop), "connect", lambda *_, **__: None)
        typed = repr(cell("%lab connect postgresql://me:s3cret@host/db").result)
        safe = repr(cell("%lab connect postgresql://me@host/db").result)

        assert "environment variable" in typed
        assert "s3cret" not in typed
        assert "hint" not in safe

    def test_a_wrong_url_is_one_line(self, cell):
        """
        What is no URL is refused on one line.
        """
        ran = cell("%lab connect nonsense")

        assert 1 == len(ran.stdout.strip().splitlines())


class TestUse:
    def test_a_lab_of_a_module(self, cell, tmp_path, monkeypatch):
        """
        `%lab use package.module:name` imports it; `:lab` may be left out.
        """
        (tmp_path / "tea_shop.py").write_text(
            "from machina_lab import Lab\nlab = Lab()\n"
            "@lab.factory\ndef tea():\n    return {'price': 3}\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        cell("%lab use tea_shop:lab")

        assert 3 == cell("%build tea").result.loc[0, "price"]
        assert "1: tea" in repr(cell("%lab use tea_shop").result)


class TestLog:
    def test_lists_the_steps(self, cell):
        """
        %lab log has a line for each step, with its attributes and rows; secrets not.
        """
        cell("%insert_list 2 customer name=Al")
        text = repr(cell("%lab log").result)

        assert "insert_list 2 customer" in text
        assert "name='Al'" in text
        assert "customers 2" in text

    def test_as_a_pytest_fixture(self, ip, cell):
        """
        --pytest writes a fixture function into a new cell that does the steps again.
        """
        cell("%insert_list 2 customer name=Al born=2024-01-31")
        cell("%insert order state=paid customer.name=Bo")
        cell("jane = %insert customer --records")
        cell("%insert order customer=$jane")
        assert cell("%lab log --pytest").result is None
        source = ip.rl_next_input

        ast.parse(source)
        assert "import datetime\n" in source
        assert (
            "lab.insert_list(2, 'customer', "
            "{'name': 'Al', 'born': datetime.date(2024, 1, 31)})"
        ) in source
        assert (
            "lab.insert('order', {'state': 'P', 'customer': {'name': 'Bo'}})" in source
        )
        assert "# customer was a Customer" in source

    def test_no_steps(self, cell):
        """
        An empty journal says so.
        """
        assert "No steps yet" == repr(cell("%lab log").result)


class TestSeed:
    def test_repeats_what_is_random(self, cell):
        """
        %lab seed repeats all that follows, --seed one line only.
        """
        cell(
            "@shop.factory\ndef dice():\n"
            "    return {'eyes': shop.random.randint(1, 10**9)}"
        )

        def eyes(source):
            return cell(source).result.loc[0, "eyes"]

        cell("%lab seed 42")
        first, second = eyes("%build dice"), eyes("%build dice")
        once, again = eyes("%build dice --seed 7"), eyes("%build dice --seed 7")
        cell("%lab seed 42")

        assert once == again
        assert [first, second] == [eyes("%build dice"), eyes("%build dice")]
        assert first != second


class TestTwins:
    def test_functions_return_what_magics_do(self, cell, shop):
        """
        The lab's actions are plain functions too.
        """
        assert shop is not None
        notebook.insert("customer")

        assert "1 in the journal" in repr(notebook.status())
        assert "insert customer" in repr(notebook.log())
        assert "Committed customers 1" == repr(notebook.commit())
        assert "Rolled back" in repr(notebook.rollback())
        assert {"seed": 3} == notebook.seed(3).data
        assert "5: customer" in repr(notebook.use(shop))


class TestFixtures:
    @pytest.mark.parametrize("name", ["fixtures", "my fixtures"])
    def test_written_and_loaded_back(self, cell, shop, tmp_path, name):
        """
        %export_fixtures writes what the lab inserted, %load_fixtures inserts it again.
        """
        cell("%insert_list 3 order")
        wrote = repr(cell(f"%export_fixtures '{tmp_path / name}'").result)
        cell("%lab rollback")
        loaded = repr(cell(f"%load_fixtures '{tmp_path / name}'").result)

        assert "customers 3, orders 3" in wrote
        assert "customers 3, orders 3 · pending until %lab commit" in loaded
        assert "customers 3, orders 3 pending" in repr(cell("%lab").result)
        assert "load_fixtures  directory=" in repr(cell("%lab log").result)
        assert (tmp_path / name / "datapackage.json").exists()
        assert "Committed customers 3, orders 3" == repr(cell("%lab commit").result)

    def test_edited_files_are_named(self, cell, tmp_path):
        """
        A file that was edited loads and is named; --strict refuses it.
        """
        cell("%insert customer name=Ada")
        cell(f"%export_fixtures {tmp_path}/set")
        cell("%lab rollback")
        (file,) = (tmp_path / "set").rglob("customers.csv")
        file.write_text(file.read_text().replace("Ada", "Eve"))

        assert "FixtureError" in cell(f"%load_fixtures {tmp_path}/set --strict").stdout
        assert "edited  " in repr(cell(f"%load_fixtures {tmp_path}/set").result)

    def test_a_folder_that_is_no_set(self, cell, tmp_path):
        """
        A folder without a manifest is refused on one line.
        """
        ran = cell(f"%load_fixtures {tmp_path}")

        assert ran.stdout.startswith("FixtureError")
        assert 1 == len(ran.stdout.strip().splitlines())
