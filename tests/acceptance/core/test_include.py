"""
`lab.include`: factories from modules, instances, mappings and other labs.
"""

from types import ModuleType

import pytest

from machina_lab import (
    DuplicateFactoryError,
    Lab,
    OptionError,
    assoc,
    merge_attributes,
    sequence,
)
from tests.support.bodies import empty


def user_factory():
    return {"name": "Jane", "email": sequence("email")}


def article_factory():
    return {"title": "A", "author": assoc("user")}


def comment_factory(attrs):
    return merge_attributes({"text": "Hi"}, attrs)


def not_a_factory_():
    raise AssertionError


@pytest.fixture(name="module")
def _module():
    module = ModuleType("shop_factories")
    for each in (user_factory, article_factory, comment_factory, not_a_factory_):
        setattr(module, each.__name__, each)
    return module


class Shop:
    def __init__(self, currency):
        self.currency = currency

    def price_factory(self):
        return {"amount": 5, "currency": self.currency}

    def note_factory(self, attrs):
        return {"currency": self.currency, **attrs}


class TestModule:
    def test_every_factory_function_is_registered(self, lab, module):
        """
        A module of `*_factory` functions is a factory module as it stands.
        """
        lab.include(module)

        assert {"user", "article", "comment"} == set(lab.factories())
        assert "Jane" == lab.build("article")["author"]["name"]

    def test_arity_counts(self, lab, module):
        """
        A function of one positional has full control here too.
        """
        lab.include(module)
        function = print

        assert {"text": "Hi", "then": function} == lab.build("comment", then=function)

    def test_twice_is_once(self, lab, module):
        """
        Including a module again (after a reload) replaces, silently.
        """
        lab.include(module)
        lab.include(module)

        assert 3 == len(lab.factories())


class TestOthers:
    def test_instance(self, lab):
        """
        The methods of an instance are factories that see `self`.
        """
        lab.include(Shop("EUR"))

        assert {"amount": 5, "currency": "EUR"} == lab.build("price")
        assert {"currency": "EUR", "a": 1} == lab.build("note", a=1)

    def test_mapping(self, lab):
        """
        A mapping such as `globals()` is read like a module.
        """
        lab.include({"user_factory": user_factory, "other": 3})

        assert ["user"] == list(lab.factories())

    def test_lab(self, lab):
        """
        Every factory of another lab is taken over.
        """
        other = Lab()
        other.include({"user_factory": user_factory})
        lab.include(other)

        assert "Jane" == lab.build("user")["name"]

    def test_associations_of_an_included_lab_find_each_other(self, lab):
        """
        An included factory's `assoc` resolves where it was included.
        """
        other = Lab()
        other.include(
            {"user_factory": user_factory, "article_factory": article_factory}
        )
        lab.include(other)

        assert "Jane" == lab.build("article")["author"]["name"]

    def test_included_factories_keep_their_own_options(self):
        """
        Options given on the other lab's factories stay.
        """
        other = Lab()
        other.factory(name="user", evaluate_lazies=False)(lambda: {"f": None})
        lab = Lab(evaluate_lazies=True)
        lab.include(other)
        function = print

        assert function is lab.build("user", f=function)["f"]

    def test_private_functions_are_left_alone(self, lab):
        """
        A leading underscore says: not for others.
        """
        lab.include({"user_factory": user_factory, "_row_factory": comment_factory})

        assert ["user"] == list(lab.factories())

    def test_all_or_nothing(self, lab):
        """
        A source with one wrong factory registers none.
        """

        def wrong_factory(one, two):
            return {}

        with pytest.raises(OptionError, match="wrong"):
            lab.include({"user_factory": user_factory, "wrong_factory": wrong_factory})

        assert [] == list(lab.factories())

    def test_names_collide_here_too(self, lab):
        """
        A name that is taken by another source raises and names both.
        """
        lab.include({"user_factory": user_factory})

        with pytest.raises(DuplicateFactoryError, match="'user'"):
            lab.include({"user_factory": empty})
