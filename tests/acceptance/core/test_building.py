"""
Building as such: what surrounds a build, and what it leaves alone.
"""

import gc
import sys
import threading

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

import machina_lab

from machina_lab import Lab, VariantError, assoc, sequence
from tests.support.bodies import empty
from tests.support.kinds import KINDS, Base, MappedUser


@dataclass
class User:
    name: str = "Jane"
    role: str = "member"


class TestReadyLab:
    def test_there_is_one(self):
        """
        `machina_lab.lab` is a ready lab, the same one each time.
        """
        assert isinstance(machina_lab.lab, Lab)
        assert machina_lab.lab is machina_lab.lab


class TestSharedRecords:
    @pytest.mark.parametrize(
        "kind", [k for k in KINDS if not hasattr(k.model, "__mapper__")], ids=str
    )
    def test_body_that_returns_one_object(self, lab, kind):
        """
        A body may return a module's own record: merging never changes it.
        """
        shared = kind.make(name="Jane", role="member")
        lab.factory(name="user")(lambda: shared)

        assert "Al" == kind.get(lab.build("user", name="Al"), "name")
        assert "Jane" == kind.get(shared, "name")


class TestGarbageCollection:
    def test_runs_again_after_a_list(self, lab):
        """
        Collection is switched on again after a large list.
        """
        lab.factory(name="user")(lambda: User())

        lab.build_list(5_000, "user")

        assert gc.isenabled()

    def test_runs_again_after_an_error(self, lab):
        """
        Also when an item fails.
        """
        lab.factory(name="user")(
            lambda: {"n": sequence("gc", lambda n: 1 / (4_000 - n))}
        )

        with pytest.raises(ZeroDivisionError, match="division"):
            lab.build_list(5_000, "user")

        assert gc.isenabled()

    def test_stays_off_where_it_was_off(self, lab):
        """
        Who switched it off keeps it off.
        """
        lab.factory(name="user")(lambda: User())
        gc.disable()
        try:
            lab.build_list(5_000, "user")

            assert not gc.isenabled()
        finally:
            gc.enable()


class TestGoingAway:
    def test_engine_that_was_disposed_first(self, memory, monkeypatch):
        """
        A lab that outlives its engine goes without a word.
        """
        raised = []
        monkeypatch.setattr(sys, "unraisablehook", raised.append)
        lab = Lab(memory.create(Base))
        lab.factory(name="user", model=MappedUser)(lambda: {"name": "Jane"})
        lab.insert("user")

        memory.close()
        del lab
        gc.collect()

        assert [] == [each.exc_value for each in raised]


class TestThreads:
    def test_build_at_the_same_time(self, lab):
        """
        Threads build in one lab, each record whole, no cycle seen where there is none.
        """
        barrier = threading.Barrier(4)
        lab.factory(name="user")(lambda: {"n": sequence("threads", int)})
        lab.factory(name="article")(
            lambda: {"author": assoc("user"), "n": lambda it: it.author["n"]}
        )

        def work(_):
            barrier.wait()
            return lab.build_list(250, "article")

        with ThreadPoolExecutor(4) as pool:
            got = [article for made in pool.map(work, range(4)) for article in made]

        assert all(each["n"] == each["author"]["n"] for each in got)
        assert list(range(1_000)) == sorted(each["n"] for each in got)


class TestInputsAndVariants:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        @lab.factory
        def post(*, words=2, title="T"):
            return {"title": title, "body": " ".join([title] * words)}

    def test_variant_with_a_body_feeds_inputs(self, lab):
        """
        What a variant adds reaches the named inputs.
        """

        @lab.variant("post")
        def long(params):
            return {"words": 4, **params}

        assert "T T T T" == lab.build("long_post")["body"]
        assert "T" == lab.build("long_post", words=1)["body"]

    def test_defaults_feed_inputs(self, lab):
        """
        So do the defaults of a variant without a body.
        """
        lab.variant("post", "short", defaults={"words": 1})

        assert {"title": "X", "body": "X"} == lab.build("post+short", title="X")

    def test_hooks_feed_inputs(self, lab):
        """
        A hook before the params may change what the inputs get.
        """
        hooks = {"before_build_params": lambda given: {"words": 1} | dict(given)}

        @lab.factory(hooks=hooks)
        def note(*, words=2):
            return {"body": "n" * words}

        assert {"body": "n"} == lab.build("note")
        assert {"body": "nnn"} == lab.build("note", words=3)


class TestRedefinition:
    def define(self, lab, role):
        @lab.factory(model=User)
        def user():
            return {"role": role}

        @lab.variant("user")
        def named(params):
            return {"name": f"named {role}", **params}

        @lab.helper
        def slug():
            return role

    def test_cell_run_twice(self, lab):
        """
        Factories, variants and helpers of one cell are all replaced.
        """
        self.define(lab, "old")
        handle = lab.factories()["user"]
        self.define(lab, "new")

        assert User("named new", "new") == lab.build("named_user")
        assert User("Jane", "new") == handle.build()
        assert "new" == lab.slug()
        assert ["named"] == list(handle.variants)

    def test_variants_stay_when_the_base_is_redefined(self, lab):
        """
        A base that is run again keeps the variants of other cells.
        """
        self.define(lab, "old")
        lab.variant("user", "boss", defaults={"role": "boss"})
        self.define(lab, "new")

        assert "boss" == lab.build("user+boss").role

    def test_children_see_the_new_one(self, lab):
        """
        A child lab builds with the base's new definition.
        """
        child = Lab(extends=lab)
        self.define(lab, "old")
        assert "old" == child.build("user").role

        self.define(lab, "new")

        assert "new" == child.build("user").role


class TestHandles:
    def test_unknown_variant(self, lab):
        """
        A handle refuses a variant that its factory lacks.
        """
        user = lab.factory(name="user")(empty)
        lab.variant("user", "admin", defaults={"role": "admin"})

        with pytest.raises(VariantError, match=r"'user'.*'admn'.*'admin'"):
            user.variant("admn")

    def test_repr_is_short(self, lab):
        """
        A handle shows its name.
        """
        lab.factory(name="user")(empty)

        assert "user" in repr(lab.factories()["user"])

    def test_name_by_position(self, lab):
        """
        The name may be the decorator's first argument.
        """

        @lab.factory("person")
        def user():
            return User()

        assert User() == lab.build("person")
        assert ["person"] == list(lab.factories())
