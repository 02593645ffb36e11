"""
Who won each field, told by the build itself.
"""

import pytest

from machina_lab import Lab, assoc, sequence
from machina_lab.core.sequences import sequences
from machina_lab.widgets.winners import trace


@pytest.fixture
def lab():
    """
    A lab whose one factory has a field of every origin.
    """
    lab = Lab()

    @lab.factory
    def user():
        return {"name": "Jane"}

    @lab.factory(
        hooks={
            "before_build_params": lambda params: {**params, "early": 1},
            "after_build_params": lambda params: {**params, "late": 2},
        }
    )
    def article():
        return {
            "title": "Base",
            "slug": lambda it: it.title.lower(),
            "number": sequence("number", str),
            "author": assoc("user"),
            "kind": "plain",
            "state": "draft",
        }

    lab.variant("article", "special", defaults={"kind": "special", "state": "x"})
    lab.variant("article", "final", force={"state": "final"})
    return lab


def test_every_origin(lab):
    """
    Base, lazy, sequence, association, variant, caller and hook are told apart.
    """
    found = trace(lab, "article+special+final", {"title": "Mine"})

    assert found.winners == {
        "title": "caller",
        "slug": "lazy",
        "number": "sequence number",
        "author": "association user",
        "kind": "variant special",
        "state": "variant final",
        "early": "hook before_build_params",
        "late": "hook after_build_params",
    }
    assert found.values["slug"] == "mine"


def test_the_trace_is_the_build(lab):
    """
    What is traced is what a build gives, and nothing is used up by it.
    """
    traced = trace(lab, "article+special", {"title": "T"}).record

    assert sequences.names() == []
    assert traced == lab.build("article+special", title="T")


def test_who_merges_themselves():
    """
    In a body that takes its attributes, what it used of them is the caller's.
    """
    lab = Lab()

    @lab.factory
    def user(attrs):
        return {"name": "Jane", "role": attrs.get("role", "member"), "age": 1}

    found = trace(lab, "user", {"role": "admin", "age": 50})

    assert found.winners == {"name": "base", "role": "caller", "age": "base"}


def test_plain_values_have_no_fields():
    """
    A factory of plain values has one value, and nobody else has a say.
    """
    lab = Lab()

    @lab.factory
    def greeting(name="world"):
        return f"Hello {name}"

    assert trace(lab, "greeting").values == {"value": "Hello world"}


def test_hooks_on_records(lab):
    """
    A hook that changes the finished record is told too.
    """

    class Tea:
        def __init__(self, name, price):
            self.name, self.price = name, price

    def dearer(tea):
        tea.price += 1
        return tea

    @lab.factory(hooks={"after_build_struct": dearer})
    def tea():
        return Tea("Green", 3)

    found = trace(lab, "tea")

    assert found.record.price == 4
    assert found.winners == {"name": "base", "price": "hook after_build_struct"}
