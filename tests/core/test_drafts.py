"""
Drafts: records that were worked out and not made.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from machina_lab import Lab, assoc, assoc_list, literal
from machina_lab.core.associations import Assoc
from machina_lab.core.drafts import Draft
from tests.support.models import Article, User


@pytest.fixture(name="lab")
def _lab():
    lab = Lab()
    lab.factory(name="user", model=User)(lambda: {"name": "Jane"})
    lab.factory(name="article", model=Article)(
        lambda: {"title": "T", "author": assoc("user")}
    )
    lab.factory(name="writer", model=User)(
        lambda: {"name": "W", "articles": assoc_list(2, "article", author=None)}
    )
    return lab


def test_attributes_are_there(lab):
    """
    A draft answers for its fields: what was worked out, else the default or None.
    """
    (draft,) = lab.drafts(1, "article", None)

    assert "T" == draft.title
    assert "Jane" == draft.author.name
    assert draft.published_at is None
    assert "draft of Article" in repr(draft)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = draft.nonsense
    with pytest.raises(AttributeError, match="__len__"):
        draft.__len__()


def test_behaves_as_the_record(lab):
    """
    Methods, properties, texts and what nobody gave are those of the record.
    """

    class Person:
        def __init__(self, first, last="Doe"):
            self.first, self.last = first, last

        @property
        def full(self):
            return f"{self.first} {self.last}"

        def shout(self):
            return self.full.upper()

        def __str__(self):
            return self.full

        def __format__(self, spec):
            return format(self.full, spec)

    draft = Draft(Person, {"first": "Jane"}, {})

    assert ("Jane", "Doe", "Jane Doe") == (draft.first, draft.last, draft.full)
    assert "JANE DOE" == draft.shout()
    assert ("Jane Doe", "Jane Doe  ") == (str(draft), f"{draft:10}")
    (writer,) = lab.drafts(1, "user", None)
    assert [] == writer.articles


def test_is_made_once(lab):
    """
    A draft at several places becomes one record, in whatever it lies.
    """
    user = Draft(User, {"name": "Jane"}, {})
    places = {"list": [user], "tuple": (user, 1), "set": {user}, "dict": {"key": user}}
    holder = Draft(Article, {"author": user, "editor": user, **places}, {})

    assert [holder, *[user] * 6] == list(holder.tree())
    memo = {}
    made = {key: Draft(dict, {key: value}, {}) for key, value in places.items()}
    record = user.make(memo)

    assert record is user.make(memo)
    assert {"list": [record]} == made["list"].make(memo)
    assert {"tuple": (record, 1)} == made["tuple"].make(memo)
    assert {"set": {record}} == made["set"].make(memo)
    assert {"dict": {"key": record}} == made["dict"].make(memo)
    shared = {"no": "draft"}
    assert shared is Draft(dict, {"data": shared}, {}).make()["data"]


def test_can_be_made_after_all(lab):
    """
    A draft makes the record it stands for, drafts within it too.
    """
    (article,) = lab.drafts(1, "article", {"title": "X"})
    (writer,) = lab.drafts(1, "writer", None)

    assert ("X", "Jane") == (article.make().title, article.make().author.name)
    assert ["T", "T"] == [each.title for each in writer.make().articles]


@dataclass
class Person:
    name: Any
    role: str = "member"


class TestQuick:
    """
    Drafts of plain factories take a short way.
    """

    def test_what_is_drafted_is_what_is_built(self):
        """
        Associations, lazies and what is no dict come out as from a build.
        """
        lab = Lab()
        lab.factory(lambda: {"name": "Jane"}, name="user", model=Person)
        lab.factory(
            lambda: {"name": assoc("user"), "role": lambda it: it.name.name.lower()},
            name="post",
            model=Person,
        )
        lab.factory(lambda: Person("Own"), name="own", model=Person)

        for name in ("user", "post", "own"):
            (draft,) = lab.drafts(1, name, None)
            made = draft.make() if isinstance(draft, Draft) else draft
            assert lab.build(name) == made

    def test_a_dict_of_the_body_stays_as_it_is(self):
        """
        A body may return the same dict each time: each draft has a user of its own.
        """
        lab = Lab()
        shared = {"name": assoc("user")}
        lab.factory(lambda: {"name": "Jane"}, name="user", model=Person)
        lab.factory(lambda: shared, name="post", model=Person)

        one, other = lab.drafts(2, "post", None)

        assert one.name is not other.name
        assert isinstance(shared["name"], Assoc)

    def test_failures_tell_where(self):
        """
        A parent that fails is named with the key that it was for.
        """
        lab = Lab()
        lab.factory(lambda: {"name": 1 / 0}, name="user", model=Person)
        lab.factory(lambda: {"name": assoc("user")}, name="post", model=Person)

        with pytest.raises(ZeroDivisionError) as failed:
            list(lab.drafts(1, "post", None))

        notes = " ".join(failed.value.__notes__)
        assert "post" in notes
        assert "name" in notes
        assert "user" in notes


class TestCareful:
    """
    People's own functions get records, unless they asked for rows alone.
    """

    @pytest.fixture(name="seen")
    def _seen(self):
        return []

    @pytest.fixture(name="posts")
    def _posts(self, seen):
        lab = Lab()
        lab.factory(lambda: {"name": "Jane"}, name="user", model=Person)

        def look(it):
            seen.append(type(it.name))
            return "seen"

        lab.factory(
            lambda: {"name": assoc("user"), "role": look}, name="post", model=Person
        )
        lab.factory(
            lambda: {"name": assoc("user"), "role": lambda: "x"},
            name="blind",
            model=Person,
        )
        return lab

    def test_a_lazy_with_the_parent(self, posts, seen):
        """
        It sees records; the one it belongs to is still a draft.
        """
        (draft,) = posts.drafts(1, "post", None, careful=True)

        assert [Person] == seen
        assert isinstance(draft, Draft)
        list(posts.drafts(1, "post", None))
        assert Draft is seen[-1]

    def test_a_lazy_of_the_caller(self, posts, seen):
        """
        Also one that the caller gives.
        """
        look = lambda it: seen.append(type(it.name))
        list(posts.drafts(1, "blind", {"role": look}, careful=True))

        assert [Person] == seen

    def test_lazies_that_see_nothing(self, posts):
        """
        Those that take nothing, and literals, hinder no draft.
        """
        given = {"role": literal(str.upper)}
        for each in (None, given):
            (draft,) = posts.drafts(1, "blind", each, careful=True)
            assert isinstance(draft.name, Draft)

    @pytest.mark.parametrize("stage", ["after_build_params", "before_build_struct"])
    def test_a_hook(self, posts, seen, stage):
        """
        Hooks that get the attributes, too.
        """

        def hook(attributes):
            seen.append(type(attributes["name"]))
            return attributes

        posts.factory(
            lambda: {"name": assoc("user")}, name="x", model=Person, hooks={stage: hook}
        )
        list(posts.drafts(1, "x", None, careful=True))

        assert [Person] == seen

    def test_what_calls_a_class_never_gets_drafts(self, posts, seen):
        """
        A hook that gets the record gets one made of records, and so does a body's own.
        """
        posts.factory(
            lambda: {"name": assoc("user")},
            name="x",
            model=Person,
            hooks={"after_build_struct": lambda made: seen.append(made) or made},
        )
        posts.factory(lambda: Person("Own"), name="own")
        list(posts.drafts(1, "x", None))
        (own,) = posts.drafts(1, "own", {"name": assoc("user")})

        assert Person is type(seen[0].name)
        assert Person("Jane") == own.name
