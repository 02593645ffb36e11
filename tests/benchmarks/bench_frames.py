"""
How long frames take: `python -m tests.benchmarks.bench_frames`.

Ten thousand mapped records of ten columns to a DataFrame, against a conversion written
by hand for this very class with the same dtypes; rounds in random order, medians of the
processor's time.
"""

from __future__ import annotations

import datetime as dt
import enum
import gc
import random
import statistics
import time

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd

from sqlalchemy import JSON, DateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from machina_lab.frames import frame


RECORDS = 10_000
ROUNDS = 25


class Base(DeclarativeBase):
    pass


class Role(enum.Enum):
    admin = 1
    guest = 2


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    age: Mapped[int | None]
    admin: Mapped[bool | None]
    worth: Mapped[Decimal | None]
    seen: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    born: Mapped[dt.date]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    role: Mapped[Role]
    parent: Mapped[int | None]


def people() -> list[Person]:
    """
    Return the records.
    """
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    return [
        Person(
            id=n,
            name=f"Person {n}",
            age=n % 90 if n % 3 else None,
            admin=True if n % 2 else None,
            worth=Decimal("9.90"),
            seen=start + dt.timedelta(minutes=n),
            born=dt.date(2000, 1, 1),
            settings={"n": n},
            role=Role.guest,
            parent=n,
        )
        for n in range(RECORDS)
    ]


def by_hand(records: list[Person], dtypes: pd.Series) -> pd.DataFrame:
    """
    Return the same DataFrame, one list comprehension a column.
    """
    loaded = [record.__dict__ for record in records]
    columns: dict[Any, Any] = {}
    for name, dtype in dtypes.items():
        values = [each[name] for each in loaded]
        if str(dtype) == "object":
            columns[name] = pd.Series(values, dtype=object)
        else:
            columns[name] = pd.array(values, dtype=dtype)
    return pd.DataFrame(columns)


def medians(cases: dict[str, Callable[[], object]]) -> dict[str, float]:
    """
    Return the median time of each case in milliseconds, all measured side by side.
    """
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name in random.sample(list(cases), len(cases)):
            gc.collect()
            start = time.process_time()
            cases[name]()
            times[name].append((time.process_time() - start) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    """
    Measure and print.
    """
    records = people()
    ours = frame(records)
    dtypes = pd.DataFrame(ours).dtypes
    pd.testing.assert_frame_equal(by_hand(records, dtypes), pd.DataFrame(ours))
    found = medians(
        {
            "by hand": lambda: by_hand(records, dtypes),
            "frame()": lambda: frame(records),
            "frame() of one record": lambda: frame(records[:1]),
            "text and HTML of 10,000 rows": lambda: ours._repr_mimebundle_(),
        }
    )
    for name, milliseconds in found.items():
        print(f"{name:30} {milliseconds:8.2f} ms")
    print(f"{'frame() / by hand':30} {found['frame()'] / found['by hand']:8.2f}")


if __name__ == "__main__":
    main()
