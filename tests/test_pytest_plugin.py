"""
The pytest plugin in real runs of pytest on a small project.
"""

import os
import re
import subprocess
import sys
import textwrap

from importlib.metadata import entry_points
from pathlib import Path

import pytest


ROOT = Path(__file__).parent.parent
FACTORIES = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from machina_lab import Lab, sequence

class Base(DeclarativeBase):
    pass

class City(Base):
    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)

URL = {url!r}
lab = Lab(URL)

@lab.factory(model=City)
def city():
    return {{"name": sequence("city", lambda n: f"city{{n}}")}}

@lab.factory
def dice():
    return {{"points": lab.random.randint(1, 10**9)}}
"""


@pytest.fixture
def project(tmp_path):
    """
    A project with a lab, a database file and a fixture set.
    """
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    (tmp_path / "myapp").mkdir()
    (tmp_path / "myapp" / "__init__.py").touch()
    (tmp_path / "myapp" / "factories.py").write_text(FACTORIES.format(url=url))
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmachina_lab = myapp.factories:lab\naddopts = --strict-markers\n"
        "pythonpath = .\n"
    )
    make = """
        from myapp.factories import *
        Base.metadata.create_all(sa.create_engine(URL))
        lab.insert("city", name="Rome")
        lab.export_fixtures("fixtures/shop")
        lab.rollback()
    """
    run(tmp_path, "-c", textwrap.dedent(make))
    return tmp_path


def _outside_xdist():
    """
    Return the environment without the worker that this test itself may run in.
    """
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}


def run(folder, *arguments):
    """
    Run Python in a folder, with this package importable.
    """
    paths = os.pathsep.join([str(ROOT), str(folder)])
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=_outside_xdist() | {"PYTHONPATH": paths, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def pytest_run(folder, tests, *arguments):
    """
    Run pytest on one file of tests.
    """
    (folder / "test_shop.py").write_text(textwrap.dedent(tests))
    installed = {point.name for point in entry_points(group="pytest11")}
    plugin = [] if "machina_lab" in installed else ["-p", "machina_lab.pytest_plugin"]
    options = ["-p", "no:cacheprovider", "-q", *plugin, *arguments]
    return run(folder, "-m", "pytest", *options)


COUNT = """
    import sqlalchemy as sa
    from myapp.factories import City, URL

    def count():
        engine = sa.create_engine(URL)
        with engine.connect() as connection:
            found = connection.scalar(sa.select(sa.func.count()).select_from(City))
        engine.dispose()
        return found
