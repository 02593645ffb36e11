"""
Fixture sets against pandas: 1,000,000 rows of 8 columns, out and in, and the memory.

Run as `python -m tests.benchmarks.bench_fixtures [rows]`. Cases run interleaved, three
rounds; each figure is the best of its rounds. Memory is what the process grew by, at
its peak, measured in a process of its own.
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


def pandas_export(df: pd.DataFrame, folder: Path) -> None:
    """
    Write as careful pandas does, NULL apart from empty.
    """
    folder.mkdir(exist_ok=True)
    df.to_csv(folder / "users.csv", index=False, na_rep=r"\N")


def pandas_load(folder: Path) -> Any:
    """
    Read with every type given, decimals exact.
    """
    return pd.read_csv(
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
        na_values={"parent_id": [r"\N"], "created_at": [r"\N"], "score": [r"\N"]},
    )


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


def main(rows: int = ROWS) -> None:
    """
    Print the table.
    """
    root = Path(tempfile.mkdtemp())
    ours, theirs = root / "ours", root / "theirs"
    df = data(rows)
    cases: dict[str, Callable[[], Any]] = {
        "pandas.to_csv": lambda: pandas_export(df, theirs),
        "export_fixtures": lambda: machina_export(df, ours),
        "pandas.read_csv typed": lambda: pandas_load(theirs),
        "fixture set, checked": lambda: machina_load(ours),
    }
    best = dict.fromkeys(cases, (float("inf"), float("inf")))
    for _ in range(ROUNDS):
        for name, work in cases.items():
            wall, cpu = timed(work)
            best[name] = min(best[name][0], wall), min(best[name][1], cpu)
    print(f"{rows:,} rows x {len(df.columns)} columns")
    for pair in (list(cases)[:2], list(cases)[2:]):
        for name in pair:
            wall, cpu = best[name]
            base = best[pair[0]]
            print(
                f"{name:<24}{wall:>7.2f} s {base[0] / wall:>5.1f}x"
                f"{cpu:>7.2f} s CPU {base[1] / cpu:>5.1f}x"
            )
    for what in ("export", "load"):
        arguments = [sys.executable, "-m", "tests.benchmarks.bench_fixtures"]
        told = subprocess.run(
            [*arguments, "--memory", what, str(rows), str(ours)],
            check=True,
            capture_output=True,
            text=True,
        )
        print(f"memory of {what:<14}{told.stdout.strip():>8} MB above start")
    shutil.rmtree(root)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        memory(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(*map(int, sys.argv[1:2]))
