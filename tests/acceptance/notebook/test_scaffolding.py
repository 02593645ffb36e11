"""
%scaffold into a cell, into a file that is there, and as a check; needs in %factory.
"""

import pytest

from machina_lab import Lab, notebook
from machina_lab.errors import ArgumentValueError
from tests.support.shells import run


NAME = "name VARCHAR(40) NOT NULL"
EDITED = """\
from machina_lab import lab, sequence


@lab.factory(model=lab.models.User)
def user():
    return {
        "name": "Ada",  # mine
        # left out: id (counted by the database)
    }
"""


@pytest.fixture
def lab(memory, ip):
    """
    A lab on users with a name, in use in the shell.
    """
    lab = Lab(memory.engine)
    make(lab, NAME)
    ip.user_ns["mine"] = lab
    assert run(ip, "%lab use $mine").success
    yield lab
    lab.repo.close()


@pytest.fixture
def file(tmp_path):
    """
    A file with a factory of users that somebody edited.
    """
    path = tmp_path / "factories.py"
    path.write_text(EDITED, encoding="utf-8")
    return path


@pytest.fixture
def cell(ip, file):
    """
    Return a function that runs a cell in which `$file` is the file.
    """
    ip.user_ns["file"] = str(file)
    return lambda source: run(ip, source)


def make(lab, *columns):
    """
    Make the table of users anew, with these columns after its key.
    """
    connection = lab.repo.connection()
    connection.exec_driver_sql("DROP TABLE IF EXISTS users")
    sql = ", ".join(["id INTEGER PRIMARY KEY", *columns])
    connection.exec_driver_sql(f"CREATE TABLE users ({sql})")


class TestUpdate:
    def test_adds_what_is_new_and_edits_nothing(self, lab, cell, file):
        """
        A column that needs a value is added, another mentioned; every line stays.
        """
        assert "up to date" in repr(cell("%scaffold users --update $file").result)
        assert EDITED == file.read_text(encoding="utf-8")

        make(lab, NAME, "born DATE NOT NULL", "loudness INTEGER")
        page = cell("%scaffold users --update $file").result

        text = file.read_text(encoding="utf-8")
        assert ["user.born", "user.loudness"] == page.data["added"]
        assert '"born": date(' in text
        assert "# left out: loudness (may be NULL)" in text
        assert set(EDITED.splitlines()) <= set(text.splitlines())
        compile(text, "factories.py", "exec")
        assert "up to date" in repr(cell("%scaffold users --update $file").result)

    def test_keeps_the_ends_of_lines(self, lab, cell, file):
        """
        A file with Windows' ends of lines keeps them, new lines included.
        """
        own = EDITED.replace('        "name": "Ada",  # mine\n', "")
        file.write_bytes(own.replace("\n", "\r\n").encode())

        assert cell("%scaffold users --update $file").success
        data = file.read_bytes()
        assert b'"name": ' in data
        assert data.count(b"\n") == data.count(b"\r\n")

    def test_says_what_is_left_to_do_by_hand(self, lab, cell, file):
        """
        A factory written in a way of its own is named, and the file stays.
        """
        own = EDITED.partition("    return {")[0] + "    return lab.models.User()\n"
        file.write_text(own, encoding="utf-8")

        page = cell("%scaffold users --update $file").result

        assert ["user: name"] == page.data["left"]
        assert "by hand" in repr(page)
        assert own == file.read_text(encoding="utf-8")

    def test_the_lab_does_it_for_texts(self, lab):
        """
        `lab.scaffold_update` sees the tables as they are now, for one table or for all.
        """
        assert not lab.scaffold_update(EDITED, "users")
        make(lab, NAME, "team VARCHAR(9) NOT NULL")
        lab.repo.connection().exec_driver_sql(
            "CREATE TABLE tags (id INTEGER PRIMARY KEY)"
        )

        assert ("user.team",) == lab.scaffold_update(EDITED, "users").added
        assert {"user.team", "tag"} == set(lab.scaffold_update(EDITED).added)


class TestCheck:
    def test_passes_and_fails_without_writing(self, lab, cell, file):
        """
        It is quiet about a file that lacks nothing and fails about one that does.
        """
        assert "is up to date" in repr(cell("%scaffold users --check $file").result)
        own = EDITED.replace('        "name": "Ada",  # mine\n', "")
        file.write_text(own, encoding="utf-8")

        ran = cell("%scaffold users --check $file")

        assert not ran.success
        assert "is not up to date: it lacks user.name." in ran.stdout
        assert own == file.read_text(encoding="utf-8")
        with pytest.raises(ArgumentValueError, match=r"lacks user\.name"):
            notebook.scaffold_check("users", file)

    def test_not_with_update(self, lab, cell, file):
        """
        Checking and writing at once is refused, and the word is pointed at.
        """
        ran = cell("%scaffold users --update $file --check $file")

        assert "--check writes nothing: give it without --update." in ran.stdout
        assert EDITED == file.read_text(encoding="utf-8")


class TestBadFiles:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (None, "No such file or directory"),
            (b"def user(:\n", "is no Python: line 1: "),
            (b"\xff\xfe", "is no UTF-8 text"),
        ],
    )
    @pytest.mark.parametrize("verb", ["scaffold_update", "scaffold_check"])
    def test_are_named(self, lab, file, verb, data, message):
        """
        A file that is not there, or no Python, is one line that names it.
        """
        file.unlink() if data is None else file.write_bytes(data)

        with pytest.raises(ArgumentValueError, match=message):
            getattr(notebook, verb)("users", file)


class TestFactory:
    def test_a_tables_factory_says_whether_it_needs_somebody(self, lab, cell):
        """
        %factory of a table says what must be done first and how many rows there can be.
        """
        lab.repo.connection().exec_driver_sql(
            "CREATE TABLE flags (code TEXT PRIMARY KEY"
            " CHECK (length(code) = 1 AND code = upper(code)))"
        )
        lab.refresh_schema()

        text = repr(cell("%factory flag").result)

        assert "needs you" in text
        assert "for nothing" in text
        assert f"for {lab.tables().define('flag').limit:,} rows at most" in text

    def test_a_check_that_nothing_meets_is_named(self, lab, cell):
        """
        A constraint that no value was found for is what it needs somebody for.
        """
        lab.repo.connection().exec_driver_sql(
            "CREATE TABLE odds (id INTEGER PRIMARY KEY, n INTEGER NOT NULL,"
            " CONSTRAINT never CHECK (n > 5 AND n < 3))"
        )
        lab.refresh_schema()

        text = repr(cell("%factory odd").result)

        (need,) = lab.tables().define("odd").needs
        assert need in text
        assert "never" in need

    def test_nothing_of_that_for_ones_own(self, lab, cell):
        """
        A factory that somebody wrote is theirs: nothing is said about needs.
        """

        @lab.factory(model=lab.models.User)
        def user():
            return {"name": "Ada"}

        page = cell("%factory user").result

        assert page.data["model"] is user.model
        assert "needs you" not in repr(page)