"""


class TestLab:
    def test_rows_are_gone_after_each_test(self, project):
        """
        Neither a test that commits nor one that fails leaves a row behind.
        """
        told = pytest_run(
            project,
            COUNT
            + """
    import pytest

    @pytest.mark.parametrize("n", range(3))
    def test_insert(lab, n):
        assert lab.insert("city").name == "city0"
        lab.commit()
        assert lab.repo.session.query(City).count() == 1

    def test_fails(lab):
        lab.insert("city")
        assert False

    def test_nothing_left():
        assert count() == 0
    """,
        )

        assert "4 passed" in told, told
        assert "1 failed" in told

    def test_numbers_of_processes_are_disjoint(self, project):
        """
        Two processes on one database never make the same unique value.
        """
        told = pytest_run(
            project,
            """
            import os, pytest

            @pytest.mark.parametrize("n", range(8))
            def test_insert(lab, n, record_property):
                number = int(lab.build("city").name.removeprefix("city"))
                worker = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
                assert number == worker * 1_000_000_000
            """,
            *("-n", "2"),
        )

        assert "8 passed" in told, told

    def test_without_the_ini_value_it_says_what_to_add(self, project):
        """
        The error holds the line to paste.
        """
        (project / "pytest.ini").write_text("[pytest]\n")

        told = pytest_run(project, "def test_it(lab):\n    pass\n")

        assert "machina_lab = myapp.factories:lab" in told

    @pytest.mark.parametrize(
        ("place", "hint"),
        [
            ("myapp.factories:lba", "Did you mean 'lab'?"),
            ("myap.factories:lab", "there is no module 'myap'"),
        ],
    )
    def test_wrong_place_is_told(self, project, place, hint):
        """
        A misspelled place is one line, with the nearest name.
        """
        (project / "pytest.ini").write_text(f"[pytest]\nmachina_lab = {place}\n")

        assert hint in pytest_run(project, "def test_it(lab):\n    pass\n")


class TestFixturesMarker:
    def test_loads_the_set_before_each_test(self, project):
        """
        Each marked test finds the rows, fresh, and leaves none.
        """
        told = pytest_run(
            project,
            COUNT
            + """
    import pytest

    @pytest.mark.fixtures("fixtures/shop")
    @pytest.mark.parametrize("n", range(3))
    def test_rome(lab, n):
        rome = lab.repo.session.query(City).one()
        assert rome.name == "Rome"
        rome.name = "Oslo"
        lab.commit()

    @pytest.mark.fixtures("fixtures/shop")
    def test_without_asking_for_the_lab():
        from myapp.factories import lab
        assert lab.repo.session.query(City).count() == 1

    def test_nothing_left():
        assert count() == 0
    """,
        )

        assert "5 passed" in told, told

    def test_an_edited_set_is_read_again(self, project):
        """
        What was remembered of a set is forgotten when a file changes.
        """
        told = pytest_run(
            project,
            """
            import pytest
            from pathlib import Path
            from myapp.factories import City

            pytestmark = pytest.mark.fixtures("fixtures/shop")

            def test_first(lab):
                path = Path("fixtures/shop/data/city.csv")
                path.write_text(path.read_text() + "7,Oslo\\n")

            def test_second(lab):
                assert lab.repo.session.query(City).count() == 2
            """,
        )

        assert "2 passed" in told, told


class TestSeed:
    TESTS = """
        def test_fails(lab):
            assert lab.build("dice")["points"] == 0
        """

    def test_a_failed_test_can_be_repeated(self, project):
        """
        The report tells the seed, and the seed makes the same values again.
        """
        first = pytest_run(project, self.TESTS)
        seed = re.search(r"repeat with --machina-seed (\d+)", first)[1]
        second = pytest_run(project, self.TESTS, "--machina-seed", seed)
        third = pytest_run(project, self.TESTS, "--machina-seed", str(int(seed) + 1))

        def drawn(text):
            return re.search(r"assert (\d+) == 0", text)[1]

        assert drawn(first) == drawn(second) != drawn(third)

    def test_processes_share_it(self, project):
        """
        One number repeats a run of several processes.
        """
        told = pytest_run(
            project,
            self.TESTS.replace("test_fails", "test_a")
            + self.TESTS.replace("test_fails", "test_b"),
            "-n",
            "2",
        )

        assert 1 == len(set(re.findall(r"--machina-seed (\d+)", told)))
        assert 1 == len(set(re.findall(r"assert (\d+) == 0", told)))


def test_the_plugin_imports_nothing_heavy():
    """
    Every run of pytest pays for the plugin: no room of the lab is loaded.
    """
    code = (
        "import sys, pytest; before = set(sys.modules);"
        " import machina_lab.pytest_plugin;"
        " print(sorted(n for n in set(sys.modules) - before))"
    )

    loaded = run(ROOT, "-c", code)

    for name in ("sqlalchemy", "pandas", "pyarrow", "IPython", "machina_lab.labs"):
        assert f"'{name}'" not in loaded


def test_the_plugin_adds_no_more_than_20_milliseconds():
    """
    What every run of pytest pays, in processor time, the best of three.
    """
    code = (
        "import pytest, time; start = time.process_time();"
        " import machina_lab.pytest_plugin; print(time.process_time() - start)"
    )

    assert min(float(run(ROOT, "-c", code)) for _ in range(3)) <= 0.02
