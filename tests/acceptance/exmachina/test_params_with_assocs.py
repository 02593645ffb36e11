"""
ExMachina: params_with_assocs and string_params_with_assocs (T111-T117).
"""

import pytest

from machina_lab import InsertError, Lab
from tests.support.models import Article, User


@pytest.fixture(name="users")
def _users(factory, database):
    """
    Return a function that gives the keys of all users, after a commit.
    """

    def read():
        factory.commit()
        return [key for (key,) in database.rows("select id from users order by id")]

    return read


class TestParams:
    def test_embeds(self, factory, users):
        """
        T111: values of tagged columns are dicts beside the foreign key.
        """
        got = factory.params_with_assocs("document", author=factory.build("user"))

        assert [got["author_id"]] == users()
        assert {"body": "Sample text content"} == got["content"]

    def test_belongs_to_is_inserted(self, factory, users, database):
        """
        T112: what the record belongs to is inserted, the record itself is not.
        """
        got = factory.params_with_assocs("article")

        assert [got["author_id"]] == users()
        assert {"title": "My Awesome Article", "author_id": got["author_id"]} == got
        assert 0 == database.count("articles")

    def test_unset(self, factory, users):
        """
        T113: an association that nobody set inserts nothing.
        """
        factory.factory(name="bare")(lambda: Article(title="Bare"))

        assert {"title": "Bare"} == factory.params_with_assocs("bare")
        assert [] == users()

    def test_has_many(self, factory, users, database):
        """
        T114: children become params; neither they nor their parents are inserted.
        """
        got = factory.params_with_assocs("user", articles=[factory.build("article")])

        assert [{"title": "My Awesome Article"}] == got["articles"]
        assert [] == users()
        assert 0 == database.count("articles")

    def test_none(self, factory):
        """
        T115: None is dropped.
        """
        got = factory.params_with_assocs("user", admin=None)

        assert {"name": "John Doe", "articles": []} == got

    def test_explicit_foreign_key(self, factory, users):
        """
        T112: a foreign key that the caller gave survives, and nobody is inserted.
        """
        user = factory.insert("user")

        got = factory.params_with_assocs("article", author_id=user.id)

        assert {"title": "My Awesome Article", "author_id": user.id} == got
        assert [user.id] == users()

    def test_persisted(self, factory, users):
        """
        T112: a parent that is in the database gives its key.
        """
        user = factory.insert("user")

        got = factory.params_with_assocs("article", author=user)

        assert user.id == got["author_id"]
        assert [user.id] == users()

    def test_record_never_reaches_the_session(self, factory, database):
        """
        T112: a later insert does not drag the article along.
        """
        got = factory.params_with_assocs("article")
        factory.insert("publisher")
        factory.commit()

        assert 0 == database.count("articles")
        assert got["author_id"] is not None

    def test_without_a_repo(self, offline):
        """
        T112: a parent that would have to be inserted needs a database.
        """
        with pytest.raises(InsertError, match=r"Lab\(|connect"):
            offline.params_with_assocs("article")

    def test_without_a_repo_and_parents(self):
        """
        T115: with nothing to insert, no database is needed.
        """
        lab = Lab()
        lab.factory(name="user")(lambda: User(name="John"))

        assert {"name": "John"} == lab.params_with_assocs("user")


class TestStringParams:
    def test_embeds(self, factory, users):
        """
        T116: the same with texts for keys, embeds included.
        """
        got = factory.string_params_with_assocs(
            "document", author=factory.build("user")
        )

        assert {"body": "Sample text content"} == got["content"]
        assert [got["author_id"]] == users()

    def test_foreign_key(self, factory, users):
        """
        T117: keys are texts, the foreign key is there.
        """
        got = factory.string_params_with_assocs("article")

        assert {"title": "My Awesome Article", "author_id": got["author_id"]} == got
        assert [got["author_id"]] == users()
