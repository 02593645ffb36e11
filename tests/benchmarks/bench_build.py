"""
Building records, side by side with hand-written code and peers.

    python -m tests.benchmarks.bench_build [--records 20000] [--rounds 9]

A five-field dataclass with two sequences; a mapped article with its author, unsaved.
All cases take turns in random order in one run, so that other work on the machine meets
each alike; times are the processor's. Ratios are to the hand-written function that
makes the same object, of the least times and of medians. Also the import's time.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import subprocess
import sys
import time

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import factory as factory_boy

from polyfactory.factories import DataclassFactory
from polyfactory.factories.sqlalchemy_factory import SQLAlchemyFactory
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from machina_lab import Lab, assoc, sequence


@dataclass
class Person:
    name: str
    email: str
    role: str
    active: bool
    age: int


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]


class Article(Base):
    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship()


lab = Lab()


@lab.factory
def person():
    return Person(
        name="Jane Doe",
        email=sequence("email", lambda n: f"user-{n}@example.com"),
        role=sequence("role", lambda n: f"role-{n}"),
        active=True,
        age=34,
    )


@lab.factory(model=Person)
def person_dict():
    return {
        "name": "Jane Doe",
        "email": sequence("email", lambda n: f"user-{n}@example.com"),
        "role": sequence("role", lambda n: f"role-{n}"),
        "active": True,
        "age": 34,
    }


@lab.factory(model=Author)
def author():
    return {
        "name": "Jane Doe",
        "email": sequence("email", lambda n: f"user-{n}@example.com"),
    }


@lab.factory(model=Article)
def article():
    return {
        "title": sequence("title", lambda n: f"Part {n}"),
        "author": assoc("author"),
    }


@lab.factory
def author_by_body():
    return Author(
        name="Jane Doe",
        email=sequence("email", lambda n: f"user-{n}@example.com"),
    )


@lab.factory
def article_by_body():
    return Article(
        title=sequence("title", lambda n: f"Part {n}"),
        author=lab.build("author_by_body"),
    )


_numbers = count()


def person_by_hand() -> Person:
    return Person(
        name="Jane Doe",
        email=f"user-{next(_numbers)}@example.com",
        role=f"role-{next(_numbers)}",
        active=True,
        age=34,
    )


def article_by_hand() -> Article:
    made = Author(name="Jane Doe", email=f"user-{next(_numbers)}@example.com")
    return Article(title=f"Part {next(_numbers)}", author=made)


class PersonBoy(factory_boy.Factory):
    class Meta:
        model = Person

    name = "Jane Doe"
    email = factory_boy.Sequence(lambda n: f"user-{n}@example.com")
    role = factory_boy.Sequence(lambda n: f"role-{n}")
    active = True
    age = 34


class AuthorBoy(factory_boy.Factory):
    class Meta:
        model = Author

    name = "Jane Doe"
    email = factory_boy.Sequence(lambda n: f"user-{n}@example.com")


class ArticleBoy(factory_boy.Factory):
    class Meta:
        model = Article

    title = factory_boy.Sequence(lambda n: f"Part {n}")
    author = factory_boy.SubFactory(AuthorBoy)


class PersonPoly(DataclassFactory[Person]):
    name = "Jane Doe"
    active = True
    age = 34

    @classmethod
    def email(cls) -> str:
        return f"user-{next(_numbers)}@example.com"

    @classmethod
    def role(cls) -> str:
        return f"role-{next(_numbers)}"


class AuthorPoly(SQLAlchemyFactory[Author]):
    __set_primary_key__ = False
    name = "Jane Doe"

    @classmethod
    def email(cls) -> str:
        return f"user-{next(_numbers)}@example.com"


class ArticlePoly(SQLAlchemyFactory[Article]):
    __set_primary_key__ = False
    __set_foreign_keys__ = False
    author = AuthorPoly

    @classmethod
    def title(cls) -> str:
        return f"Part {next(_numbers)}"


def one_by_one(build: Callable[[], Any]) -> Callable[[int], Any]:
    return lambda n: [build() for _ in range(n)]


PEOPLE: dict[str, Callable[[int], Any]] = {
    "hand-written function": one_by_one(person_by_hand),
    "lab.build_list": lambda n: lab.build_list(n, "person"),
    "lab.build": one_by_one(lambda: lab.build("person")),
    "lab.build_list, dict body": lambda n: lab.build_list(n, "person_dict"),
    "lab.build, dict body": one_by_one(lambda: lab.build("person_dict")),
    "lab.build, two overrides": one_by_one(
        lambda: lab.build("person", name="Ada", role="admin")
    ),
    "factory_boy build": one_by_one(PersonBoy.build),
    "polyfactory build": one_by_one(PersonPoly.build),
}
ARTICLES: dict[str, Callable[[int], Any]] = {
    "hand-written functions": one_by_one(article_by_hand),
    "lab.build_list": lambda n: lab.build_list(n, "article"),
    "lab.build": one_by_one(lambda: lab.build("article")),
    "lab.build, one override": one_by_one(lambda: lab.build("article", title="Tea")),
    "lab.build, own records": one_by_one(lambda: lab.build("article_by_body")),
    "lab.build_list, own records": lambda n: lab.build_list(n, "article_by_body"),
    "factory_boy build": one_by_one(ArticleBoy.build),
    "polyfactory build": one_by_one(ArticlePoly.build),
}


def measured(
    cases: dict[str, Callable[[int], Any]], records: int, rounds: int
) -> dict[str, list[float]]:
    """
    Return the microseconds a record took, for each case and round.
    """
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name in random.sample(list(cases), len(cases)):
            # Peers are an order slower: fewer records keep the run short.
            n = records if "lab" in name or "hand" in name else records // 10
            gc.collect()
            # What was there before is not what a case is asked to look after.
            gc.freeze()
            start = time.process_time_ns()
            cases[name](n)
            times[name].append((time.process_time_ns() - start) / n / 1000)
            gc.unfreeze()
    return times


def show(title: str, times: dict[str, list[float]]) -> None:
    """
    Print one table.
    """
    baseline, *_ = times.values()
    print(f"\n{title}")
    print(f"{'':30} {'min us':>8} {'median us':>10} {'x min':>7} {'x median':>9}")
    for name, each in times.items():
        median = statistics.median(each)
        ratios = min(each) / min(baseline), median / statistics.median(baseline)
        print(
            f"{name:30} {min(each):8.2f} {median:10.2f}"
            f" {ratios[0]:7.2f} {ratios[1]:9.2f}"
        )


def import_time(rounds: int) -> tuple[float, float]:
    """
    Return the median milliseconds of bare Python and of Python with the import.
    """
    found: dict[str, list[float]] = {"pass": [], "import machina_lab": []}
    for _ in range(rounds * 3):
        for code, times in found.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append((time.perf_counter() - start) * 1000)
    bare, ours = (statistics.median(times) for times in found.values())
    return bare, ours


def main() -> None:
    """
    Measure and print.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    show(
        "Five-field dataclass, two sequences",
        measured(PEOPLE, given.records, given.rounds),
    )
    show(
        "Mapped article with its author, unsaved",
        measured(ARTICLES, given.records // 4, given.rounds),
    )
    bare, ours = import_time(given.rounds)
    print(
        f"\nimport machina_lab: {ours - bare:.0f} ms above bare Python ({bare:.0f} ms)"
    )


if __name__ == "__main__":
    main()
