"""
What `@lab.factory` accepts, and what it makes of a function.
"""

from dataclasses import dataclass, replace

import pytest

from machina_lab import (
    DuplicateFactoryError,
    Factory,
    Lab,
    OptionError,
    UndefinedFactoryError,
    sequence,
)
from tests.support.bodies import empty


@dataclass
class User:
    name: str = "Jane"
    role: str = "member"


@dataclass
class Article:
    title: str
    featured: bool = False


class TestNames:
    def test_function_name_is_the_factory_name(self, lab):
        """
        A factory is called like its function.
        """

        @lab.factory
        def user():
            return User()

        assert User() == lab.build("user")

    def test_suffix_is_dropped(self, lab):
        """
        A trailing `_factory` is no part of the name.
        """

        @lab.factory
        def user_factory():
            return User()

        assert ["user"] == list(lab.factories())

    def test_name_may_be_given(self, lab):
        """
        `name=` wins over the name of the function.
        """

        @lab.factory(name="person")
        def user():
            return User()

        assert ["person"] == list(lab.factories())
        assert User() == lab.build("person")

    def test_factories_are_listed_in_the_order_of_definition(self, lab):
        """
        `lab.factories()` maps names to handles as they were defined.
        """
        for name in ("zebra", "apple", "mango"):
            lab.factory(name=name)(empty)

        assert ["zebra", "apple", "mango"] == list(lab.factories())

    def test_plus_in_a_name_is_refused(self, lab):
        """
        `+` composes names and so cannot be in one.
        """
        with pytest.raises(OptionError, match=r"user\+admin"):
            lab.factory(name="user+admin")(empty)

    def test_name_of_a_verb_is_refused_where_its_functions_would_collide(self, lab):
        """
        A factory whose generated function would hide one of the lab is refused.
        """
        with pytest.raises(OptionError, match="build_list"):
            lab.factory(name="list")(empty)

    def test_decorator_with_empty_call(self, lab):
        """
        `@lab.factory()` is `@lab.factory`.
        """

        @lab.factory()
        def user():
            return User()

        assert User() == lab.build("user")


class TestHandles:
    def test_decorator_returns_a_handle(self, lab):
        """
        The decorated name is a `Factory` that knows its name and model.
        """

        @lab.factory(model=User)
        def user():
            return {}

        assert isinstance(user, Factory)
        assert "user" == user.name
        assert User is user.model

    def test_calling_the_handle_calls_the_function(self, lab):
        """
        Derived factories are ordinary Python.
        """

        @lab.factory
        def article():
            return Article(title=sequence("title"))

        @lab.factory
        def featured_article():
            return replace(article(), featured=True)

        got = lab.build("featured_article", title="Mine")

        assert Article("Mine", featured=True) == got

    def test_dict_bodies_are_derived_with_a_bar(self, lab):
        """
        A dict factory is derived with `|`.
        """

        @lab.factory
        def article():
            return {"title": "A", "featured": False}

        @lab.factory
        def featured():
            return article() | {"featured": True}

        assert {"title": "A", "featured": True} == lab.build("featured")

    def test_handle_builds(self, lab):
        """
        A handle has the verbs of the lab.
        """

        @lab.factory
        def user():
            return User()

        assert User(role="admin") == user.build(role="admin")
        assert [User(), User()] == user.build_pair()
        assert [User("Al")] * 3 == user.build_list(3, {"name": "Al"})

    def test_source_is_the_text_of_the_function(self, lab):
        """
        A handle shows the code that defined it.
        """

        @lab.factory
        def user():
            return User(name="from the source")

        assert 'User(name="from the source")' in user.source

    def test_lab_gives_handles_by_name(self, lab):
        """
        `lab.factories()` holds the handle that the decorator returned.
        """

        @lab.factory
        def user():
            return User()

        assert user is lab.factories()["user"]


