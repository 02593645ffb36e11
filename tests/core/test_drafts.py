"""
Drafts: records that were worked out and not made.
"""

import pytest

from machina_lab import Lab, assoc, assoc_list
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
