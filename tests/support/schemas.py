"""
Real schemas with data, and how to get them into a database.

Chinook and Northwind are not part of the project: tests find them through the
environment variable `MACHINA_SCHEMAS`, the folder with their dumps. Where it is not set
they are skipped; in CI they fail.
"""

from __future__ import annotations

import os
import re
import sqlite3

from pathlib import Path

import pytest

from tests.support.databases import Database


def dump(name: str, dialect: str) -> Path:
    """
    Return the dump of *name* for *dialect*.
    """
    folder = os.environ.get("MACHINA_SCHEMAS")
    if folder:
        return Path(folder) / f"{name}_{dialect}.sql"
    missing = "set MACHINA_SCHEMAS to the folder with the dumps of real schemas"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def load_dump(database: Database, name: str) -> None:
    """
    Fill *database* with the schema *name* and its data.
    """
    if database.dialect not in ("sqlite", "postgresql"):
        pytest.skip(f"no dump of {name} for {database.dialect}")
    path = dump(name, database.dialect)
    run_script(database, path.read_text(encoding="utf-8"))


def run_script(database: Database, script: str) -> None:
    """
    Run many statements; commands of the psql shell are left out.
    """
    if database.dialect == "sqlite":
        connection = sqlite3.connect(str(database.url.database))
        # Each of the many statements is a transaction: none has to reach the disk.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.executescript(script)
        connection.close()
        return
    lines = [
        line
        for line in script.splitlines()
        if not re.match(r"\\|(DROP|CREATE) DATABASE", line)
    ]
    engine = database.open()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        cursor = connection.connection.cursor()
        cursor.execute("\n".join(lines))
        cursor.execute("RESET search_path")
