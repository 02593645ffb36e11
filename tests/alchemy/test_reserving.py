"""
Keys that rows get before, or with, their INSERT.
"""

import pytest

from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from machina_lab import Lab


class Base(DeclarativeBase):
    pass


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = {"schema": "aux", "sqlite_autoincrement": True}  # noqa: RUF012
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


@pytest.fixture(name="engine")
def _engine(tmp_path):
    """
    A SQLite file with a second one attached.
    """
    engine = create_engine(f"sqlite:///{tmp_path / 'main.db'}")

    @event.listens_for(engine, "connect")
    def attach(connection, record):
        connection.execute(f"ATTACH DATABASE '{tmp_path / 'aux.db'}' AS aux")

    yield engine
    engine.dispose()


def lab_of(engine):
    lab = Lab(engine)
    lab.factory(lambda: {"title": "T"}, name="ticket", model=Ticket)
    return lab


@pytest.mark.parametrize("count", [3, 200])
def test_counted_keys_in_an_attached_file(engine, count):
    """
    A key that was given away is not given again, in whatever file its count is kept.
    """
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO aux.tickets (id, title) VALUES (7, 'x')"))
        connection.execute(text("DELETE FROM aux.tickets"))

    with lab_of(engine) as lab:
        made = lab.insert_list(count, "ticket")

    assert list(range(8, 8 + count)) == [each.id for each in made]


def test_a_table_that_is_not_counted_after_all(engine):
    """
    The class may say more than the database knows: then it counts as it does.
    """
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE aux.tickets (id INTEGER PRIMARY KEY, title TEXT)")
        )

    with lab_of(engine) as lab:
        made = lab.insert_list(3, "ticket")

    assert [1, 2, 3] == [each.id for each in made]
