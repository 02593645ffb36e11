"""
One valid row, then ten, in every table of every schema at hand.
"""

import inspect

from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from machina_lab import Lab
from machina_lab.core.sequences import sequences
from machina_lab.errors import (
    OptionError,
    UndefinedFactoryError,
    UnknownAttributeError,
    UnknownTableError,
)
from machina_lab.schema import TableFactories
from tests.support import shop_models
from tests.support.applications import APPLICATIONS, application
from tests.support.crafting import crafted, one_valid_row
from tests.support.schemas import load_dump, run_script
from tests.support.traps import POSTGRES, SQLITE


#: Tables that cannot have a row, and why.
IMPOSSIBLE = {
    ("postgresql", "shapes"): {"empty_table"},  # no columns
    ("sqlite", "broken"): {"lost_parent"},  # its parent does not exist
}


@pytest.fixture(autouse=True)
def _counters():
    with sequences.isolated():
        yield


@pytest.fixture(name="open_lab")
def _open_lab():
    with ExitStack() as stack:
        yield lambda target: stack.enter_context(crafted(target))


def _as_guest(connection, _record):
    connection.execute("SET ROLE machina_guest")
    connection.commit()


class TestOneValidRow:
    @pytest.mark.parametrize("rows", [1, 10])
    @pytest.mark.parametrize(
        ("dialect", "name"),
        [("sqlite", each) for each in SQLITE]
        + [("postgresql", each) for each in POSTGRES],
    )
    def test_traps(self, trap, dialect, name, rows):
        """
        Every table of our traps takes rows, but for those that cannot have any.
        """
        report = one_valid_row(trap(dialect, name).open(), rows=rows)

        assert IMPOSSIBLE.get((dialect, name), set()) == set(report.failed), report

    @pytest.mark.parametrize("rows", [1, 10])
    @pytest.mark.parametrize("name", ["chinook", "northwind"])
    def test_real_schemas_beside_their_data(self, database, name, rows):
        """
        Every table of Chinook and Northwind takes rows beside those it has.
        """
        load_dump(database, name)

        report = one_valid_row(database.open(), rows=rows)

        assert {} == report.failed

    @pytest.mark.parametrize("rows", [1, 10])
    @pytest.mark.parametrize("name", APPLICATIONS)
    def test_models_of_real_applications(self, database, name, rows):
        """
        Every table of real applications takes rows, as their classes and without them.
        """
        base, tables = application(name)
        database.create(base)

        by_classes = one_valid_row(database.open(), rows=rows, models=base)
        by_tables = one_valid_row(database.open(), rows=rows)

        assert ({}, {}) == (by_classes.failed, by_tables.failed)
        assert tables == len(by_classes.inserted) == len(by_tables.inserted)

    def test_reasons_are_one_line(self, trap):
        """
        What cannot be inserted is named with a reason on one line.
        """
        report = one_valid_row(trap("sqlite", "broken").open())

        assert ["lost_parent"] == list(report.failed)
        assert "\n" not in report.failed["lost_parent"]
        assert "no such table: main.gone" in report.failed["lost_parent"]


