"""
Options cascade: parent lab, lab, factory; and every value knows its level.
"""

from dataclasses import dataclass

import pytest

from machina_lab import Lab, OptionError, UndefinedFactoryError
from tests.support.bodies import empty
from tests.support.kinds import Base, MappedUser


@dataclass
class User:
    name: str = "Jane"
    nick: str | None = None


@pytest.fixture(name="parent")
def _parent():
    return Lab(keep_none=True, build_params=False)


class TestCascade:
    def test_levels(self, parent):
        """
        Each resolved option knows where it was set.
        """
        lab = Lab(extends=parent, strict=False)
        lab.factory(name="user", model=User, insert=False)(lambda: User())

        options = lab.options("user")

        assert {
            "keep_none": (True, "parent"),
            "build_params": (False, "parent"),
            "strict": (False, "lab"),
            "insert": (False, "factory"),
            "build_struct": (True, "default"),
            "cast": (True, "default"),
        } == {
            name: (options[name].value, options[name].level)
            for name in (
                "keep_none",
                "build_params",
                "strict",
                "insert",
                "build_struct",
                "cast",
            )
        }

    def test_nearest_wins(self, parent):
        """
        The factory's word counts more than the lab's, the lab's more than its parent's.
        """
        lab = Lab(extends=parent, keep_none=False)
        lab.factory(name="user")(lambda: User())
        lab.factory(name="keeper", keep_none=True)(lambda: User())

        assert {"name": "Jane"} == lab.params_for("user")
        assert {"name": "Jane", "nick": None} == lab.params_for("keeper")
        assert "lab" == lab.options("user")["keep_none"].level
        assert "factory" == lab.options("keeper")["keep_none"].level

    def test_chains_of_any_length(self):
        """
        A grandparent's option reaches the grandchild.
        """
        lab = Lab(keep_none=True)
        for _ in range(4):
            lab = Lab(extends=lab)
        lab.factory(name="user")(lambda: User())

        assert {"name": "Jane", "nick": None} == lab.params_for("user")
        assert "parent" == lab.options("user")["keep_none"].level

    def test_lab_shows_its_own_options(self, parent):
        """
        Without a name, `lab.options` shows those of the lab.
        """
        lab = Lab(extends=parent, cast=False)

        options = lab.options()

        assert (False, "lab") == (options["cast"].value, options["cast"].level)
        assert "parent" == options["keep_none"].level
        assert "default" == options["insert"].level

    def test_handle_has_the_same_options(self, parent):
        """
        A handle's options are what the lab says of it.
        """
        lab = Lab(extends=parent)
        user = lab.factory(name="user", insert=False)(lambda: User())

        assert dict(lab.options("user")) == dict(user.options)

    def test_model_is_an_option(self, parent):
        """
        The model shows among the options of its factory.
        """
        parent.factory(name="user", model=User)(empty)

        option = parent.options("user")["model"]

        assert (User, "factory") == (option.value, option.level)

    @pytest.mark.parametrize(
        ("of_lab", "of_factory", "resolved"),
        [
            (None, None, False),
            (True, None, True),
            (None, True, True),
            (False, True, True),
            (True, False, False),
        ],
    )
    def test_lazies_of_a_body_that_merges(self, of_lab, of_factory, resolved):
        """
        `evaluate_lazies` decides, and the factory's word counts more than the lab's.
        """
        lab = Lab(evaluate_lazies=of_lab)
        options = {} if of_factory is None else {"evaluate_lazies": of_factory}
        lab.factory(name="thing", **options)(lambda attrs: {**attrs})
        function = lambda: 1

        assert {"f": 1 if resolved else function} == lab.build("thing", f=function)

    def test_repo_of_a_factory(self, memory):
        """
        A factory may have a repo of its own; it shows as the factory's.
        """
        engine = memory.create(Base)
        lab = Lab()
        lab.factory(name="user", model=MappedUser, repo=engine)(lambda: {"name": "J"})
        lab.factory(name="other", model=MappedUser)(lambda: {"name": "J"})

        assert "factory" == lab.options("user")["repo"].level
        assert "insert_user" in dir(lab)
        assert "insert_other" not in dir(lab)
        assert lab.insert("user").id is not None
        assert {"kind_users": 1} == dict(lab.pending)
        lab.rollback()
        assert {} == dict(lab.pending)

    def test_per_call(self):
        """
        `keep_none` given to the call beats every level.
        """
        lab = Lab(keep_none=True)
        lab.factory(name="user", keep_none=True)(lambda: User())

        assert {"name": "Jane"} == lab.params_for("user", keep_none=False)


class TestErrors:
    def test_unknown_factory(self):
        """
        Options of a factory that does not exist raise like a build would.
        """
        with pytest.raises(UndefinedFactoryError, match="'nope'"):
            Lab().options("nope")

    @pytest.mark.parametrize(
        ("wrong", "right"), [("insrt", "insert"), ("keepnone", "keep_none")]
    )
    def test_typo(self, wrong, right):
        """
        An unknown option raises with the nearest name.
        """
        with pytest.raises(OptionError, match=f"{wrong!r}.*{right!r}"):
            Lab().factory(**{wrong: True})(empty)

    @pytest.mark.parametrize(
        ("wrong", "right"), [("hoks", "hooks"), ("extend", "extends")]
    )
    def test_typo_in_what_a_lab_is_made_of(self, wrong, right):
        """
        The lab's hooks and the lab it extends are among the names that are near.
        """
        with pytest.raises(OptionError, match=f"{wrong!r}.*{right!r}"):
            Lab(**{wrong: None})

    def test_unknown_hook_mode(self):
        """
        `hook_mode` is one of two words.
        """
        with pytest.raises(OptionError, match=r"hook_mode.*chian|chian.*hook_mode"):
            Lab(hook_mode="chian")

    def test_unknown_strictness(self):
        """
        `strict` is True, False or "all".
        """
        with pytest.raises(OptionError, match=r"strict.*maybe|maybe.*strict"):
            Lab(strict="maybe")


class TestStrict:
    def test_all_finds_what_a_body_ignored(self):
        """
        `strict="all"` raises when a body dropped what it was given.
        """
        lab = Lab(strict="all")
        lab.factory(name="user", model=User)(lambda params: {"name": "forgetful"})

        with pytest.raises(KeyError, match=r"user.*name|name.*user"):
            lab.build("user", name="alice")
        assert User("forgetful") == lab.build("user")

    def test_all_finds_what_a_body_changed(self):
        """
        `strict="all"` raises when a body changed what it was given.
        """
        lab = Lab(strict="all")
        lab.factory(name="user", model=User)(
            lambda params: {"name": params.get("name", "j").upper()}
        )

        with pytest.raises(KeyError, match="name"):
            lab.build("user", name="alice")
        assert User("ALICE") == lab.build("user", name="ALICE")

    def test_all_leaves_faithful_bodies_alone(self):
        """
        A body that merges what it was given passes.
        """
        lab = Lab(strict="all")
        lab.factory(name="user", model=User)(lambda params: {"name": "J", **params})

        assert User("alice", "al") == lab.build("user", name="alice", nick="al")
        assert User("lazy") == lab.build("user", name=lambda: "lazy")

    def test_true_says_nothing_of_bodies(self):
        """
        By default a body of one positional may ignore what it likes.
        """
        lab = Lab()
        lab.factory(name="user", model=User)(lambda params: {"name": "forgetful"})

        assert User("forgetful") == lab.build("user", name="alice")
