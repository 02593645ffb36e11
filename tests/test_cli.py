"""
The command line, run as people and scripts run it.
"""

import json
import os
import shlex
import subprocess
import sys

from pathlib import Path

import pexpect
import pytest
import sqlalchemy as sa

from tests.fixtures.conftest import ROWS, SHOP, run
from tests.support.sets import assert_valid, files


ROOT = Path(__file__).parent.parent
FACTORIES = """
from machina_lab import Lab, sequence

lab = Lab()

@lab.factory
def user():
    email = sequence("email", lambda n: f"u{n}@x")
    return {"email": email, "age": lab.random.randint(1, 99)}

@lab.variant("user")
def old(params):
    return {"age": 99}

broken = Lab()

@broken.factory
def wrong():
    return {"email": 1 / 0}
"""
LIBRARY = """
CREATE TABLE authors (id INTEGER PRIMARY KEY, email VARCHAR(60) NOT NULL UNIQUE);
CREATE TABLE books (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    price NUMERIC(8, 2) NOT NULL CHECK (price > 0),
    state VARCHAR(8) NOT NULL CHECK (state IN ('new', 'sold')),
    author_id INTEGER NOT NULL REFERENCES authors (id)
)
"""


@pytest.fixture
def command(tmp_path):
    """
    Run the command line in a folder with factories.
    """
    (tmp_path / "factories.py").write_text(FACTORIES)

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "machina_lab.cli", *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def shop(sqlite):
    """
    A database with a few rows, as a URL.
    """
    run(sqlite, SHOP + ROWS)
    return sqlite


class TestHelp:
    @pytest.mark.parametrize(
        "name", ["export", "load", "check", "lint", "schema", "scaffold"]
    )
    def test_every_command_has_an_example(self, command, name):
        """
        --help ends with a line to copy.
        """
        done = command(name, "--help")

        assert 0 == done.returncode
        assert f"Example: machina-lab {name} " in " ".join(done.stdout.split())

    def test_unknown_option_is_a_usage_error(self, command):
        """
        Called wrongly, the exit code is 2.
        """
        assert 2 == command("check", "--nonsense").returncode


