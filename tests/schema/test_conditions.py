import datetime as dt

from contextlib import suppress
from decimal import Decimal
from uuid import UUID

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.schema.conditions import UnreadableError, read_condition
from machina_lab.schema.verdicts import OpenError, judge


ROW = {
    "a": 1,
    "b": 5,
    "n": None,
    "t": "abc",
    "kind": "big",
    "price": Decimal("9.99"),
    "day": dt.date(2024, 5, 1),
    "at": dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC),
    "ok": True,
    "code": UUID(int=1),
    "items": [1, 2],
    "data": {},
    "% won": 50,
}


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("a < b AND b <= 10", True),
        ("kind = 'small'::text AND b < 5 OR kind = 'big'::text AND b >= 5", True),
        ('"% won" >= 0::numeric AND "% won" <= 100::numeric', True),
        ("[a] between 2 and 3", False),
        ("kind = ANY (ARRAY['small'::text, 'big'::text])", True),
        ("(kind)::text = ANY ((ARRAY['x'::character varying])::text[])", False),
        ("kind <> ALL (ARRAY['x'::text])", True),
        ("kind IN ('small', 'big')", True),
        ("a NOT IN (1, 2)", False),
        ("n IS NULL OR n > 3", True),
        ("n > 3", None),
        ("n IN (1)", None),
        ("(n IS NULL) <> (t IS NULL)", True),
        ("num_nonnulls(n, a) = 1", True),
        ("length(t) = 3 AND char_length(t) > 2", True),
        ("t LIKE 'a%' AND t ~~ '_bc'::text", True),
        ("t NOT LIKE 'a%'", False),
        ("t ~ '^[a-c]+$'::text", True),
        ("t ~* 'ABC'", True),
        ("t !~ 'x'", True),
        ("t GLOB '[a-c]*'", True),
        ("t = lower(t)", True),
        ("upper(t) = 'ABC'", True),
        ("price > 9.5 AND price < 10::numeric", True),
        ("price * 2 > 19", True),
        ("-a < 0", True),
        ("day > '2024-01-01'::date", True),
        ("at >= '2024-05-01 00:00:00'::timestamp without time zone", True),
        ("ok", True),
        ("NOT ok", False),
        ("ok IS TRUE", True),
        ("n IS NOT DISTINCT FROM NULL", True),
        ("a IS DISTINCT FROM b", True),
        ("coalesce(n, a) = 1", True),
        ("cardinality(items) = 2", True),
        ("jsonb_typeof(data) = 'object'::text", True),
        ("CASE WHEN a = 1 THEN b > 3 ELSE false END", True),
        ("CASE kind WHEN 'big' THEN 1 ELSE 2 END = 1", True),
        ("t || 'd' = 'abcd'", True),
        ("CAST(t AS text) = 'abc'", True),
        ("t = 'it''s' OR t = 'abc' COLLATE \"C\"", True),
        ("ok = 't'", True),
        ("'f' = ok", False),
        ("'2024-01-01' < day", True),
        ("code = '00000000-0000-0000-0000-000000000001'", True),
        ("price > '9'", True),
        ("price < '10.5'::numeric", True),
        ("n > 1 AND a = 1", None),
        ("length(n) = 3", None),
        ("n IN (1, 2)", None),
        ("a IN (2, NULL)", None),
        ("CASE WHEN a = 2 THEN false ELSE ok END", True),
        ("left(t, 2) || right(t, 1) = 'abc'", True),
    ],
)
def test_conditions_as_databases_write_them(sql, answer):
    """
    What SQLite and PostgreSQL write is read, and judged as they do.
    """
    assert answer == judge(read_condition(sql), ROW)


@pytest.mark.parametrize(
    "sql",
    [
        "is_even(a)",
        "missing > 1",
        "t > 3",
        "now() > at",
        "at > '1 day'::interval",
        "day > 'soon'::date",
        "price > 'dear'::numeric",
        "a IN (t)",
        "data = 'x'",
        "left(t) = 'a'",
        "a = ANY (t)",
    ],
)
def test_what_only_the_database_knows_is_open(sql):
    """
    Functions and columns that nobody knows here are neither met nor refused.
    """
    with pytest.raises(OpenError):
        judge(read_condition(sql), ROW)


@pytest.mark.parametrize(
    "sql", ["a >", "a ? b c", "EXTRACT(year FROM day) > 1", "'", ""]
)
def test_what_cannot_be_read_says_so(sql):
    """
    A condition in a language we do not speak raises one error of its own.
    """
    with pytest.raises(UnreadableError):
        read_condition(sql)


def test_what_is_open_does_not_matter_beside_a_refusal():
    """
    AND with a part that fails, OR with one that holds: the rest need not be known.
    """
    assert judge(read_condition("is_even(a) AND a > 1"), ROW) is False
    assert judge(read_condition("is_even(a) OR a = 1"), ROW) is True


@given(st.text())
def test_no_text_breaks_the_reader(sql):
    """
    Any text is read or refused; nothing else happens.
    """
    with suppress(UnreadableError):
        read_condition(sql)
