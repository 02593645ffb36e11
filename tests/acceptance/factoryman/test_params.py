"""
FactoryMan: params_for and string_params_for (rows 111-123).
"""

import datetime as dt

import pytest

from machina_lab import Lab
from tests.support.bodies import empty
from tests.support.factoryman import Embedded, demo_lab


WHEN = dt.datetime(2024, 1, 1, 10, 30)


@pytest.fixture(name="keeping")
def _keeping(engine):
    """
    Return the demo module with FactoryMan's word on None: it is kept.
    """
    lab = Lab(extends=demo_lab(engine), keep_none=True)
    yield lab
    lab.rollback()


class TestParamsFor:
    def test_plain_dict(self, demo):
        """
        Row 111: params are a plain dict without any mark of the class.
        """
        got = demo.params_for_user()

        assert dict is type(got)
        assert not [key for key in got if key.startswith("_")]

    def test_no_key(self, demo):
        """
        Row 112: a generated key is dropped.
        """
        assert "id" not in demo.params_for_user()

    def test_given(self, demo):
        """
        Row 113: what the caller gives is in them.
        """
        assert "alice" == demo.params_for_user({"username": "alice"})["username"]

    def test_none_is_kept(self, demo):
        """
        Row 114: with `keep_none`, what is None appears.
        """
        got = demo.params_for_user({}, {"keep_none": True})

        assert ("first_name", None) in got.items()

    def test_none_is_kept_by_the_factory(self, lab):
        """
        Row 114: a factory may keep None for good.
        """
        lab.factory(name="it", model=Embedded, keep_none=True)(empty)

        assert {"some_field": None} == lab.params_for_it()

    def test_belongs_to(self, demo):
        """
        Row 115: a built parent is dropped.
        """
        assert "user" not in demo.params_for_author()

    def test_unset_has_one(self, demo):
        """
        Row 116: an association that is not loaded is dropped.
        """
        assert "author" not in demo.params_for_user({}, {"keep_none": True})

    def test_persisted_belongs_to(self, demo):
        """
        Row 117: of a persisted parent the key stays.
        """
        user = demo.insert_user()

        assert user.id == demo.params_for_author({"user": user})["user_id"]

    def test_variant(self, demo):
        """
        Row 118: a variant has params, too.
        """
        assert isinstance(demo.params_for_admin_user()["username"], str)

    def test_class_without_a_table(self, demo):
        """
        Row 119: so has a class without a table.
        """
        assert {"some_field": "some value"} == demo.params_for_embedded_schema()


class TestStringParamsFor:
    def test_keys(self, demo):
        """
        Row 120: keys are texts.
        """
        got = demo.string_params_for_user({"username": "bob"})

        assert {str} == {type(key) for key in got}
        assert "bob" == got["username"]

    def test_values_are_kept(self, demo):
        """
        Row 121: `values="keep"` leaves a moment as it is.
        """
        got = demo.string_params_for_user({"created_at": WHEN}, {"values": "keep"})

        assert WHEN is got["created_at"]

    def test_values_are_sent(self, demo):
        """
        Row 121: by default it becomes what a browser would send.
        """
        got = demo.string_params_for_user({"created_at": WHEN})

        assert "2024-01-01T10:30:00" == got["created_at"]

    def test_variant(self, demo):
        """
        Row 122: a variant has them, too.
        """
        assert "username" in demo.string_params_for_admin_user()


def test_lab_that_keeps_none(keeping):
    """
    Row 114: an inheriting lab's word counts for its own factories.
    """

    @keeping.factory(model=Embedded)
    def own():
        return {}

    assert {"some_field": None} == keeping.params_for_own()
