"""
`Lab(extends=...)`: options, hooks, helpers, factories and the repo of a base.
"""

from dataclasses import dataclass

import pytest

from machina_lab import Lab, OptionError, assoc
from tests.support.kinds import Base, MappedUser


@dataclass
class User:
    name: str = "Jane"
    role: str = "member"


@pytest.fixture(name="base")
def _base():
    base = Lab()

    @base.factory
    def user():
        return User("of the base")

    @base.factory
    def article():
        return {"author": assoc("user")}

    @base.helper
    def shout(text):
        return text.upper()

    base.variant("user", "admin", defaults={"role": "admin"})
    return base


class TestFactories:
    def test_are_inherited(self, base):
        """
        A child builds the factories and variants of its base.
        """
        child = Lab(extends=base)

        assert User("of the base") == child.build("user")
        assert "admin" == child.build("admin_user").role
        assert ["user", "article"] == list(child.factories())

    def test_child_wins(self, base):
        """
        A child's own factory stands before the base's, without any complaint.
        """
        child = Lab(extends=base)
        child.factory(name="user")(lambda: User("of the child"))

        assert "of the child" == child.build("user").name
        assert "of the base" == base.build("user").name

    def test_associations_meet_the_childs_factories(self, base):
        """
        A base's `assoc("user")` is the child's user when the child builds.
        """
        child = Lab(extends=base)
        child.factory(name="user")(lambda: User("of the child"))

        assert "of the child" == child.build("article")["author"].name
        assert "of the base" == base.build("article")["author"].name

    def test_late(self, base):
        """
        What the base learns later, the child knows too.
        """
        child = Lab(extends=base)
        base.factory(name="later")(lambda: {"late": True})
        base.variant("later", "loud", defaults={"late": "LATE"})

        assert {"late": True} == child.build("later")
        assert {"late": "LATE"} == child.build("loud_later")
        assert "build_later" in dir(child)

    def test_child_may_add_variants(self, base):
        """
        A variant of an inherited factory is the child's alone.
        """
        child = Lab(extends=base)
        child.variant("user", "guest", defaults={"role": "guest"})

        assert "guest" == child.build("guest_user").role
        assert "build_guest_user_struct" not in dir(base)

    def test_generated_functions(self, base):
        """
        A child has the generated functions of what it inherits.
        """
        base.factory(name="greeting")(lambda name="world": f"Hi {name}")
        child = Lab(extends=base)

        assert "Hi Bob" == child.build_greeting("Bob")
        assert {"build_greeting", "build_greeting_list"} <= set(dir(child))

    def test_any_depth(self, base):
        """
        Grandchildren inherit like children.
        """
        lab = base
        for _ in range(4):
            lab = Lab(extends=lab)

        assert User("of the base") == lab.build("user")
        assert "HI" == lab.shout("hi")


class TestHelpers:
    def test_are_methods_of_the_lab(self, base):
        """
        A helper is called on the lab, and by its own name where it was defined.
        """
        assert "HI" == base.shout("hi")

    def test_are_inherited(self, base):
        """
        A child has the helpers of its base.
        """
        child = Lab(extends=base)
        child.factory(name="sign")(lambda: {"text": child.shout("hi")})

        assert {"text": "HI"} == child.build("sign")
        assert "shout" in dir(child)

    def test_child_wins(self, base):
        """
        A child may have a helper of the same name.
        """
        child = Lab(extends=base)

        @child.helper
        def shout(text):
            return text + "!"

        assert "hi!" == child.shout("hi")
        assert "HI" == base.shout("hi")

    def test_taken_name(self, base):
        """
        A helper may not hide a verb.
        """
        with pytest.raises(OptionError, match="build"):

            @base.helper
            def build():
                return 1

    @pytest.mark.parametrize(
        ("wrong", "right"),
        [("shuot", "shout"), ("buld", "build"), ("inser_list", "insert_list")],
    )
    def test_unknown_name_suggests_the_nearest(self, base, wrong, right):
        """
        An attribute a lab lacks raises with the nearest one it has.
        """
        with pytest.raises(AttributeError, match=f"'{wrong}'.*'{right}'"):
            getattr(base, wrong)


class TestRepo:
    def test_child_shares_the_session(self, memory):
        """
        Parent and child share repo, transaction and journal.
        """
        base = Lab(memory.create(Base))
        base.factory(name="user", model=MappedUser)(lambda: {"name": "J"})
        child = Lab(extends=base)

        child.insert("user")
        base.insert("user")

        assert {"kind_users": 2} == dict(child.pending) == dict(base.pending)
        assert 2 == len(child.journal) == len(base.journal)
        base.rollback()
        assert {} == dict(child.pending)

    def test_insert_functions_are_inherited(self, memory):
        """
        A child of a connected lab can insert.
        """
        with Lab(memory.create(Base)) as base:
            base.factory(name="user", model=MappedUser)(lambda: {"name": "J"})
            child = Lab(extends=base)

            assert 1 == child.insert_user().id

    def test_child_may_have_its_own(self, memory):
        """
        A child's own repo stands before its base's.
        """
        other = memory.open()
        Base.metadata.create_all(other)
        base = Lab(memory.create(Base))
        child = Lab(other, extends=base)
        base.factory(name="user", model=MappedUser)(lambda: {"name": "J"})

        child.insert("user")

        assert {} == dict(base.pending)
        assert {"kind_users": 1} == dict(child.pending)
        child.rollback()


class TestErrors:
    def test_extends_what_is_no_lab(self):
        """
        Only a lab can be extended.
        """
        with pytest.raises(TypeError, match="extends"):
            Lab(extends={"user": 1})
