"""
Inserting many parents and children, side by side with hand-written code and peers.

    python -m tests.benchmarks.bench_insert [--pairs 50000] [--rounds 3]
    python -m tests.benchmarks.bench_insert --short | --memory

Every case inserts novels, each with a writer of its own, needs the keys and commits.
All cases take turns in random order within one run, on a SQLite file and PostgreSQL;
what counts is the ratio to `add_all` + `commit`. `--short` measures short lists against
`add_all` + `flush` within one transaction instead, by the processor's time; `--memory`
the peak of a bulk insert of a million rows.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import tempfile
import threading
import time

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import factory as factory_boy
import psutil

from polyfactory.factories.sqlalchemy_factory import SQLAlchemyFactory
from sqlalchemy import URL, Engine, ForeignKey, create_engine, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
)

from machina_lab import Lab, assoc, sequence
from tests.support import postgres


class Base(DeclarativeBase):
    pass


class Writer(Base):
    __tablename__ = "writers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]


class Novel(Base):
    __tablename__ = "novels"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int]
    writer_id: Mapped[int] = mapped_column(ForeignKey("writers.id"))
    writer: Mapped[Writer] = relationship()


_numbers = count()


# --- the cases ---------------------------------------------------------------------


def by_hand(engine: Engine, pairs: int) -> None:
    """
    What one writes without a library.
    """
    with Session(engine) as session:
        session.add_all(
            Novel(
                title=f"Novel {n}",
                pages=300,
                writer=Writer(
                    name="Jane", email=f"hand-{n}@example.com", role="member"
                ),
            )
            for n in range(pairs)
        )
        session.commit()


def lab_records(engine: Engine, pairs: int) -> None:
    """
    `insert_list` with ORM objects back.
    """
    with _lab(engine) as lab:
        assert lab.insert_list(pairs, "novel")[-1].writer_id


def lab_ordinary(engine: Engine, pairs: int) -> None:
    """
    `insert_list` through the unit of work.
    """
    with _lab(engine) as lab:
        assert lab.insert_list(pairs, "novel", None, {"bulk": False})[-1].writer_id


def lab_bulk(engine: Engine, pairs: int) -> None:
    """
    `insert_list` in bulk, rows back.
    """
    with _lab(engine) as lab:
        assert lab.insert_list(pairs, "novel", None, {"bulk": True})[-1]["writer_id"]


@contextmanager
def _lab(engine: Engine) -> Iterator[Lab]:
    lab = Lab(engine)

    @lab.factory(model=Writer)
    def writer() -> dict[str, Any]:
        email = sequence("email", lambda n: f"lab-{n}@example.com")
        return {"name": "Jane", "email": email, "role": "member"}

    @lab.factory(model=Novel)
    def novel() -> dict[str, Any]:
        title = sequence("title", lambda n: f"Novel {n}")
        return {"title": title, "pages": 300, "writer": assoc("writer")}

    with lab:
        yield lab


def peer_factory_boy(
    engine: Engine, pairs: int, persistence: str | None = None
) -> None:
    """
    factory_boy's `create_batch`, one commit at the end.
    """
    with Session(engine) as session:

        class WriterFactory(factory_boy.alchemy.SQLAlchemyModelFactory):
            class Meta:
                model = Writer
                sqlalchemy_session = session
                sqlalchemy_session_persistence = persistence

            name = "Jane"
            email = factory_boy.LazyFunction(
                lambda: f"boy-{next(_numbers)}@example.com"
            )
            role = "member"

        class NovelFactory(factory_boy.alchemy.SQLAlchemyModelFactory):
            class Meta:
                model = Novel
                sqlalchemy_session = session
                sqlalchemy_session_persistence = persistence

            title = factory_boy.Sequence("Novel {}".format)
            pages = 300
            writer = factory_boy.SubFactory(WriterFactory)

        NovelFactory.create_batch(pairs)
        session.commit()


def peer_factory_boy_flush(engine: Engine, pairs: int) -> None:
    """
    The same with `sqlalchemy_session_persistence = "flush"`: keys are there at once.
    """
    peer_factory_boy(engine, pairs, "flush")


def peer_polyfactory(engine: Engine, pairs: int) -> None:
    """
    The same of polyfactory: `create_batch_sync`.
    """
    with Session(engine) as session:

        class WriterFactory(SQLAlchemyFactory[Writer]):
            __model__ = Writer
            __session__ = session
            __set_primary_key__ = False

            name = "Jane"
            role = "member"

            @classmethod
            def email(cls) -> str:
                return f"poly-{next(_numbers)}@example.com"

        class NovelFactory(SQLAlchemyFactory[Novel]):
            __model__ = Novel
            __session__ = session
            __set_primary_key__ = False
            __set_foreign_keys__ = False

            pages = 300
            writer = WriterFactory

            @classmethod
            def title(cls) -> str:
                return f"Novel {next(_numbers)}"

        NovelFactory.create_batch_sync(pairs)


#: Case -> how much of the pairs it does; slow ones do fewer, times are scaled.
CASES: dict[Callable[[Engine, int], None], float] = {
    by_hand: 1,
    lab_records: 1,
    lab_ordinary: 1,
    lab_bulk: 1,
    peer_factory_boy: 0.2,
    peer_factory_boy_flush: 0.1,
    peer_polyfactory: 0.2,
}


# --- measuring ---------------------------------------------------------------------


@contextmanager
def databases() -> Iterator[dict[str, URL]]:
    """
    Yield a SQLite file and a PostgreSQL server of our own.
    """
    with tempfile.TemporaryDirectory() as folder, postgres.server() as server:
        yield {
            "SQLite file": URL.create("sqlite", database=str(Path(folder) / "b.db")),
            "PostgreSQL": server,
        }


def timed(case: Callable[[Engine, int], None], engine: Engine, pairs: int) -> float:
    """
    Return how long *case* takes on empty tables, in seconds for all of the pairs.
    """
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    share = CASES[case]
    gc.collect()
    start = time.perf_counter()
    case(engine, int(pairs * share))
    return (time.perf_counter() - start) / share


def table(url: URL, pairs: int, rounds: int) -> dict[str, list[float]]:
    """
    Return the times of every case, taken in turns.
    """
    engine = create_engine(url)
    times: dict[str, list[float]] = {case.__name__: [] for case in CASES}
    for _ in range(rounds):
        for case in random.sample(list(CASES), len(CASES)):
            times[case.__name__].append(timed(case, engine, pairs))
    engine.dispose()
    return times


def show(name: str, times: dict[str, list[float]], pairs: int) -> None:
    """
    Print a table: median and best, and both against the hand-written case.
    """
    base = times["by_hand"]
    print(f"\n{name}, {pairs} parents + {pairs} children, seconds\n")
    print("| case | median | min | x of add_all + commit (min) | times faster |")
    print("|---|---:|---:|---:|---:|")
    for case, seconds in times.items():
        middle = statistics.median(seconds)
        ratio = middle / statistics.median(base)
        best = min(seconds) / min(base)
        print(
            f"| {case} | {middle:.2f} | {min(seconds):.2f} | {ratio:.2f} ({best:.2f})"
            f" | {1 / ratio:.1f} |"
        )


#: Pairs in a short list -> how often it is inserted.
SHORT = {1: 60, 2: 60, 5: 60, 10: 50, 20: 40, 100: 20, 1000: 7}


def short(url: URL) -> None:
    """
    Print how `insert_list` does against `add_all` + `flush` on short lists.
    """
    engine = create_engine(url)
    print(f"\n{url.get_backend_name()}, milliseconds of the processor, medians\n")
    print("| pairs | add_all + flush | insert_list | x of add_all + flush |")
    print("|---:|---:|---:|---:|")
    for pairs, rounds in SHORT.items():
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        hand, ours = _short(engine, pairs, rounds)
        print(f"| {pairs} | {hand:.2f} | {ours:.2f} | {ours / hand:.2f} |")
    engine.dispose()


def _short(engine: Engine, pairs: int, rounds: int) -> tuple[float, float]:
    times: dict[str, list[float]] = {"hand": [], "ours": []}
    with _lab(engine) as lab:
        lab.insert_list(pairs, "novel")
        # One connection: on SQLite a second one would wait for the first.
        mode = "rollback_only"
        session = Session(lab.repo.connection(), join_transaction_mode=mode)
        cases = {
            "hand": lambda: _flush_by_hand(session, pairs),
            "ours": lambda: lab.insert_list(pairs, "novel"),
        }
        for _ in range(rounds):
            for name in random.sample(list(cases), len(cases)):
                gc.collect()
                start = time.process_time()
                cases[name]()
                times[name].append((time.process_time() - start) * 1000)
        session.close()
    return statistics.median(times["hand"]), statistics.median(times["ours"])


def _flush_by_hand(session: Session, pairs: int) -> None:
    novels = [
        Novel(
            title=f"Novel {n}",
            pages=300,
            writer=Writer(
                name="Jane",
                email=f"short-{next(_numbers)}@example.com",
                role="member",
            ),
        )
        for n in range(pairs)
    ]
    session.add_all(novels)
    session.flush()


def memory(url: URL, rows: int) -> float:
    """
    Return the peak above the start, in megabytes, of a bulk insert of *rows* rows.
    """
    engine = create_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    process, peak, done = psutil.Process(), [0], threading.Event()
    with _lab(engine) as lab:
        lab.insert_list(100, "writer", None, {"bulk": True})
        start = process.memory_info().rss

        def watch() -> None:
            while not done.wait(0.02):
                peak[0] = max(peak[0], process.memory_info().rss - start)

        watcher = threading.Thread(target=watch)
        watcher.start()
        held = lab.insert_list(rows, "writer", None, {"bulk": True})
        done.set()
        watcher.join()
        assert len(held) == rows
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from writers")) == rows + 100
    engine.dispose()
    return peak[0] / 1e6


def main() -> None:
    """
    Print the tables.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args()
    with databases() as urls:
        for name, url in urls.items():
            if asked.short:
                short(url)
            elif asked.memory:
                print(f"{name}: {memory(url, 1_000_000):.0f} MB above the start")
            else:
                show(name, table(url, asked.pairs, asked.rounds), asked.pairs)


if __name__ == "__main__":
    main()
