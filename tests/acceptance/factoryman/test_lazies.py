"""
FactoryMan: lazy evaluation (rows 50-63, 257-260).
"""

import datetime as dt

from dataclasses import dataclass
from typing import Any

import pytest

from machina_lab import evaluate_lazy_attributes
from tests.support.factoryman import Author, User


@dataclass
class Item:
    name: str = "item"
    size: Any = None
    derived: Any = None
    label: Any = None


class TestDemo:
    def test_is_evaluated(self, demo):
        """
        Row 50: params hold the value, not the function.
        """
        assert isinstance(demo.build_lazy_user_params()["created_at"], dt.datetime)

    def test_each_call(self, demo):
        """
        Row 51: each call evaluates anew.
        """
        one = demo.build_lazy_user_params()["created_at"]
        two = demo.build_lazy_user_params()["created_at"]

        assert one < two

    def test_parent(self, demo):
        """
        Row 52: a function of one argument sees the caller's values.
        """
        got = demo.build_lazy_user_params({"first_name": "John"})

        assert "John Userson" == got["full_name"]

    def test_given(self, demo):
        """
        Row 53: a given value replaces the function.
        """
        when = dt.datetime(2020, 1, 1)

        got = demo.build_lazy_user_params({"created_at": when})

        assert when is got["created_at"]

    def test_association(self, demo):
        """
        Row 54: associations are built for each record.
        """
        one, two = demo.build_lazy_author_struct(), demo.build_lazy_author_struct()

        assert isinstance(one.user, User)
        assert one.user.username != two.user.username
        assert "author-User" == one.name

    def test_insert(self, demo):
        """
        Row 55: record and association are inserted.
        """
        author = demo.insert_lazy_author()

        assert isinstance(author, Author)
        assert isinstance(author.user_id, int)

    def test_list(self, demo):
        """
        Row 56: each item of a list is evaluated by itself.
        """
        got = demo.build_lazy_user_params_list(3)

        assert 3 == len({each["created_at"] for each in got})


class TestSiblings:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        @lab.factory(model=Item)
        def item(params):
            return {
                "size": lambda: 10,
                "derived": lambda it: f"{it.name}-{it.size}",
                **params,
            }

        @lab.factory
        def direct_item(params) -> Item:
            return Item(
                **{
                    "name": "direct",
                    "size": lambda: 20,
                    "derived": lambda it: f"{it.name}-{it.size}",
                    **params,
                }
            )

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({}, "item-10"),
            ({"name": "custom", "size": 99}, "custom-99"),
            ({"size": 1}, "item-1"),
        ],
        ids=repr,
    )
    def test_lazy_sees_lazy(self, lab, params, expected):
        """
        Row 57: a function sees what its siblings evaluate to.
        """
        item = lab.build_item_struct({"name": "item", **params})

        assert expected == item.derived

    def test_chain(self, lab):
        """
        Row 58: chains of functions resolve to their end (FM stops after one).
        """
        lab.factory(name="chained", model=Item)(
            lambda: {
                "size": lambda: 1,
                "label": lambda it: f"label-{it.size}",
                "derived": lambda it: it.label,
            }
        )

        chained = lab.build_chained_struct()

        assert ("label-1", "label-1") == (chained.label, chained.derived)

    def test_options(self, demo):
        """
        Row 59: options without a class are evaluated alike.
        """
        assert "timeout-5000" == demo.build_lazy_options()["label"]
        assert "timeout-10" == demo.build_lazy_options({"timeout": 10})["label"]

    def test_once(self, lab):
        """
        Row 60: a function runs once for each build.
        """
        calls = []
        lab.factory(name="counted", model=Item)(
            lambda: {"size": lambda: calls.append(1) or 7, "label": lambda it: it.size}
        )

        lab.build_counted_struct()
        assert 1 == len(calls)
        lab.build_counted_struct_list(3)
        assert 4 == len(calls)

    def test_list(self, lab):
        """
        Row 61: every item of a list is resolved.
        """
        items = lab.build_item_struct_list(3, {"name": "listed"})

        assert ["listed-10"] * 3 == [item.derived for item in items]

    def test_returned_record(self, lab):
        """
        Row 62: functions on a returned record are evaluated.
        """
        item = lab.build_direct_item_struct()
        named = lab.build_direct_item_struct({"name": "named"})

        assert (20, "direct-20") == (item.size, item.derived)
        assert "named-20" == named.derived
        assert "direct-20" == lab.params_for_direct_item()["derived"]


class TestEvaluateLazyAttributes:
    def test_function(self):
        """
        Row 257: a function is replaced by what it returns.
        """
        got = evaluate_lazy_attributes({"name": "test", "timestamp": lambda: 12345})

        assert {"name": "test", "timestamp": 12345} == got

    def test_parent(self):
        """
        Row 258: a function of one argument gets the parent.
        """
        got = evaluate_lazy_attributes(
            {"first": "John", "last": lambda it: it.first + " Smith"}
        )

        assert "John Smith" == got["last"]

    def test_options(self):
        """
        Row 259: options (a keyword list there, a dict here) are evaluated.
        """
        got = evaluate_lazy_attributes(
            {"timeout": 5000, "created_at": lambda: dt.datetime.now(dt.UTC)}
        )

        assert 5000 == got["timeout"]
        assert isinstance(got["created_at"], dt.datetime)

    def test_anything_else(self):
        """
        Row 260: anything else is returned unchanged.
        """
        assert "plain string" == evaluate_lazy_attributes("plain string")
