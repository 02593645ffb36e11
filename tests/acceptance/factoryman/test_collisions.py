"""
FactoryMan: inserts that are switched off, collisions (rows 238-242, 247-248).
"""

import pytest

from machina_lab import Lab, OptionError, Strategy
from tests.support.bodies import empty
from tests.support.factoryman import Base, Embedded, User


@pytest.fixture(name="lab")
def _lab(memory):
    lab = Lab(memory.create(Base))
    yield lab
    lab.rollback()


class TestInsert:
    def test_default(self, lab):
        """
        Row 238: a mapped class with a repo is inserted, with both hooks.
        """
        seen = []
        hooks = {
            "before_insert": lambda user: seen.append(user.id) or user,
            "after_insert": lambda user: seen.append(user.id) or user,
        }
        lab.factory(name="user", model=User, hooks=hooks)(lambda: {"username": "u"})

        user = lab.insert_user()

        assert [None, user.id] == seen

    def test_off(self, lab):
        """
        Row 239: without insert, the builders stay.
        """
        lab.factory(name="user", model=User, insert=False)(lambda: {"username": "u"})

        assert not hasattr(lab, "insert_user")
        assert "u" == lab.build_user_struct().username

    def test_impossible(self, lab):
        """
        Row 242: a class without a table has no insert functions, silently.
        """
        lab.factory(name="it", model=Embedded)(empty)

        assert not hasattr(lab, "insert_it")

    def test_target_of_ones_own(self, lab):
        """
        Rows 240, 244: another target is a strategy; it gets the built record.
        """
        stored = []

        class Search(Strategy, function_name="index"):
            def handle(self, record, details):
                stored.append((record, dict(details.call_options)))
                return record

        lab.use(Search)
        lab.factory(name="it", model=Embedded)(empty)

        lab.index("it", {"some_field": "x"}, {"refresh": True})

        assert [(Embedded("x"), {"refresh": True})] == stored

    def test_variants(self, lab):
        """
        Row 247: variants follow their base.
        """
        lab.factory(name="user", model=User, insert=False)(lambda: {"username": "u"})
        lab.variant("user", "admin", defaults={"username": "admin"})

        assert not hasattr(lab, "insert_admin_user")
        assert "admin" == lab.build_admin_user_struct().username


class TestCollisions:
    def test_variant_and_factory(self, lab):
        """
        Row 248: a factory that is called like a variant's full name is refused.
        """
        lab.factory(name="user", model=User)(empty)
        lab.variant("user", "admin", defaults={"username": "admin"})

        with pytest.raises((OptionError, ValueError), match="admin_user"):
            lab.factory(name="admin_user", model=User)(lambda: {"username": "x"})

    def test_list_and_factory(self, lab):
        """
        Row 104: a factory that is called like another one's list is refused.
        """
        lab.factory(name="tag")(lambda name="tag": name)

        with pytest.raises(OptionError, match="build_tag_list"):
            lab.factory(name="tag_list")(lambda name="tag": [name])

    def test_helper_and_function(self, lab):
        """
        Row 248: a generated function does not hide a helper.
        """

        @lab.helper
        def build_user_struct():
            return "by hand"

        with pytest.raises(OptionError, match="build_user_struct"):
            lab.factory(name="user", model=User)(empty)
        assert "by hand" == lab.build_user_struct()
