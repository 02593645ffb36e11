import pytest
import sqlalchemy as sa

from machina_lab.schema import Schema
from machina_lab.schema.naming import name_tables
from machina_lab.schema.scaffolding import Scaffold


def plan(*columns, checks=(), uniques=()):
    """
    The plan of a table with these columns and checks.
    """
    metadata = sa.MetaData()
    sa.Table(
        "thing",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        *columns,
        *(sa.CheckConstraint(sql, name=f"c{n}") for n, sql in enumerate(checks)),
        *(sa.UniqueConstraint(name) for name in uniques),
    )
    schema = Schema.from_metadata(metadata)
    return Scaffold(schema, name_tables(schema)).plan("thing")


def column(name, kind=sa.Integer, *, null=False):
    return sa.Column(name, kind, nullable=null)


@pytest.mark.parametrize(
    ("columns", "checks"),
    [
        ([column("a")], ["a > 100"]),
        ([column("a")], ["a BETWEEN 7 AND 9"]),
        ([column("a")], ["a % 7 = 3 AND a > 10"]),
        ([column("a", sa.Text)], ["a IN ('x', 'y')"]),
        ([column("a", sa.Text)], ["length(a) = 4"]),
        ([column("a", sa.Text)], ["a ~ '^[A-Z]{3}[0-9]{2}$'"]),
        ([column("a", sa.Text)], ["a LIKE 'inv-%'"]),
        ([column("word", sa.Text)], ["word = upper(word)"]),
        ([column("a"), column("b")], ["a < b", "b < 3"]),
        ([column("a"), column("b"), column("c")], ["a < b", "b < c", "c <= 3"]),
        (
            [column("a", null=True), column("b", null=True)],
            ["(a IS NULL) <> (b IS NULL)"],
        ),
        ([column("a", sa.Date), column("b", sa.Date)], ["b > a"]),
        (
            [column("a", sa.Numeric(8, 2)), column("b", sa.Numeric(8, 2))],
            ["b > a * 1.2"],
        ),
        (
            [column("kind", sa.Text), column("size")],
            ["kind = 's' AND size < 5 OR kind = 'b' AND size > 90"],
        ),
        ([column("a", sa.Boolean), column("b", null=True)], ["a OR b IS NOT NULL"]),
    ],
    ids=lambda each: each[0] if isinstance(each[0], str) else "",
)
def test_values_meet_the_checks(columns, checks):
    """
    Ranges, lists, shapes, lengths, and conditions over several columns are met.
    """
    found = plan(*columns, checks=checks)

    assert [] == found.needs
    assert found.solved


def test_what_is_met_already_is_left_alone():
    """
    A value that a name rule chose stays where it meets the condition.
    """
    found = plan(column("quantity"), checks=["quantity > 0"])

    assert set() == found.solved
    assert "name rule: quantity" == found.values["quantity"].rule


def test_unique_columns_stay_unique():
    """
    A shape that a unique column must have still gives different values.
    """
    found = plan(
        column("code", sa.Text), checks=["code ~ '^X[0-9]{3}$'"], uniques=["code"]
    )

    assert ["X000", "X001"] == [found.values["code"].make(n) for n in (0, 1)]


def test_one_row_tables_say_so():
    """
    A key with one value leaves room for one row.
    """
    found = plan(column("n"), checks=["id = 1"], uniques=["n"])

    assert found.limit is None or found.limit == 1


def test_contradictions_are_named():
    """
    What nothing can meet is named, not hidden.
    """
    found = plan(column("a"), checks=["a > 5 AND a < 3"])

    assert ["CHECK c0 is not met"] == found.needs


def test_what_only_the_database_can_judge_is_kept_for_it():
    """
    Functions of the database are listed as open.
    """
    found = plan(column("a"), checks=["is_even(a)"])

    assert ["c0"] == [check.name for check in found.open]
