"""
Fixture sets against pandas: 1,000,000 rows of 8 columns, out and in, and the memory.

Run as `python -m tests.benchmarks.bench_fixtures [rows]`. What is compared:

* out: one DataFrame becomes a file. "pandas, the same bytes" writes the very file that
  `export_fixtures` writes (this is checked): NULL apart from empty text, ISO moments,
  no text that a reader would change. "pandas.to_csv" writes what pandas writes by
  itself. `export_fixtures` also writes the manifest, hashes, and swaps the folder in.
* in: that file becomes typed columns. pandas gets every type, exact Decimals and the
  marks of NULL, and undoes escapes. "checked columns" is what every load does before
  the first row: all cells checked, hashes too, numbers and texts as Arrow columns,
  Decimals as their digits. `read_fixtures` makes a DataFrame with Decimal objects.
* PostgreSQL: a table becomes a set, and a set a table, against `read_sql` + `to_csv`
  and `read_csv` + `to_sql`.

Cases run interleaved, three rounds; each figure is the best of its rounds, by the clock
and by the time of all processors. Memory is what the process grew by, at its peak,
measured in a process of its own.
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import sqlalchemy as sa

from machina_lab.fixtures.escapes import escape, unescape
from tests.support import postgres


ROWS = 1_000_000
ROUNDS = 3


def data(rows: int) -> pd.DataFrame:
    """
    Return a table such as an export of users has.
    """
    n = np.arange(rows)
    return pd.DataFrame(
        {
            "id": n,
            "email": [f"user{i}@example.com" for i in n],
            "name": [f'O"Neil, {i}' if i % 50 == 0 else f"Person {i}" for i in n],
            "score": n / 7,
            "price": [Decimal(int(i) % 100_000).scaleb(-2) for i in n],
            "active": n % 3 == 0,
            "created_at": pd.Timestamp("2026-01-01") + pd.to_timedelta(n, unit="s"),
            "parent_id": pd.array(np.where(n % 4 == 0, -1, n // 4), dtype="Int64"),
        }
    ).assign(parent_id=lambda df: df["parent_id"].mask(df["parent_id"] < 0))


TEXTS = ["email", "name"]
TABLE = sa.Table(
    "users",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    *(sa.Column(name, sa.String(60), nullable=False) for name in TEXTS),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("price", sa.Numeric(12, 2), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("parent_id", sa.BigInteger),
)


def pandas_plain(df: pd.DataFrame, folder: Path) -> None:
    """
    Write as pandas does by itself.
    """
    folder.mkdir(exist_ok=True)
    df.to_csv(folder / "plain.csv", index=False)


def pandas_export(df: pd.DataFrame, folder: Path) -> None:
    """
    Write the file that a fixture set has, byte for byte.
    """
    folder.mkdir(exist_ok=True)
    exact = df.copy(deep=False)
    for name in TEXTS:
        odd = df[name].str.contains(r"^\\|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
        if odd.any():
            exact[name] = df[name].map(escape, na_action="ignore")
        exact[name] = exact[name].fillna(r"\N")
    exact["active"] = df["active"].map({True: "true", False: "false"})
    exact.to_csv(
        folder / "users.csv",
        index=False,
        date_format="%Y-%m-%dT%H:%M:%S",
        lineterminator="\n",
    )


def pandas_load(folder: Path) -> Any:
    """
    Read that file with every type given, decimals exact, escapes undone.
    """
    df = pd.read_csv(
        folder / "users.csv",
        dtype={
            "id": "int64",
            "email": str,
            "name": str,
            "score": "float64",
            "active": bool,
            "parent_id": "Int64",
        },
        parse_dates=["created_at"],
        date_format="ISO8601",
        converters={"price": Decimal},
        keep_default_na=False,
        na_values={
            "parent_id": [""],
            "created_at": [""],
            "score": [""],
            "email": [r"\N"],
            "name": [r"\N"],
        },
    )
    for name in TEXTS:
        if df[name].str.startswith("\\").any():
            df[name] = df[name].map(unescape, na_action="ignore")
    return df


def machina_export(df: pd.DataFrame, folder: Path) -> None:
    """
    Write a fixture set, hashed and swapped in.
    """
    from machina_lab import export_fixtures

    export_fixtures({"users": df}, folder)


def machina_load(folder: Path) -> Any:
    """
    Read a fixture set as a database would get it: every cell checked, hashes too.
    """
    from machina_lab.fixtures import check_set

    checked = check_set(folder)
    return [rows for file in checked.files for rows in file.rows()]


def machina_read(folder: Path) -> Any:
    """
    Read a fixture set as a DataFrame.
    """
    from machina_lab import read_fixtures

    return read_fixtures(folder)["users"]


def pandas_from_table(engine: sa.Engine, folder: Path) -> None:
    """
    Write a table with pandas alone.
    """
    with engine.connect() as connection:
        df = pd.read_sql(sa.select(TABLE).order_by("id"), connection)
    df.to_csv(folder / "table.csv", index=False)


def machina_from_table(engine: sa.Engine, folder: Path) -> None:
    """
    Write a table as a fixture set.
    """
    from machina_lab import Lab

    with Lab(engine) as lab:
        lab.export_fixtures(folder, tables=["users"])


def pandas_to_table(engine: sa.Engine, folder: Path) -> None:
    """
    Load with pandas alone.
    """
    types = {column.name: column.type for column in TABLE.columns}
    with engine.begin() as connection:
        connection.execute(sa.delete(TABLE))
        pandas_load(folder).to_sql(
            "users", connection, if_exists="append", index=False, dtype=types
        )


def machina_to_table(engine: sa.Engine, folder: Path) -> None:
    """
    Load a fixture set, through COPY.
    """
    from machina_lab import load_fixtures

    with engine.begin() as connection:
        connection.execute(sa.delete(TABLE))
        load_fixtures(folder, connection)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """
    Return the seconds that *work* takes, by the clock and of all processors.
    """
    gc.collect()
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def grown(work: Callable[[], Any]) -> float:
    """
    Return by how many MB the process grew at most while *work* ran.
    """
    process, peak, done = psutil.Process(), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.005):
            peak = max(peak, process.memory_info().rss)

    gc.collect()
    start = process.memory_info().rss
    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return (peak - start) / 2**20


def memory(what: str, rows: int, folder: Path) -> None:
    """
    Print what one case needs, in a process of its own.
    """
    if what == "export":
        df = data(rows)
        print(f"{grown(lambda: machina_export(df, folder)):.0f}")
    else:
        print(f"{grown(lambda: _drained(folder)):.0f}")


def _drained(folder: Path) -> None:
    from machina_lab.fixtures import check_set

    for file in check_set(folder).files:
        for _ in file.rows():
            pass


def show(groups: list[dict[str, Callable[[], Any]]], rounds: int = ROUNDS) -> None:
    """
    Print the times of each group of cases, and how much better than its first case.
    """
    for cases in groups:
        best = dict.fromkeys(cases, (float("inf"), float("inf")))
        for _ in range(rounds):
            for name, work in cases.items():
                wall, cpu = timed(work)
                best[name] = min(best[name][0], wall), min(best[name][1], cpu)
        base = next(iter(best.values()))
        for name, (wall, cpu) in best.items():
            print(
                f"{name:<28}{wall:>7.2f} s {base[0] / wall:>5.1f}x"
                f"{cpu:>7.2f} s CPU {base[1] / cpu:>5.1f}x"
            )


def main(rows: int = ROWS) -> None:
    """
    Print the tables.
    """
    root = Path(tempfile.mkdtemp())
    ours, theirs = root / "ours", root / "theirs"
    df = data(rows)
    print(f"{rows:,} rows x {len(df.columns)} columns")
    out: dict[str, Callable[[], Any]] = {
        "pandas, the same bytes": lambda: pandas_export(df, theirs),
        "pandas.to_csv": lambda: pandas_plain(df, theirs),
        "export_fixtures": lambda: machina_export(df, ours),
    }
    show([out])
    written = (ours / "data" / "users.csv").read_bytes()
    assert written == (theirs / "users.csv").read_bytes(), "not the same file"
    del written
    into: dict[str, Callable[[], Any]] = {
        "pandas.read_csv, exact": lambda: pandas_load(theirs),
        "checked columns": lambda: machina_load(ours),
        "read_fixtures": lambda: machina_read(ours),
    }
    show([into], rounds=7)
    with postgres.server() as server:
        engine = sa.create_engine(server)
        TABLE.metadata.create_all(engine)
        load: dict[str, Callable[[], Any]] = {
            "read_csv + to_sql": lambda: pandas_to_table(engine, theirs),
            "load_fixtures": lambda: machina_to_table(engine, root / "table"),
        }
        machina_to_table(engine, ours)
        machina_from_table(engine, root / "table")
        export: dict[str, Callable[[], Any]] = {
            "read_sql + to_csv": lambda: pandas_from_table(engine, theirs),
            "lab.export_fixtures": lambda: machina_from_table(engine, root / "table"),
        }
        show([export, load], rounds=2)
        engine.dispose()
    for what in ("export", "load"):
        arguments = [sys.executable, "-m", "tests.benchmarks.bench_fixtures"]
        told = subprocess.run(
            [*arguments, "--memory", what, str(rows), str(ours)],
            check=True,
            capture_output=True,
            text=True,
        )
        print(f"memory of {what:<18}{told.stdout.strip():>8} MB above start")
    shutil.rmtree(root)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        memory(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(*map(int, sys.argv[1:2]))
