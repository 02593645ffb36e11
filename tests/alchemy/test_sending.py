"""
Rows that the server still works on while the next ones are worked out.
"""

import os
import signal
import threading

from contextlib import contextmanager
from itertools import count

import pytest

from sqlalchemy import Text, create_engine, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from machina_lab import Lab


#: Rows of a page here.
PAGE = 100


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)


class PleaError(Exception):
    """
    Raised by a body.
    """


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch):
    monkeypatch.setattr("machina_lab.alchemy.bulk.PAGE", PAGE)
    monkeypatch.setattr("machina_lab.alchemy.copying.MANY", PAGE)


@pytest.fixture(name="address")
def _address(postgres):
    postgres.create(Base)
    return postgres.address


@pytest.fixture(name="aside")
def _aside(address):
    """
    A connection of somebody else, outside the lab's transaction.
    """
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def lab_on(address, at=None, code="P{}".format):
    """
    A lab whose body calls `at[n]` before it makes the n-th parcel.
    """
    numbers = count(1)
    with Lab(address) as lab:

        @lab.factory(model=Parcel)
        def parcel():
            n = next(numbers)
            if at is not None and n in at:
                at[n](lab)
            return {"code": code(n)}

        yield lab


def insert(lab, n=3 * PAGE):
    return lab.insert_list(n, "parcel", None, {"bulk": True})


def count_of(lab):
    return lab.repo.session.scalar(select(func.count()).select_from(Parcel))


def twice(n):
    """
    Codes of which number 50 is there already.
    """
    return f"P{min(n, 49) if n < PAGE else n}"


def test_bodies_go_on_meanwhile(address, aside):
    """
    The server is at work on the first page when bodies of the second are called.
    """
    aside.execute(
        text(
            "create function nap() returns trigger language plpgsql as"
            " 'begin perform pg_sleep(0.5); return null; end'"
        )
    )
    aside.execute(
        text(
            "create trigger nap after insert on parcels"
            " for each statement execute function nap()"
        )
    )
    at_work = []

    def look(lab):
        active = "select query from pg_stat_activity where state = 'active'"
        at_work.extend(aside.scalars(text(f"{active} and query like 'COPY %'")))

    with lab_on(address, {PAGE + 1: look}) as lab:
        insert(lab, 2 * PAGE)
        assert count_of(lab) == 2 * PAGE

    aside.execute(text("drop trigger nap on parcels"))
    aside.execute(text("drop function nap"))
    assert [query.split()[:2] for query in at_work] == [["COPY", "parcels"]]


@pytest.mark.parametrize("way", ["session", "driver"])
def test_a_body_sees_what_was_sent(address, way):
    """
    A body that uses the connection, however deep down, waits and sees the rows.
    """
    seen = []

    def look(lab):
        if way == "session":
            seen.append(count_of(lab))
            return
        driver = lab.repo.session.connection().connection.driver_connection
        with driver.cursor() as cursor:
            cursor.execute("select count(*) from parcels")
            seen.append(cursor.fetchone()[0])

    with lab_on(address, {PAGE + 1: look, 2 * PAGE + 7: look}) as lab:
        insert(lab)

    assert seen == [PAGE, 2 * PAGE]


def test_a_body_that_inserts(address):
    """
    A step within the step is told apart from the rows around it.
    """
    extra = {2 * PAGE + 1: lambda lab: lab.insert(Parcel(code="extra"))}

    with lab_on(address, extra) as lab:
        insert(lab)
        assert count_of(lab) == 3 * PAGE + 1
        lab.undo()
        assert count_of(lab) in (0, 1)


def read_anyway(lab):
    count_of(lab)


def plead(lab):
    raise PleaError("not today")


@pytest.mark.parametrize(
    "since", [None, read_anyway, plead], ids=["nothing", "a statement", "an error"]
)
def test_the_first_error_counts(address, since):
    """
    A page that the server refuses is what failed, whatever failed since.
    """
    at = {} if since is None else {PAGE + 5: since}
    with lab_on(address, at, twice) as lab:
        lab.insert(Parcel(code="before"))
        with pytest.raises(IntegrityError, match="P49") as caught:
            insert(lab)

        assert "Nothing of this step was kept" in caught.value.__notes__[-1]
        assert count_of(lab) == 1
        assert lab.repo.pending == {"parcels": 1}


def test_records_of_refused_rows(address):
    """
    Records that were made while the server had not answered are not in the session.
    """
    with lab_on(address, code=twice) as lab:
        before = lab.insert(Parcel(code="before"))
        with pytest.raises(IntegrityError, match="P49"):
            lab.insert_list(2 * PAGE, "parcel")

        session = lab.repo.session
        assert [before] == list(session)
        assert count_of(lab) == 1
        assert [before.id] == session.scalars(select(Parcel.id)).all()


def test_an_error_of_a_body(address):
    """
    Rows that were sent before a body failed are taken back.
    """
    with lab_on(address, {PAGE + 5: plead}) as lab:
        with pytest.raises(PleaError, match="not today"):
            insert(lab)
        assert count_of(lab) == 0
        assert insert(lab)[0]["code"] == f"P{PAGE + 6}"


@contextmanager
def somebody_elses(address, code):
    """
    A row with *code* in a transaction that does not end: who writes it too, waits.
    """
    engine = create_engine(address)
    with engine.connect() as connection:
        connection.execute(Parcel.__table__.insert().values(code=code))
        yield
        connection.rollback()
    engine.dispose()


def interrupt(lab):
    raise KeyboardInterrupt


def press_control_c_soon(lab):
    main = threading.main_thread().ident
    pressed = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
    pressed.daemon = True
    pressed.start()


@pytest.mark.skipif(os.name == "nt", reason="signals of threads")
@pytest.mark.parametrize(
    "press",
    [interrupt, press_control_c_soon],
    ids=["in a body", "while nothing moves"],
)
def test_an_interruption(address, press):
    """
    The server gives up rows that wait for somebody else, and the lab is as before.
    """
    with somebody_elses(address, "P7"), lab_on(address, {PAGE + 5: press}) as lab:
        lab.insert(Parcel(code="before"))
        with pytest.raises(KeyboardInterrupt):
            insert(lab, 2 * PAGE)

        assert count_of(lab) == 1
        assert lab.repo.pending == {"parcels": 1}
        lab.insert(Parcel(code="after"))
        assert count_of(lab) == 2


def test_a_connection_that_dies_meanwhile(address, aside):
    """
    The error says so, and a new connection serves the next call.
    """

    def end(lab):
        others = "select pid from pg_stat_activity where pid <> pg_backend_pid()"
        here = f"{others} and datname = current_database()"
        aside.execute(text(f"select pg_terminate_backend(pid) from ({here}) as found"))

    with lab_on(address, {PAGE + 5: end}) as lab:
        with pytest.raises(OperationalError, match=r"terminat|clos|lost"):
            insert(lab)

        assert lab.repo.pending == {}
        assert len(insert(lab)) == 3 * PAGE
