"""
FactoryMan: base labs and reflection (rows 124-127, 132-134).
"""

from machina_lab import Lab
from tests.support.bodies import empty
from tests.support.factoryman import User, base_lab, demo_lab


class TestOptions:
    def test_levels(self, engine):
        """
        Row 124: repo and hooks come from the base, the model from the factory.
        """
        base = base_lab(engine)
        child = Lab(extends=base)
        child.factory(name="user", model=User)(empty)
        child.factory(name="off", model=User, insert=False)(empty)

        assert "lab" == base.options()["repo"].level
        assert "parent" == child.options()["repo"].level
        assert User is child.options("user")["model"].value
        assert False is child.options("off")["insert"].value
        assert "parent" == child.options("off")["repo"].level

    def test_hooks_of_two_levels(self):
        """
        Row 127: hooks of different names at two levels both run.
        """
        parent = Lab(hooks={"before_build_params": lambda p: p | {"before_hook": 1}})
        child = Lab(
            extends=parent,
            hooks={"after_build_params": lambda p: p | {"after_hook": 2}},
        )
        child.factory(name="event")(lambda params: {"name": "event", **params})

        assert {
            "name": "event",
            "before_hook": 1,
            "after_hook": 2,
        } == child.build_event()


class TestHelpers:
    def test_of_parent_and_grandparent(self):
        """
        Row 125: a grandchild's factory uses the helpers above it.
        """
        grandparent = Lab()
        grandparent.helper(grandparent_helper)
        parent = Lab(extends=grandparent)
        parent.helper(parent_helper)
        child = Lab(extends=parent)

        @child.factory
        def words():
            return {
                "parent": child.parent_helper(),
                "grandparent": child.grandparent_helper(),
            }

        assert {"parent": "from parent", "grandparent": "from grandparent"} == (
            child.build_words()
        )

    def test_calling_the_function(self):
        """
        Row 125: the decorated function stays a function.
        """
        lab = Lab()

        assert "from parent" == lab.helper(parent_helper)()


class TestReflection:
    def test_factories(self):
        """
        Row 132: factories are listed in the order of definition, with their handles.
        """
        names = list(demo_lab().factories())

        assert ["user", "author", "extended_user"] == names[:3]
        assert "moderator_user" not in names

    def test_none(self):
        """
        Row 133: a lab without factories lists none.
        """
        assert {} == dict(base_lab().factories())

    def test_variants(self):
        """
        Row 134: a factory lists its variants.
        """
        factories = demo_lab().factories()

        assert {"admin", "guest", "moderator"} <= set(factories["user"].variants)
        assert ["loud"] == list(factories["greeting"].variants)
        assert [] == list(factories["author"].variants)


def parent_helper():
    return "from parent"


def grandparent_helper():
    return "from grandparent"
