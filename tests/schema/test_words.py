import keyword

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.schema.words import camel, identifier, plural, singular, snake


PAIRS = [
    ("user", "users"),
    ("category", "categories"),
    ("address", "addresses"),
    ("status", "statuses"),
    ("box", "boxes"),
    ("person", "people"),
    ("child", "children"),
    ("analysis", "analyses"),
    ("house", "houses"),
    ("key", "keys"),
    ("day", "days"),
    ("bus", "buses"),
    ("movie", "movies"),
    ("match", "matches"),
    ("order_detail", "order_details"),
    ("news", "news"),
    ("series", "series"),
]


@pytest.mark.parametrize(("one", "many"), PAIRS)
def test_singular_and_plural_agree(one, many):
    """
    Singular and plural are each other's inverse, and leave what is right alone.
    """
    assert (one, many) == (singular(many), plural(one))
    assert (one, many) == (singular(one), plural(many))


@given(st.text())
def test_any_name_becomes_an_identifier(name):
    """
    Whatever a column is called, its attribute is a lower-case identifier, no keyword.
    """
    word = identifier(name)

    assert word.isidentifier()
    assert not keyword.iskeyword(word)
    assert not word.startswith("_")


@given(st.from_regex(r"[a-z]{1,8}(_[a-z]{1,8}){0,3}", fullmatch=True))
def test_camel_and_snake_are_inverse(name):
    """
    A snake_case name survives being a class name.
    """
    words = [word for word in name.split("_") if len(word) > 1]
    name = "_".join(words) or "ab"

    assert name == snake(camel(name))
