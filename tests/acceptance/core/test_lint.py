"""
`lab.lint`: every factory and variant, all failures together, nothing left behind.
"""

import pytest

from machina_lab import Lab, LintError, MachinaError, assoc, sequence
from tests.support.bodies import empty
from tests.support.kinds import Base, MappedUser


class TestWithoutADatabase:
    def test_healthy_factories_pass(self, lab):
        """
        Nothing is raised when everything builds.
        """
        lab.factory(name="user")(lambda: {"name": "Jane"})
        lab.variant("user", "admin", defaults={"role": "admin"})

        lab.lint()

    def test_empty_lab(self, lab):
        """
        A lab without factories is healthy.
        """
        lab.lint()

    def test_all_failures_together(self, lab):
        """
        Every factory and variant that fails is in one report.
        """
        lab.factory(name="fine")(empty)
        lab.factory(name="broken")(lambda: 1 / 0)
        lab.factory(name="lost")(lambda: {"user": assoc("nobody")})

        @lab.variant("fine")
        def bad(params):
            return params["missing"]

        with pytest.raises(LintError, match=r"(?s)broken.*lost") as caught:
            lab.lint()

        failures = dict(caught.value.failures)
        assert isinstance(caught.value, MachinaError)
        assert 3 == len(failures)
        assert {ZeroDivisionError, KeyError} < {type(e) for e in failures.values()}
        assert "bad" in str(caught.value)
        assert "fine" not in failures

    def test_sequences_are_given_back(self, lab):
        """
        Lint takes no numbers.
        """
        lab.factory(name="user")(lambda: {"n": sequence("lint", int)})
        lab.build("user")

        lab.lint()

        assert 1 == lab.build("user")["n"]

    def test_value_factories_are_built(self, lab):
        """
        Factories without a model are checked, too.
        """
        lab.factory(name="greeting")(lambda name="world": 1 / 0)

        with pytest.raises(LintError, match="greeting"):
            lab.lint()

    def test_options_are_respected(self, lab):
        """
        A factory without structs is linted by its params.
        """
        lab.factory(name="raw", model=MappedUser, build_struct=False)(empty)

        lab.lint()


class TestWithADatabase:
    @pytest.fixture(name="db")
    def _db(self, memory):
        return memory.create(Base)

    def test_leaves_no_rows(self, db):
        """
        What lint inserts is rolled back; journal and pending stay as they were.
        """
        lab = Lab(db)
        lab.factory(name="user", model=MappedUser)(lambda: {"name": "J"})
        mine = lab.insert("user")

        lab.lint()

        assert {"kind_users": 1} == dict(lab.pending)
        assert 1 == len(lab.journal)
        assert 1 == mine.id
        assert 2 == lab.insert("user").id
        lab.rollback()

    def test_database_errors_are_found(self, db):
        """
        A factory that builds and cannot be inserted fails.
        """
        lab = Lab(db)
        lab.factory(name="nameless", model=MappedUser)(empty)
        lab.factory(name="fine", model=MappedUser)(lambda: {"name": "J"})

        with pytest.raises(LintError, match="nameless") as caught:
            lab.lint()

        assert ["nameless"] == list(caught.value.failures)
        assert {} == dict(lab.pending)
        assert lab.insert("fine").id is not None
        lab.rollback()

    def test_factories_without_insert_are_built_only(self, db):
        """
        `insert=False` and plain records are linted by building them.
        """
        lab = Lab(db)
        lab.factory(name="off", model=MappedUser, insert=False)(empty)
        lab.factory(name="plain")(lambda: {"a": 1})

        lab.lint()


def test_autocommit_stays_out_of_it(tmp_path):
    """
    A lab that commits each call commits nothing while it lints.
    """
    lab = Lab(f"sqlite:///{tmp_path / 'shop.db'}", autocommit=True)
    lab.repo.session.connection().exec_driver_sql(
        "CREATE TABLE teas (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"
    )
    lab.commit()
    tea = lab.models.Tea
    lab.factory(name="green", model=tea)(lambda: {"name": "Sencha"})

    lab.lint()

    assert {} == lab.pending
    assert 0 == len(lab.repo.column_values(tea.name))
    assert lab.repo.autocommit
