"""
Drafts: records that were worked out and not made.
"""

import pytest

from machina_lab import Lab, assoc, assoc_list
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


def test_can_be_made_after_all(lab):
    """
    A draft makes the record it stands for, drafts within it too.
    """
    (article,) = lab.drafts(1, "article", {"title": "X"})
    (writer,) = lab.drafts(1, "writer", None)

    assert ("X", "Jane") == (article.make().title, article.make().author.name)
    assert ["T", "T"] == [each.title for each in writer.make().articles]