class TestFactories:
    def test_the_scaffold_is_the_factory(self, trap, open_lab):
        """
        What `inspect` shows of an automatic factory is its scaffold.
        """
        lab, factories = open_lab(trap("sqlite", "checks").open())

        made = factories.define("person")

        assert inspect.getsource(made.function) in made.text
        assert made.text == factories.scaffold("person")
        assert "x" == lab.build_list(3, "person")[2].gender

    def test_realistic_values_of_a_locale(self, sqlite):
        """
        Realistic values come from the locale asked for and repeat by the seed.
        """
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, first_name TEXT NOT NULL)"
            )
        lab = Lab(sqlite.open())
        source = lab.scaffold("users", realistic="de")
        exec(source.replace("import lab", "import Lab"), {"lab": lab})

        def drawn():
            lab.seed(7)
            return [each.first_name for each in lab.build_list(5, "user")]

        assert 'lambda: lab.fake_for("de").person.first_name()' in source
        assert drawn() == drawn() != ["Jane"] * 5
        with pytest.raises(OptionError, match="locale"):
            lab.scaffold("users", realistic="xx")
        lab.repo.close()

    def test_overrides_and_variants(self, trap, open_lab):
        """
        An automatic factory takes overrides, and knows its optional parents.
        """
        lab, factories = open_lab(trap("sqlite", "cycles").open())

        node = lab.insert("node", parent=lab.build("node"))
        made = factories.define("node")

        assert node.parent_id == node.parent.id
        assert ["with_parent"] == list(made.variants)

    def test_what_is_said_of_an_optional_parent_makes_it(self, sqlite, open_lab):
        """
        `album.artist.name=Joni` is enough to get an album and its artist with a track.
        """
        load_dump(sqlite, "chinook")
        lab, _ = open_lab(sqlite.open())

        track = lab.insert("track", album={"artist": {"name": "Joni"}})

        assert {"Album": 1, "Artist": 1, "MediaType": 1, "Track": 1} == lab.pending
        assert "Joni" == track.album.artist.name
        assert track.album is lab.build("track", album=track.album).album
        (row,) = lab.insert_list(
            1, "track", None, {"bulk": True}, album={"title": "Blue"}
        )
        assert row["album_id"] == track.album_id + 1

    def test_counters_start_behind_the_rows_that_are_there(self, sqlite, open_lab):
        """
        A unique column goes on after the values of a filled table.
        """
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE users (id INT PRIMARY KEY, email TEXT NOT NULL UNIQUE)"
            )
            connection.exec_driver_sql(
                "INSERT INTO users VALUES (7, 'user3@example.com'), (9, 'x')"
            )
        lab, _ = open_lab(sqlite.open())

        user = lab.insert("user")

        assert (10, "user4@example.com") == (user.id, user.email)

    def test_unknown_tables_suggest_the_nearest(self, trap, open_lab):
        """
        A factory that no table stands behind is an undefined factory.
        """
        _, factories = open_lab(trap("sqlite", "checks").open())

        with pytest.raises(UndefinedFactoryError, match="Did you mean 'person'"):
            factories.define("persn")

    @pytest.mark.usefixtures("postgres")  # closed after the lab
    def test_without_rights(self, postgres, open_lab):
        """
        Who may not read or write a table sees it, and is told by the database.
        """
        with postgres.engine.begin() as connection:
            for statement in (
                "CREATE TABLE secret (code text PRIMARY KEY)",
                "DROP ROLE IF EXISTS machina_guest",
                "CREATE ROLE machina_guest",
                "GRANT USAGE ON SCHEMA public TO machina_guest",
            ):
                connection.exec_driver_sql(statement)
        engine = postgres.open()
        sa.event.listen(engine, "connect", _as_guest)
        lab, factories = open_lab(engine)

        assert ["secret"] == factories.names()
        assert "model=lab.models.Secret" in lab.scaffold("secret")
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            lab.insert("secret")
        assert {} == lab.pending

    @pytest.mark.usefixtures("postgres")  # closed after the lab
    def test_views_have_no_factory(self, trap, open_lab):
        """
        Nothing can be inserted into a view, and the error says so.
        """
        _, factories = open_lab(trap("postgresql", "shapes").open())

        assert "thing_name" not in factories.names()
        with pytest.raises(OptionError, match="is a view or has no columns"):
            factories.scaffold("thing_names")

    def test_an_empty_database(self, sqlite, open_lab):
        """
        A database without tables has no factories, and a table is not found.
        """
        lab, factories = open_lab(sqlite.open())

        assert [] == factories.names()
        with pytest.raises(UnknownTableError, match="no table named 'user'"):
            lab.scaffold("user")

    def test_a_table_that_is_gone(self, sqlite, open_lab):
        """
        A factory is made also where the table cannot be looked into.
        """
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE tags (name TEXT PRIMARY KEY)")
        lab, _ = open_lab(sqlite.open())
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO tags VALUES ('Tag 0')")
            connection.exec_driver_sql("DROP TABLE tags")

        assert "Tag 0" == lab.build("tag").name

    def test_one_row_for_all(self, postgres, open_lab):
        """
        A table with room for few rows lends one to all who need it.
        """
        script = """
            CREATE TABLE settings (id int PRIMARY KEY CHECK (id = 1));
            CREATE TABLE setting (
                name text PRIMARY KEY, settings_id int NOT NULL REFERENCES settings);
            CREATE TABLE detail (id int PRIMARY KEY REFERENCES settings (id));
        """
        run_script(postgres, script)
        lab, factories = open_lab(postgres.open())

        first, second = lab.insert_list(2, "setting")
        lab.repo.session.expunge_all()
        third = lab.insert("setting")

        assert first.settings is second.settings
        assert {"settings": 1, "setting": 3} == lab.pending
        assert 1 == third.settings_id
        assert (1, 1) == tuple(
            factories.define(n).limit for n in ("settings", "detail")
        )
        assert "assoc" not in lab.scaffold("setting")

    def test_explain_tells_which_rule_won(self, trap, open_lab):
        """
        Names, checks, foreign keys and what is left out are explained.
        """
        _, factories = open_lab(trap("sqlite", "checks").open())

        assert "CHECK length(code) = 3" in factories.explain("person", "code")
        assert "name rule: age" in factories.explain("person", "age")
        assert "left out (may be NULL)" in factories.explain("person", "died")
        assert "counted by the database" in factories.explain("person", "id")
        with pytest.raises(UnknownAttributeError, match="Did you mean 'gender'"):
            factories.explain("person", "gendr")

    @pytest.mark.usefixtures("postgres")  # closed after the lab
    def test_values_that_only_the_database_can_judge(self, trap, open_lab):
        """
        A function in a CHECK is met by trial inserts, of which nothing stays.
        """
        database = trap("postgresql", "checks")
        lab, factories = open_lab(database.open())

        source = factories.scaffold("judged")

        assert "CHECK n_even, found by trial" in source
        assert {} == lab.pending
        assert 0 == database.count("judged")
        assert 0 == lab.insert("judged").n % 2


