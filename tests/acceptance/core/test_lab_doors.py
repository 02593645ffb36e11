"""
The lab's own doors: several repos, with-blocks, the asynchronous twins, fakes.
"""

import asyncio

import pytest

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from machina_lab import InsertError, Lab, NothingToUndo, OptionError
from tests.support.models import Base, Publisher, User


def _engine():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return engine


@pytest.fixture(name="lab")
def _lab():
    lab = Lab(_engine())
    lab.factory(name="user", model=User)(lambda: {"name": "Jane"})
    return lab


class TestRepos:
    def test_factory_with_a_repo_of_its_own(self, lab):
        """
        A factory may write elsewhere; commit, pending, journal and undo see both.
        """
        other = _engine()
        lab.factory(name="publisher", model=Publisher, repo=other)(
            lambda: {"pub_number": "1"}
        )
        lab.insert("user")
        lab.insert("publisher")

        assert {"users": 1, "publishers": 1} == lab.pending
        assert ["user", "publisher"] == [step.factory for step in lab.journal]
        assert ["publisher", "user"] == [step.factory for step in lab.undo(2)]
        assert {} == lab.pending
        with pytest.raises(NothingToUndo, match="no insert to undo"):
            lab.undo()
        lab.insert("publisher")
        lab.commit()
        lab.insert("user")
        lab.rollback()
        with pytest.raises(InsertError, match="one repo at a time"):
            asyncio.run(lab.aundo())

    def test_connecting_elsewhere_keeps_pending_rows(self, lab):
        """
        Rows that wait for a commit are not lost by connecting to another database.
        """
        lab.insert("user")

        with pytest.raises(InsertError, match=r"rows wait for a commit.*1 users"):
            lab.connect(_engine())
        lab.rollback()
        lab.connect(_engine())

        assert {} == lab.pending

    def test_without_a_database(self):
        """
        What needs a database says how to get one.
        """
        lab = Lab()

        for verb in (lab.commit, lab.rollback, lab.undo, lab.refresh_schema):
            with pytest.raises(InsertError, match=r"lab\.connect"):
                verb()
        assert ({}, []) == (lab.pending, lab.journal)


class TestWith:
    def test_commits_or_rolls_back(self, lab):
        """
        A with-block commits on success and rolls back on an error.
        """
        with lab:
            lab.insert("user")
        with pytest.raises(KeyError, match="nowhere"):
            self._fail_inside(lab)

        assert 1 == len(lab.repo.column_values(User.name))

    def _fail_inside(self, lab):
        with lab:
            lab.insert("user")
            raise KeyError("nowhere")

    def test_is_refused_for_the_callers_session(self):
        """
        The caller's session is for the caller to end.
        """
        with Session(_engine()) as session:
            lab = Lab(session)
            with pytest.raises(InsertError, match="the session is yours"):
                lab.__enter__()


class TestAwaited:
    def test_a_plain_repo_answers_too(self, lab):
        """
        The asynchronous verbs work on a repo that is not asynchronous.
        """

        async def work():
            await lab.ainsert("user")
            await lab.ainsert_pair("user")
            await lab.ainsert_list(2, "user")
            await lab.ainsert_rows("user", [{"name": "Ada"}])
            taken = await lab.aundo()
            await lab.acommit()
            await lab.ainsert(User(name="Al"))
            await lab.arollback()
            return taken

        (step,) = asyncio.run(work())

        assert "insert_rows" == step.verb
        assert 5 == len(lab.repo.column_values(User.name))


class TestFakes:
    def test_values_repeat_with_the_seed(self):
        """
        Realistic values come from the record's own stream, in any locale.
        """
        lab = Lab()
        lab.factory(name="person")(lambda: {"name": lab.fake.person.full_name()})
        lab.seed(7)
        first = lab.build_list(2, "person")
        lab.seed(7)

        assert first == lab.build_list(2, "person")
        assert lab.fake_for("de").address.city()
        assert 0 <= lab.fake.numeric.integer_number(0, 9) <= 9

    def test_unknown_locale(self):
        """
        A locale that does not exist is refused with the nearest one.
        """
        with pytest.raises(OptionError, match="no locale 'xx-yy'"):
            Lab().fake_for("xx-yy")


class TestRows:
    def test_one_step_with_overrides_a_row(self, lab):
        """
        Rows are inserted in one step, each with overrides of its own.
        """
        made = lab.insert_rows("user", [{"name": "A"}, {"name": "B"}])

        assert ["A", "B"] == [each.name for each in made]
        assert 1 == len(lab.journal)
        assert ["C"] == [each.name for each in lab.build_rows("user", [{"name": "C"}])]

    def test_seed_inside_a_block(self, lab):
        """
        Inside `seeded` values repeat; afterwards they go on as before.
        """
        lab.factory(name="dice")(lambda: {"n": lab.random.randint(1, 10**9)})

        with lab.seeded(3):
            first = lab.build("dice")
        lab.build("dice")
        with lab.seeded(3):
            assert first == lab.build("dice")
