"""
Previews leave nothing behind.
"""

import random

import pytest

from sqlalchemy import func, select

from machina_lab.core.sequences import sequence, sequences
from machina_lab.widgets.previews import SHOWN, preview
from tests.support.shop_models import Category


def test_sequences_stay_where_they_are(lab):
    """
    A preview shows the next numbers, and a build gets the same ones.
    """
    lab.build("customer")

    shown = preview(lab, "customer", 3, {}).records

    assert [each.email for each in shown] == [
        f"jane-{n}@example.com" for n in (1, 2, 3)
    ]
    assert lab.build("customer").email == "jane-1@example.com"


def test_a_sequence_that_is_new_is_forgotten(lab):
    """
    A sequence that only a preview used does not exist after it.
    """
    preview(lab, "customer", 1, {})

    assert sequences.names() == []


def test_random_values_are_not_used_up(lab):
    """
    What a seeded lab and the random module draw next is the same with a preview.
    """

    @lab.factory
    def throw():
        return {"lab": lab.random.random(), "own": random.random()}

    lab.seed(1)
    random.seed(1)
    expected = lab.build("throw")
    lab.seed(1)
    random.seed(1)

    first, second = (preview(lab, "throw", 1, {}).records for _ in range(2))

    assert first[0]["lab"] == second[0]["lab"]
    assert lab.build("throw") == expected


@pytest.mark.parametrize("autocommit", [False, True])
def test_rows_that_a_body_inserts_are_taken_back(lab, autocommit):
    """
    A factory that writes rows by itself writes none in a preview.
    """
    lab.repo.autocommit = autocommit

    @lab.factory
    def shelf():
        return {"category": lab.insert("category").id, "n": sequence("shelf")}

    found = preview(lab, "shelf", 2, {})

    assert found.error is None
    assert lab.repo.autocommit is autocommit
    assert lab.journal == []
    session = lab.repo.session
    assert session.scalar(select(func.count()).select_from(Category)) == 0


def test_what_a_factory_raises_is_kept(lab):
    """
    A failing factory gives its error instead of records.
    """
    found = preview(lab, "broken", 1, {})

    assert isinstance(found.error, ZeroDivisionError)
    assert found.records == []


def test_few_are_built(lab):
    """
    However many records are asked for, a preview builds as many as it shows.
    """
    assert len(preview(lab, "customer", 10_000, {}).records) == SHOWN
