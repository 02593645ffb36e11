"""
Classes made from a database that exists already.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.ext.automap import automap_base


_TABLES = (
    "CREATE TABLE makers (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL)",
    """CREATE TABLE cars (id INTEGER PRIMARY KEY, model VARCHAR(40),
    price NUMERIC(10, 2), maker_id INTEGER REFERENCES makers (id))""",
)


def automapped(engine: Engine) -> Any:
    """
    Create two tables and return the automapped classes: `.makers` and `.cars`.

    The associations are called `car.makers` and `maker.cars_collection`.
    """
    with engine.begin() as connection:
        for table in _TABLES:
            connection.execute(text(table))
    base = automap_base()
    base.prepare(autoload_with=engine)
    return base.classes
