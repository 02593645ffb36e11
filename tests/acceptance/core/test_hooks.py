"""
Hooks: six stages, three levels, override and chain.
"""

from dataclasses import dataclass, replace

import pytest

from machina_lab import Lab, assoc
from tests.support.bodies import empty
from tests.support.kinds import Base, MappedUser


STAGES = (
    "before_build_params",
    "after_build_params",
    "before_build_struct",
    "after_build_struct",
    "before_insert",
    "after_insert",
)


@dataclass
class User:
    name: str = "Jane"
    role: str = "member"


@pytest.fixture(name="seen")
def _seen():
    return []


@pytest.fixture(name="record")
def _record(seen):
    """
    Return a maker of hooks that note their tag and what they were given.
    """

    def make(tag):
        def hook(given):
            seen.append((tag, given))
            return given

        return hook

    return make


def tags(seen):
    return [tag for tag, _ in seen]


class TestStages:
    def test_order_of_an_insert(self, memory, seen, record):
        """
        All six run, in the order of the pipeline.
        """
        hooks = {stage: record(stage) for stage in STAGES}
        with Lab(memory.create(Base), hooks=hooks) as lab:
            lab.factory(name="user", model=MappedUser)(lambda: {"name": "Jane"})
            lab.insert("user")

        assert list(STAGES) == tags(seen)

    def test_what_each_receives(self, memory, seen, record):
        """
        Overrides, then the resolved dict, then the record; saved only after insert.
        """
        hooks = {stage: record(stage) for stage in STAGES}
        with Lab(memory.create(Base), hooks=hooks) as lab:
            lab.factory(name="user", model=MappedUser)(
                lambda: {"name": "Jane", "role": lambda it: it.name.upper()}
            )
            lab.insert("user", {"name": "Al"})
            given = dict(seen)

            assert {"name": "Al"} == given["before_build_params"]
            assert {"name": "Al", "role": "AL"} == given["after_build_params"]
            assert {"name": "Al", "role": "AL"} == given["before_build_struct"]
            for stage in STAGES[3:]:
                assert isinstance(given[stage], MappedUser)
            assert given["after_insert"].id is not None

    @pytest.mark.parametrize(
        ("function", "expected"),
        [
            ("build_user_params", STAGES[:2]),
            ("build_user_struct", STAGES[:4]),
            ("params_for_user", STAGES[:4]),
            ("string_params_for_user", STAGES[:4]),
        ],
    )
    def test_functions_run_their_own_stages(
        self, lab, seen, record, function, expected
    ):
        """
        A function runs the stages up to what it returns.
        """
        hooks = {stage: record(stage) for stage in STAGES}
        lab.factory(name="user", model=User, hooks=hooks)(empty)

        getattr(lab, function)()

        assert list(expected) == tags(seen)

    def test_value_factories_have_params_hooks(self, lab, seen, record):
        """
        A value factory runs the two hooks of the params stage.
        """
        hooks = {stage: record(stage) for stage in STAGES}
        lab.factory(name="greeting", hooks=hooks)(lambda name="world": f"Hi {name}")

        assert "Hi Bob" == lab.build("greeting", "Bob")
        assert [
            ("before_build_params", "Bob"),
            ("after_build_params", "Hi Bob"),
        ] == seen

    def test_after_params_sees_built_associations(self, lab, seen, record):
        """
        After the params, references are records and lazies are values.
        """
        lab.factory(name="user", model=User)(empty)
        lab.factory(name="article", hooks={"after_build_params": record("after")})(
            lambda: {"author": assoc("user"), "by": lambda it: it.author.name}
        )

        lab.build("article")

        assert [("after", {"author": User(), "by": "Jane"})] == seen

    def test_results_go_on(self, lab):
        """
        What a hook returns is what the next step gets.
        """
        lab.factory(
            name="user",
            model=User,
            hooks={
                "before_build_params": lambda params: {**params, "name": "before"},
                "after_build_params": lambda params: params | {"role": "after"},
                "before_build_struct": lambda params: params | {"role": "struct"},
                "after_build_struct": lambda user: replace(user, name=user.name + "!"),
            },
        )(empty)

        assert User("before!", "struct") == lab.build("user", name="caller")

    def test_run_for_every_item(self, lab, seen, record):
        """
        Hooks run once for each record of a list.
        """
        lab.factory(
            name="user", model=User, hooks={"after_build_struct": record("struct")}
        )(empty)

        lab.build_list(3, "user")

        assert ["struct"] * 3 == tags(seen)

    def test_instance_bodies(self, lab):
        """
        A body that returns an instance runs the hook after the struct.
        """
        lab.factory(
            name="user",
            hooks={"after_build_struct": lambda user: replace(user, role="hooked")},
        )(lambda: User())

        assert User("Al", "hooked") == lab.build("user", name="Al")

    def test_nested_records_run_their_own(self, lab, seen, record):
        """
        Hooks of a factory run wherever it is built.
        """
        lab.factory(
            name="user", model=User, hooks={"after_build_struct": record("user")}
        )(empty)
        lab.factory(name="article")(lambda: {"author": lab.build("user")})

        lab.build("article")

        assert ["user"] == tags(seen)

    def test_variants_run_those_of_the_base_once(self, lab, seen, record):
        """
        A variant has no hooks of its own; the base's run once.
        """
        lab.factory(
            name="user", model=User, hooks={"before_build_params": record("base")}
        )(empty)
        lab.variant("user", "admin", defaults={"role": "admin"})

        lab.build("admin_user")

        assert [("base", {"role": "admin"})] == seen


