"""
The explorer of factories, variants and hooks.
"""

import json

import pytest

from machina_lab import Lab
from machina_lab.widgets import derived
from machina_lab.widgets.factory_data import (
    compare_data,
    entry_label,
    factory_data,
    tree_data,
)
from tests.widgets.pages import html_of, put


@pytest.fixture
def tree_lab():
    """
    A lab with a derived factory, variants of variants, and hooks.
    """
    lab = Lab(keep_none=True)

    @lab.factory(cast=False, hooks={"after_build_params": lambda params: params})
    def article():
        return {"title": "Base", "featured": False}

    @lab.factory
    def feature():
        return {**article(), "featured": True}

    @lab.factory
    def other():
        return {"title": "Other"}

    lab.variant("article", "long", defaults={"words": 5000})
    lab.variant("long_article", "endless", defaults={"words": 10**6})
    return lab


def test_the_tree(tree_lab):
    """
    Derived factories, variants and hooks stand below what they belong to.
    """
    assert [entry_label(each) for each in tree_data(tree_lab)] == [
        "article",
        "   hook after_build_params",
        "   + long",
        "      + endless",
        "   feature",
        "other",
    ]


def test_factories_in_a_circle():
    """
    Factories that call each other are all shown, each once.
    """
    lab = Lab()

    @lab.factory
    def hen():
        return lab.build("egg")

    @lab.factory
    def egg():
        return lab.build("hen")

    assert sorted(each["label"] for each in tree_data(lab)) == ["egg", "hen"]


def test_one_factory_in_detail(tree_lab):
    """
    Each option is shown with the level that it was said on.
    """
    data = factory_data(tree_lab, "article")
    levels = {name: level for name, _, level in data["options"]}

    assert json.loads(json.dumps(data))["path"] == "article"
    assert levels["cast"] == "factory"
    assert levels["keep_none"] == "lab"
    assert levels["strict"] == "default"
    assert data["hooks"] == [("after_build_params", "<lambda>")]


def test_two_side_by_side(tree_lab):
    """
    Fields that differ are marked, with who said each value.
    """
    rows = {row["field"]: row for row in compare_data(tree_lab, "article", "feature")}

    assert not rows["title"]["differs"]
    assert rows["featured"]["differs"]
    assert (rows["featured"]["first"], rows["featured"]["second"]) == ("False", "True")


def test_choosing_and_comparing(tree_lab):
    """
    A line of the tree opens its page; two drop-downs compare.
    """
    view = derived(tree_lab)

    put(view.tree, 2, "index")
    assert view.selected == "long_article"
    assert view.code == 'lab.build("long_article")'
    assert "words" in view.detail.value

    put(view.first, list(view.first.options).index("article"), "index")
    put(view.second, list(view.second.options).index("long_article"), "index")
    assert view.compared == ("article", "long_article")
    assert view.differences == ["words"]
    assert "≠" in view.comparison.value
    assert "variant long" in view.comparison.value


def test_filtering(tree_lab):
    """
    The filter keeps what has the text in its name; nothing found is said.
    """
    view = derived(tree_lab)

    put(view.filter, "FEAT")
    assert view.selected == "feature"

    put(view.filter, "nothing like it")
    assert view.selected == ""
    assert "No factory has this" in view.detail.value


def test_a_factory_that_raises_is_said(lab):
    """
    Comparing with a factory that fails shows its error.
    """
    view = derived(lab)

    put(view.second, list(view.second.options).index("broken"), "index")

    assert "ZeroDivisionError" in view.comparison.value
    assert view.differences == []


def test_follows_new_factories(tree_lab):
    """
    A factory that another cell defines appears; the chosen one stays.
    """
    view = derived(tree_lab)
    put(view.tree, 5, "index")

    @tree_lab.factory
    def newest():
        return {}

    view.follow()

    assert "newest" in view.as_text()
    assert view.selected == "other"


def test_an_empty_lab():
    """
    A lab without factories has an explorer that says so.
    """
    view = derived(Lab())

    assert view.as_text() == "No factories are defined yet."
    assert "No factories" in view.detail.value


def test_secrets_are_masked():
    """
    Values named like secrets are not shown side by side.
    """
    lab = Lab()

    @lab.factory
    def login():
        return {"password": "hunter2"}

    assert "hunter2" not in str(compare_data(lab, "login", "login"))


def test_hostile_names_are_text():
    """
    Markup in names of factories, variants and values is shown, not obeyed.
    """
    name = "<img/src=x/onerror=alert(1)>"
    lab = Lab()
    lab.define(lambda: {name: name}, name=name)
    lab.variant(name, f"v{name}", defaults={name: f"v{name}"})

    shown = html_of(derived(lab))

    assert "<img" not in shown
    assert "&lt;img" in shown
