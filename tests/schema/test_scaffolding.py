import shutil
import subprocess
import sys

from pathlib import Path

import pytest
import sqlalchemy as sa

from machina_lab.schema import Schema
from machina_lab.schema.naming import name_tables
from machina_lab.schema.scaffolding import Scaffold
from tests.support.schemas import load_dump


def shop():
    metadata = sa.MetaData()
    sa.Table(
        "users",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(60), nullable=False, unique=True),
        sa.Column("role", sa.Text, sa.CheckConstraint("role IN ('admin', 'user')")),
        sa.Column("bio", sa.Text),
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now()),
    )
    sa.Table(
        "orders",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id"), nullable=False),
        sa.Column("parent_id", sa.ForeignKey("orders.id")),
        sa.Column(
            "total", sa.Numeric(8, 2), sa.CheckConstraint("total >= 10"), nullable=False
        ),
    )
    schema = Schema.from_metadata(metadata)
    return Scaffold(schema, name_tables(schema))


class TestSource:
    def test_reads_like_a_person_wrote_it(self):
        """
        Each choice has its reason; parents are associations, optional ones variants.
        """
        expected = """\
from decimal import Decimal

from machina_lab import assoc, lab, sequence


@lab.factory(model=lab.models.User)
def user():
    return {
        # name rule: email; unique
        "email": sequence("user.email", "user{}@example.com".format),
        # left out: id (counted by the database)
        # left out: role, bio (may be NULL)
        # left out: created_at (DEFAULT now())
    }


@lab.factory(model=lab.models.Order)
def order():
    return {
        "user": assoc("user"),
        "total": Decimal("10.00"),  # CHECK total >= 10
        # left out: id (counted by the database)
        # left out: parent_id (optional: +with_parent)
    }


lab.variant("order", "with_parent", defaults={"parent": assoc("order")})
"""
        assert expected == shop().source("users", "orders")

    def test_realistic_on_request(self):
        """
        Realistic values come from the lab's generator, unique ones stay unique.
        """
        source = shop().source("users", realistic=True)

        assert '"email": lambda: lab.fake.person.email(unique=True)' in source

    def test_the_same_schema_gives_the_same_source(self):
        """
        Nothing in the source depends on when or how often it is written.
        """
        assert shop().source("users", "orders") == shop().source("users", "orders")

    @pytest.mark.parametrize("name", ["chinook", "northwind"])
    def test_is_formatted(self, database, name):
        """
        The formatter has nothing to change in the source of real schemas.
        """
        beside = Path(sys.executable).parent
        ruff = shutil.which("ruff") or shutil.which("ruff", path=beside)
        if ruff is None:
            pytest.skip("ruff is not installed (group `lint`)")
        load_dump(database, name)
        schema = Schema.reflect(database.engine)
        source = Scaffold(schema, name_tables(schema)).source(*schema.insert_order())

        done = subprocess.run(
            [ruff, "format", "--isolated", "-"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
        )

        assert source == done.stdout