class TestLevels:
    @pytest.fixture(name="three")
    def _three(self, record):
        """
        Return a function that makes three levels under one mode.
        """

        def make(mode):
            names = ("before_build_params", "after_build_params")
            parent = Lab(hooks={n: record("parent") for n in names}, hook_mode=mode)
            lab = Lab(extends=parent, hooks={n: record("lab") for n in names})
            lab.factory(
                name="user", model=User, hooks={n: record("factory") for n in names}
            )(empty)
            lab.factory(name="plain", model=User)(empty)
            return lab

        return make

    def test_override_is_the_default(self, three, seen):
        """
        The nearest level replaces the hook of the same name.
        """
        lab = three("override")

        lab.build("user")
        lab.build("plain")

        assert ["factory", "factory", "lab", "lab"] == tags(seen)
        assert "override" == Lab().options()["hook_mode"].value

    def test_other_names_are_inherited(self, seen, record):
        """
        Hooks merge name by name: a level without one leaves the outer one alone.
        """
        parent = Lab(hooks={"before_build_params": record("parent")})
        lab = Lab(extends=parent, hooks={"after_build_params": record("lab")})
        lab.factory(
            name="user", model=User, hooks={"after_build_struct": record("factory")}
        )(empty)

        lab.build("user")

        assert ["parent", "lab", "factory"] == tags(seen)

    def test_chain(self, three, seen):
        """
        Chained, all run: outermost first before, outermost last after.
        """
        three("chain").build("user")

        assert ["parent", "lab", "factory", "factory", "lab", "parent"] == tags(seen)

    def test_nearest_mode_decides(self, seen, record):
        """
        A child's `hook_mode` counts for its own factories.
        """
        parent = Lab(hooks={"after_build_struct": record("parent")}, hook_mode="chain")
        lab = Lab(
            extends=parent,
            hooks={"after_build_struct": record("lab")},
            hook_mode="override",
        )
        lab.factory(name="user", model=User)(empty)

        lab.build("user")

        assert ["lab"] == tags(seen)

    @pytest.mark.parametrize("mode", ["override", "chain"])
    def test_none_switches_an_inherited_hook_off(self, seen, record, mode):
        """
        None at a nearer level means: not here.
        """
        lab = Lab(hooks={"after_build_struct": record("lab")}, hook_mode=mode)
        lab.factory(name="user", model=User, hooks={"after_build_struct": None})(empty)
        lab.factory(name="other", model=User)(empty)

        lab.build("user")
        assert [] == seen
        lab.build("other")
        assert ["lab"] == tags(seen)


class TestRegistering:
    def test_list_runs_as_written(self, lab, seen, record):
        """
        A hook may be a list; it runs from left to right at every stage.
        """
        hooks = {
            "before_build_params": [record("1"), record("2")],
            "after_build_params": [record("3"), record("4")],
        }
        lab.factory(name="user", model=User, hooks=hooks)(empty)

        lab.build("user")

        assert ["1", "2", "3", "4"] == tags(seen)

    def test_decorator(self, lab, seen):
        """
        `@lab.hook` registers at the lab's level, also for earlier factories.
        """
        lab.factory(name="user", model=User)(empty)

        @lab.hook("after_build_struct")
        def note(user):
            seen.append(user)
            return user

        assert [lab.build("user")] == seen
        assert callable(note)

    def test_two_registrations_both_run(self, lab, seen):
        """
        Two hooks of one name at one level run one after the other.
        """
        lab.factory(name="user", model=User)(empty)

        @lab.hook("after_build_struct")
        def first(user):
            seen.append("first")
            return user

        @lab.hook("after_build_struct")
        def second(user):
            seen.append("second")
            return user

        lab.build("user")

        assert ["first", "second"] == seen

    def test_cell_run_twice_replaces(self, lab, seen):
        """
        A hook from the same place is registered once.
        """
        lab.factory(name="user", model=User)(empty)

        def define():
            @lab.hook("after_build_struct")
            def note(user):
                seen.append(1)
                return user

        define()
        define()
        lab.build("user")

        assert [1] == seen

    def test_handle_shows_its_hooks(self, lab, record):
        """
        A handle lists the hooks that would run.
        """
        lab.factory(name="user", model=User, hooks={"after_insert": record("x")})(empty)

        assert "after_insert" in lab.factories()["user"].hooks
