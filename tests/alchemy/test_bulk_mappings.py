"""
Bulk and the ordinary way store the very same rows, whatever the mapping and its types.
"""

import datetime as dt
import math

from decimal import Decimal
from ipaddress import ip_address
from uuid import UUID

import pytest
import sqlalchemy as sa

from sqlalchemy.dialects.postgresql import Range

from machina_lab import Lab
from machina_lab.alchemy.plainness import sheet_of
from tests.alchemy.test_mappings import CASES
from tests.support.databases import MYSQL
from tests.support.types_models import (
    Color,
    Everything,
    Filled,
    Money,
    Postgres,
    PostgresMore,
    Size,
)


AWKWARD = "tab\tnew\nline\r\\N \\. back\\slash 'single' \"double\" é 😀 ,;"
UTC = dt.UTC
PARIS = dt.timezone(dt.timedelta(hours=1))

#: Name -> class and the attributes of each row.
TYPES = {
    "text": (
        Everything,
        [{"word": text[:30]} for text in (AWKWARD, "", "\\N", "NULL", " ", "\\", "{}")],
    ),
    "numbers": (
        Everything,
        [
            {"whole": 2**31 - 1, "exact": Decimal("-0.001"), "rough": 1e-300},
            {"whole": -1, "exact": "123456789.125", "rough": -0.1, "flag": True},
            {"whole": "7", "exact": 10.3, "rough": "2.5", "flag": "no"},
        ],
    ),
    "times": (
        Everything,
        [
            {
                "day": dt.date(1, 1, 1),
                "clock": dt.time(23, 59, 59),
                "moment": dt.datetime(9999, 12, 31, 23, 59, 59),
                "span": dt.timedelta(days=3, seconds=4),
            },
            {
                "day": "2024-02-29",
                "moment": "2024-02-29T01:02:03",
                "zoned": dt.datetime(2024, 3, 31, 1, 30, tzinfo=PARIS),
            },
            {"zoned": dt.datetime(2024, 3, 31, 1, 30, tzinfo=UTC)},
        ],
    ),
    "bytes and keys": (
        Everything,
        [
            {"blob": bytes(range(256)), "token": UUID(int=7)},
            {"blob": b"", "token": "0" * 32, "token_text": str(UUID(int=9))},
        ],
    ),
    "JSON": (
        Everything,
        [{"data": value} for value in ({"a": [1, None, AWKWARD]}, [], "x", 1.5, False)],
    ),
    "JSON null and NULL": (
        Everything,
        [{"data": None}, {"data": sa.JSON.NULL}, {"word": "no data"}],
    ),
    "enums": (
        Everything,
        [
            {"color": Color.red, "size": Size.large, "grade": "a"},
            {"color": "g", "size": 1, "grade": "b"},
        ],
    ),
    "custom types": (
        Everything,
        [{"upper": "loud", "cents": Decimal("1.25"), "short": "12345678"}],
    ),
    "defaults": (Filled, [{}, {"width": 4}, {"role": None}, {"status": "old"}]),
}

POSTGRES = {
    "arrays": (
        Postgres,
        [
            {"numbers": [1, None, 3], "grid": [[1, 2], [3, 4]]},
            {"numbers": [], "colors": [Color.red, "g", None]},
            {"numbers": ("1", 2)},
        ],
    ),
    "documents": (
        Postgres,
        [{"document": value} for value in ({"a": AWKWARD}, [1, [2]], "x", 0, True)],
    ),
    "ranges": (
        Postgres,
        [{"span": Range(1, 5)}, {"span": Range(empty=True)}, {"span": Range(None, 3)}],
    ),
    "types of its own": (
        Postgres,
        [
            {
                "address": "10.0.0.0/8",
                "words": "'fat' 'rat'",
                "pairs": "101",
                "wait": dt.timedelta(days=40, microseconds=7),
            },
            {"address": str(ip_address("::1")), "words": "a:1 b:2"},
        ],
    ),
    "arrays of anything": (
        PostgresMore,
        [
            {
                "texts": [AWKWARD, "", None, "NULL", '{"a"}'],
                "keys": [UUID(int=1), UUID(int=2)],
                "exact": [Decimal("1.50"), None],
                "moments": [dt.datetime(2024, 1, 1, tzinfo=UTC)],
                "blobs": [b"\x00\\", b""],
                "documents": [{"a": [None, AWKWARD]}, [], None],
            },
            {"texts": [], "documents": []},
        ],
    ),
    "more ranges": (
        PostgresMore,
        [
            {
                "prices": Range(Decimal("1.5"), None, bounds="(]"),
                "days": Range(dt.date(2024, 1, 1), dt.date(2024, 2, 1)),
                "times": Range(dt.datetime(2024, 1, 1, tzinfo=UTC), None),
                "spans": [Range(1, 3), Range(7, 9)],
            },
            {"spans": []},
        ],
    ),
    "domains and decorators": (
        PostgresMore,
        [
            {"mail": "a@b.c", "money": Money(5, "EUR"), "mood": "happy"},
            {"rough": [1.5, math.inf], "money": None},
        ],
    ),
}


