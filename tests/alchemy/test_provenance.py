"""
What records remember of where their attributes came from.
"""

import gc
import pickle

from machina_lab.alchemy.construction import change, construct
from machina_lab.alchemy.provenance import UNKNOWN, explicit_nones, provenance
from tests.support.dataclass_models import Reader
from tests.support.models import Article, User


def test_a_record_made_by_hand_is_unknown():
    """A record that the lab never touched has nothing to tell."""
    assert provenance(User(name="J")) is UNKNOWN
    assert not UNKNOWN.made


def test_named_and_given():
    """What factory and caller set is named, what the caller set is given."""
    known = provenance(construct(User, {"name": "J", "admin": True}, {"admin": True}))

    assert known.named == {"name", "admin"}
    assert known.given == {"admin"}
    assert known.made


def test_parents():
    """A record knows the parent it was made with, also when it has another since."""
    first, second = User(), User()
    article = construct(Article, {"author": first, "title": "x"}, {})
    article.author = second
    known = provenance(article)

    assert known.names("author", first)
    assert not known.names("author", second)
    assert not known.names("editor", second)


def test_a_mapping_as_parent():
    """A parent given as a mapping is the record made of it."""
    article = construct(Article, {"author": {"name": "J"}}, {})

    assert provenance(article).names("author", article.author)
    assert not provenance(article).names("author", User())


def test_parents_are_not_kept_alive():
    """Remembering a former parent does not keep it in memory."""
    article = construct(Article, {"author": User()}, {})
    known = provenance(article)
    article.author = None
    gc.collect()

    assert known.parents["author"].obj() is None


def test_changes_add_up():
    """Later changes add to what is known."""
    user = construct(User, {"name": "J"}, {})
    change(user, {"admin": True}, {"admin": True})

    assert provenance(user).named == {"name", "admin"}
    assert provenance(user).given == {"admin"}


def test_pickling_keeps_the_names():
    """A pickled record still knows what was named."""
    article = construct(Article, {"author": User(), "title": None}, {})
    again = pickle.loads(pickle.dumps(article))

    assert provenance(again).named == {"author", "title"}
    assert explicit_nones(again) == {"title"}


def test_nones_of_records_made_by_hand():
    """By hand every None counts, but for the constructor of a dataclass."""
    assert explicit_nones(User(name=None, admin=True)) == {"name"}
    assert explicit_nones(Reader(name="J")) == frozenset()


def test_a_none_that_is_gone():
    """A None that was replaced since is no None."""
    user = construct(User, {"name": None, "admin": None}, {})
    user.name = "J"

    assert explicit_nones(user) == {"admin"}