class TestModels:
    def test_classes_that_exist_are_used(self, memory):
        """
        Factories of models make the models themselves, imports included.
        """
        lab = Lab(repo=memory.create(shop_models.Base))
        factories = TableFactories.of_models(
            shop_models.Base, dialect="sqlite", lab=lab, run=lab.repo.run
        )
        lab.add_source(factories)

        for name in factories.names():
            assert 3 == len(lab.insert_list(3, name))

        assert shop_models.OrderLine is factories.define("order_line").model
        source = factories.scaffold("order_line")
        assert "from tests.support.shop_models import OrderLine" in source
        assert "@lab.factory(model=OrderLine)" in source
        lab.repo.close()


class TestSize:
    def test_300_tables(self, sqlite, open_lab):
        """
        Three hundred tables are named at once and scaffolded each.
        """
        metadata = sa.MetaData()
        for n in range(300):
            sa.Table(
                f"table_{n}",
                metadata,
                sa.Column("id", sa.Integer, primary_key=True),
                *(sa.Column(f"c{m}", sa.String(40), nullable=False) for m in range(8)),
                sa.Column("price", sa.Numeric(8, 2), sa.CheckConstraint("price > 10")),
                sa.Column(
                    "parent_id",
                    sa.ForeignKey(f"table_{max(n - 1, 0)}.id"),
                    nullable=n < 1,
                ),
            )
        sqlite.create(metadata)

        _, factories = open_lab(sqlite.open())
        names = factories.names()
        source = factories.scaffold()

        assert 300 == len(names) == source.count("@lab.factory")