def stored(database, metadata):
    """
    Return every row of every table, as the database writes it.
    """
    found = {}
    with database.engine.connect() as connection:
        quote = connection.dialect.identifier_preparer
        for table in metadata.sorted_tables:
            shown = [_shown(quote.quote(c.name), database.dialect) for c in table.c]
            rows = connection.exec_driver_sql(
                f"select {', '.join(shown)} from {quote.format_table(table)}"
            )
            names = [column.name for column in table.c]
            listed = [dict(zip(names, row, strict=True)) for row in rows]
            found[table.fullname] = sorted(listed, key=repr)
    return found


def _shown(column, dialect):
    if dialect == "sqlite":  # a value may be of any type
        return f"typeof({column}) || ':' || quote({column})"
    if dialect == "postgresql":
        return f"cast({column} as text)"
    return column


def inserted(database, model, rows, opts):
    """
    Return what stands in fresh tables after inserting *rows* of *model* with *opts*.
    """
    metadata = model.__table__.metadata
    metadata.drop_all(database.engine)
    database.create(metadata)
    waiting = iter(rows)
    lab = Lab(database.address)

    @lab.factory(model=model)
    def thing():
        return dict(next(waiting))

    lab.insert_list(len(rows), "thing", None, opts)
    lab.commit()
    lab.repo.close()
    return stored(database, metadata)


def assert_same(database, model, rows):
    """
    Assert that all ways store the same, but for what differs from run to run.
    """
    first, second, *others = (
        inserted(database, model, rows, opts)
        for opts in (
            {"bulk": False},
            {"bulk": False},
            {"bulk": True},
            {"bulk": True, "records": True},
        )
    )
    moving = _clocks(model.__table__.metadata) | {
        (table, name)
        for table, listed in first.items()
        for old, new in zip(listed, second[table], strict=True)
        for name in old
        if old[name] != new[name]
    }
    assert any(first.values())
    for other in others:
        assert _still(first, moving) == _still(other, moving)


def _clocks(metadata):
    """
    Return the columns that tell when they were written, to the second on MySQL.
    """
    return {
        (table.fullname, column.name)
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, sa.DateTime)
        and (column.default or column.server_default)
    }


def _still(found, moving):
    return {
        table: [
            {k: v is not None if (table, k) in moving else v for k, v in row.items()}
            for row in listed
        ]
        for table, listed in found.items()
    }


@pytest.mark.parametrize("case", CASES)
def test_every_mapping(database, case):
    """
    Each mapping of the suite, whether bulk can write it itself or makes its objects.
    """
    model, attributes = CASES[case]

    assert_same(database, model, [attributes])


@pytest.mark.parametrize("case", TYPES)
def test_every_type(database, case):
    """
    Values of every type, awkward ones among them, past SQLAlchemy's unit of work.
    """
    model, rows = TYPES[case]
    if database.dialect in MYSQL and case == "times":
        rows = [{k: v for k, v in row.items() if k != "zoned"} for row in rows]

    if model is Everything:
        assert not isinstance(sheet_of(model), str)
    assert_same(database, model, rows)


@pytest.mark.parametrize("case", POSTGRES)
def test_every_type_of_postgresql(postgres, case):
    """
    What PostgreSQL alone has goes through COPY as through INSERT.
    """
    model, rows = POSTGRES[case]

    assert not isinstance(sheet_of(model), str)
    assert_same(postgres, model, rows)