class TestExport:
    def test_writes_what_was_asked_for(self, command, tmp_path):
        """
        Factories and counts make a fixture set; progress is silent when piped.
        """
        done = command("export", "factories:lab", "user=3", "--seed", 1, "--out", "set")

        assert (0, "") == (done.returncode, done.stderr)
        assert "wrote 3 rows of 1 tables: set" in done.stdout
        assert_valid(tmp_path / "set")

    def test_a_seed_repeats_it_to_the_byte(self, command, tmp_path):
        """
        The same command makes the same files.
        """
        for name in ("one", "two"):
            command("export", "factories:lab", "user=5", "--seed", 1, "--out", name)

        assert files(tmp_path / "one") == files(tmp_path / "two")

    def test_json_for_scripts(self, command):
        """
        --json prints one JSON document.
        """
        done = command("export", "factories:lab", "user+old", "-o", "set", "--json")

        assert {"folder": "set", "rows": {"user+old": 1}} == json.loads(done.stdout)

    def test_progress_is_shown_on_a_terminal(self, tmp_path):
        """
        A person sees how far it is; the bar is gone when the work is done.
        """
        (tmp_path / "factories.py").write_text(FACTORIES)
        arguments = ["export", "factories:lab", "user=3", "--out", "set"]

        told = pexpect.run(
            shlex.join([sys.executable, "-m", "machina_lab.cli", *arguments]),
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            encoding="utf-8",
            timeout=60,
        )

        assert "export: 0.00 rows" in told
        assert told.splitlines()[-1].endswith("wrote 3 rows of 1 tables: set")

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (("factories:lab", "usr=1"), "no factory named 'usr'. Did you mean 'user'"),
            (("factories:lab", "user=x"), "write FACTORY=N"),
            (("factories:lba", "user=1"), "Did you mean 'lab'"),
            (("nowhere:lab", "user=1"), "there is no module 'nowhere'"),
        ],
    )
    def test_mistakes_are_one_line(self, command, arguments, told):
        """
        Called wrongly: one line on standard error, exit code 2, nothing written.
        """
        done = command("export", *arguments, "--out", "set")

        assert (2, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
        assert told in done.stderr


class TestLoadAndCheck:
    def test_a_set_goes_into_a_database(self, command, shop, tmp_path):
        """
        What check finds right, load loads, and commits.
        """
        from machina_lab import Lab

        with Lab(shop.address) as lab:
            lab.export_fixtures(tmp_path / "set", tables="all")
        url = f"sqlite:///{tmp_path / 'new.db'}"
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for statement in filter(str.strip, SHOP.split(";")):
                connection.exec_driver_sql(statement)

        checked = command("check", "set", "--database", url)
        loaded = command("load", "set", url, "--json")

        assert (0, "set is right: 3 tables, 8 rows\n") == (
            checked.returncode,
            checked.stdout,
        )
        assert {"city": 2, "user": 3, "Order Details": 3} == json.loads(loaded.stdout)[
            "rows"
        ]
        with engine.connect() as connection:
            assert 3 == connection.exec_driver_sql("SELECT count(*) FROM user").scalar()
        engine.dispose()

    def test_problems_are_listed(self, command, tmp_path):
        """
        A set that is not right: exit code 1, and each problem with its place.
        """
        command("export", "factories:lab", "user=2", "--out", "set")
        path = tmp_path / "set/data/user.csv"
        path.write_text(path.read_text() + "u9@x,old\n")

        done = command("check", "set")
        scripted = command("check", "set", "--json")

        assert 1 == done.returncode
        assert "data/user.csv:4: age: 'old' is not an integer" in done.stderr
        assert not json.loads(scripted.stdout)["valid"]

    def test_edits_are_told(self, command, tmp_path):
        """
        Check names edited files; with --strict they are refused.
        """
        command("export", "factories:lab", "user=2", "--out", "set")
        path = tmp_path / "set/data/user.csv"
        path.write_text(path.read_text() + "u9@x,9\n")

        assert (
            "edited since the export: data/user.csv" in command("check", "set").stdout
        )
        assert 1 == command("check", "set", "--strict").returncode

    def test_a_folder_that_is_no_set_is_told(self, command):
        """
        One line, exit code 1.
        """
        done = command("check", ".")

        assert (1, 1) == (done.returncode, done.stderr.count("\n"))
        assert "is not a fixture set: it has no datapackage.json" in done.stderr

    def test_scripts_are_told_why_a_folder_is_no_set(self, command):
        """
        With --json there is a problem to read, whatever is wrong.
        """
        told = json.loads(command("check", ".", "--json").stdout)

        assert not told["valid"]
        assert "it has no datapackage.json" in told["problems"][0]

    def test_new_keys(self, command, shop, tmp_path):
        """
        --keys new loads a set beside its own rows; another word is a usage error.
        """
        command("export", "factories:lab", "user=1", "--out", "set")

        wrong = command("load", "set", shop.address, "--keys", "old")

        assert (2, 1) == (wrong.returncode, wrong.stderr.count("\n"))
        assert "keep, new" in wrong.stderr

    def test_no_password_is_shown(self, command):
        """
        A database that cannot be reached is told without its password.
        """
        done = command("load", ".", "postgresql+psycopg://me:hush@127.0.0.1:1/x")

        assert 1 == done.returncode
        assert "hush" not in done.stderr + done.stdout


class TestLint:
    def test_right_factories(self, command):
        """
        Exit code 0 where everything builds.
        """
        done = command("lint", "factories:lab")

        assert (0, "1 factories are right\n") == (done.returncode, done.stdout)

    def test_wrong_factories(self, command):
        """
        Exit code 1, and every failure by name.
        """
        done = command("lint", "factories:broken")

        assert 1 == done.returncode
        assert "wrong: ZeroDivisionError" in done.stderr


class TestSchema:
    def test_shows_tables(self, command, shop):
        """
        The tables of a database, also as JSON.
        """
        done = command("schema", shop.address, "--json")

        assert {"city", "user", "Order Details"} <= set(str(done.stdout).split('"'))

    @pytest.mark.parametrize(
        ("name", "begins"),
        [("a.svg", "<svg"), ("a.mmd", "erDiagram"), ("a.dot", "dig")],
    )
    def test_draws(self, command, shop, tmp_path, name, begins):
        """
        The end of the file's name says what is drawn.
        """
        done = command("schema", shop.address, "--diagram", name)

        assert (0, "") == (done.returncode, done.stderr)
        assert begins in (tmp_path / name).read_text()[:200]

    def test_refuses_unknown_drawings(self, command, shop):
        """
        The kinds of diagrams are named.
        """
        done = command("schema", shop.address, "--diagram", "x.png")

        assert 2 == done.returncode
        assert ".svg, .mmd or .dot" in done.stderr


class TestScaffold:
    @pytest.fixture
    def library(self, tmp_path):
        """
        The URL of a small library.
        """
        url = f"sqlite:///{tmp_path / 'library.db'}"
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for statement in LIBRARY.split(";"):
                connection.execute(sa.text(statement))
        engine.dispose()
        return url

    def test_what_it_writes_inserts(self, command, library, tmp_path):
        """
        The file written makes rows that the database takes, parents included.
        """
        done = command("scaffold", library, "--out", "app.py")
        assert (0, "wrote app.py\n", "") == (
            done.returncode,
            done.stdout,
            done.stderr,
        )

        url = repr(library)
        connected = f"from machina_lab import lab\nlab.connect({url})\n"
        source = tmp_path / "app.py"
        source.write_text(connected + source.read_text(encoding="utf-8"))
        right = command("lint", "app:lab")
        made = command("export", "app:lab", "book=3", "--out", "set", "--json")

        assert (0, "") == (right.returncode, right.stderr)
        assert {"authors": 3, "books": 3} == json.loads(made.stdout)["rows"]

    def test_prints_the_tables_named(self, command, library):
        """
        Without a file it is printed, only the tables asked for.
        """
        done = command("scaffold", library, "authors")

        assert 0 == done.returncode
        assert "def author():" in done.stdout
        assert "def book():" not in done.stdout
        compile(done.stdout, "authors", "exec")

    @pytest.mark.parametrize(
        ("arguments", "code", "told"),
        [
            (("athors",), 2, "no table named 'athors'. Did you mean 'authors'"),
            (("--out", "library.db"), 2, "library.db exists; it is not overwritten"),
            (("--out", "no/app.py"), 1, "no/app.py: No such file or directory."),
        ],
    )
    def test_mistakes_are_one_line(self, command, library, arguments, code, told):
        """
        One line on standard error says what is wrong; nothing is written.
        """
        done = command("scaffold", library, *arguments)

        assert (code, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
        assert told in done.stderr

    def test_a_database_without_tables_is_told(self, command, tmp_path):
        """
        There is nothing to write, which is an error: the path may be a wrong one.
        """
        (tmp_path / "empty.db").touch()

        done = command("scaffold", f"sqlite:///{tmp_path / 'empty.db'}")

        assert (1, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
        assert "empty.db has no tables" in done.stderr