class TestModels:
    def test_dict_body_becomes_the_model(self, lab):
        """
        With `model=` the lab makes the record from the body's dict.
        """

        @lab.factory(model=Article)
        def article():
            return {"title": sequence("title", "Use it! (Part {})".format)}

        assert Article("Use it! (Part 0)") == lab.build("article")
        assert Article("Mine", featured=True) == lab.build(
            "article", title="Mine", featured=True
        )

    def test_dict_body_without_model_stays_a_dict(self, lab):
        """
        Without a model the body's dict is the record, and takes new keys.
        """

        @lab.factory
        def user():
            return {"name": "Jane"}

        assert {"name": "Jane", "new": 1} == lab.build("user", new=1)

    def test_return_annotation_serves_as_model(self, lab):
        """
        `-> User` is as good as `model=User`.
        """

        @lab.factory
        def user() -> User:
            return {"name": "Annotated"}

        assert User("Annotated") == lab.build("user")
        assert User is user.model

    def test_annotation_that_is_no_record_class_is_no_model(self, lab):
        """
        `-> str` and `-> dict` are no models.
        """

        @lab.factory
        def greeting(name="world") -> str:
            return f"Hello, {name}!"

        @lab.factory
        def settings() -> dict:
            return {"a": 1}

        assert greeting.model is None
        assert settings.model is None
        assert "Hello, world!" == lab.build("greeting")

    def test_text_annotation_is_resolved_at_first_use(self, lab):
        """
        A class that is defined after the factory may be named as text.
        """
        namespace = {"lab": lab, "dataclass": dataclass}
        code = (
            "@lab.factory\n"
            "def later() -> 'Later':\n"
            "    return {'n': 3}\n"
            "@dataclass\n"
            "class Later:\n"
            "    n: int\n"
        )
        exec(code, namespace)

        assert namespace["Later"](3) == lab.build("later")


class TestLookup:
    def test_factories_are_found_at_call_time(self, lab):
        """
        A body may build a factory that is defined later.
        """

        @lab.factory
        def profile():
            return {"user": lab.build("user")}

        @lab.factory
        def user():
            return {"name": "Jane"}

        assert {"user": {"name": "Jane"}} == lab.build("profile")

    def test_labs_know_nothing_of_each_other(self, lab):
        """
        Many labs live side by side.
        """
        other = Lab()

        @other.factory
        def user():
            return User()

        with pytest.raises(UndefinedFactoryError, match="'user'"):
            lab.build("user")


class TestRedefinition:
    def define(self, lab, name):
        @lab.factory
        def user():
            return {"name": name, "n": sequence("redefined", lambda n: n)}

    def test_same_place_replaces(self, lab):
        """
        A cell run twice replaces the factory and keeps its sequences.
        """
        self.define(lab, "old")
        assert {"name": "old", "n": 0} == lab.build("user")

        self.define(lab, "new")

        assert {"name": "new", "n": 1} == lab.build("user")

    def test_two_places_collide(self, lab):
        """
        One name from two different places is an error that names both.
        """
        self.define(lab, "here")

        with pytest.raises(DuplicateFactoryError, match=r"'user'.*define.*collide"):

            @lab.factory
            def user():
                return {}

    def test_model_may_change(self, lab):
        """
        A redefinition drops what was cached, the model included.
        """

        def define(model):
            @lab.factory(model=model)
            def thing():
                return {}

        define(User)
        assert User() == lab.build("thing")

        define(dict)

        assert {} == lab.build("thing")

    def test_failed_redefinition_leaves_the_old_factory(self, lab):
        """
        A definition that is refused changes nothing.
        """
        self.define(lab, "old")

        with pytest.raises(OptionError, match="positional"):

            @lab.factory(name="user")
            def broken(one, two):
                return {}

        assert "old" == lab.build("user")["name"]


class TestRefused:
    def test_two_positionals(self, lab):
        """
        A body takes at most one positional.
        """
        with pytest.raises(OptionError, match=r"multi.*positional"):

            @lab.factory
            def multi(a, b):
                return {}

    def test_coroutine(self, lab):
        """
        A body is called, not awaited: `async def` is refused when it is defined.
        """
        with pytest.raises(OptionError, match=r"later.*async"):

            @lab.factory
            async def later():
                return {}

    def test_unknown_option(self, lab):
        """
        An option nobody knows raises with the nearest name.
        """
        with pytest.raises(OptionError, match=r"'modle'.*'model'"):
            lab.factory(modle=User)(empty)

    @pytest.mark.parametrize("model", [3, "User", User()], ids=repr)
    def test_model_that_is_no_class(self, lab, model):
        """
        A model is a class.
        """
        with pytest.raises(OptionError, match="model"):
            lab.factory(name="user", model=model)(empty)

    def test_unknown_option_of_the_lab(self):
        """
        `Lab` refuses an option it does not know.
        """
        with pytest.raises((OptionError, TypeError), match=r"'keep_non'.*'keep_none'"):
            Lab(keep_non=True)
