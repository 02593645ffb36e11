"""
ExMachina: insert, insert_pair, insert_list (T32-T35, T40-T41, T47-T51, T53, T72-T77).
"""

import pytest

from machina_lab import InsertError, Lab
from tests.support.exmachina import add_factories
from tests.support.models import Article, Publisher, User


class TestWithoutARepo:
    @pytest.mark.parametrize(
        "call",
        [
            lambda lab: lab.insert("user"),
            lambda lab: lab.insert(lab.build("user")),
            lambda lab: lab.insert_pair("user"),
            lambda lab: lab.insert_list(3, "user"),
            lambda lab: lab.insert_list(0, "user"),
        ],
        ids=["name", "record", "pair", "list", "none"],
    )
    def test_says_what_to_pass(self, offline, call):
        """
        T72: inserting without a database says what to pass.
        """
        with pytest.raises(InsertError, match=r"Lab\(|connect"):
            call(offline)

    def test_before_anything_else(self):
        """
        T32: the missing database is told before the record's faults.
        """
        lab = Lab()
        lab.factory(name="whatever")(lambda: {"a": 1})

        with pytest.raises(InsertError, match=r"Lab\(|connect"):
            lab.insert("whatever")


class TestRecord:
    def test_is_inserted(self, factory, database):
        """
        T33: a record is inserted, gets its key and stays the same.
        """
        model = factory.insert(User(name="John"))
        factory.commit()

        assert 1 == database.count("users")
        assert [(model.id, "John")] == database.rows("select id, name from users")
        assert "John" == model.name

    def test_dict(self, factory):
        """
        T34: a dict is no mapped record; the error says to build it.
        """
        with pytest.raises(InsertError, match=r"foo.*mapped.*build|dict.*mapped"):
            factory.insert({"foo": "bar"})

    def test_dict_factory(self, factory):
        """
        T34: a factory of dicts cannot be inserted either.
        """
        with pytest.raises(InsertError, match=r"user_map.*build|dict.*build"):
            factory.insert("user_map")

    def test_plain_object(self, factory):
        """
        T35: an object of a class that is not mapped is refused.
        """

        class Plain:
            pass

        with pytest.raises(InsertError, match=r"Plain.*mapped|Plain.*build"):
            factory.insert(Plain())

    def test_virtual_fields(self, factory, database):
        """
        T40: an attribute without a column is kept, and nothing is stored of it.
        """
        user = factory.insert("user", password="foo")

        assert user.id is not None
        assert "foo" == user.password
        factory.commit()
        assert 1 == database.count("users")

    def test_none(self, factory):
        """
        T41: an association may be none.
        """
        assert None is factory.insert("article", author=None).author

    def test_data_outside_the_schema(self, factory):
        """
        T47: what was put on a record by hand survives its insert.
        """
        publisher = factory.build("publisher")
        publisher.name = "name"

        article = factory.insert("article", publisher=publisher)

        assert "name" == article.publisher.name

    def test_persisted_association(self, factory, database):
        """
        T48: a record that is already there is used, not inserted again.
        """
        user = factory.insert("user", name="Jane")

        article = factory.insert("article", author=user)
        factory.commit()

        assert user is article.author
        assert 1 == database.count("users")

    def test_twice(self, factory):
        """
        T53: a record that is already inserted is refused.
        """
        user = factory.insert("user", name="Maximus")

        with pytest.raises(InsertError, match=r"already.*insert"):
            factory.insert(user)

    def test_twice_with_options(self, factory):
        """
        T53: the guard holds with options, too.
        """
        user = factory.insert("user")

        with pytest.raises(InsertError, match=r"already.*insert"):
            factory.insert(user, None, {"returning": True})


class TestReturning:
    def test_name_with_attributes(self, factory):
        """
        T49: with `returning`, values that the database made are read.
        """
        user = factory.insert("user", {"name": "Jane"}, {"returning": True})

        assert user.id is not None
        assert ("Jane", "made in db") == (user.name, user.db_value)

    def test_name_alone(self, factory):
        """
        T49: options go without attributes.
        """
        user = factory.insert("user", None, {"returning": True})

        assert user.id is not None
        assert "made in db" == user.db_value

    def test_record(self, factory):
        """
        T49: a built record is inserted with options.
        """
        user = factory.insert(factory.build("user"), None, {"returning": True})

        assert user.id is not None
        assert "made in db" == user.db_value

    def test_without(self, factory):
        """
        T49: without the option the record shows what was sent.
        """
        user = factory.insert(factory.build("user"))

        assert user.id is not None
        assert None is user.db_value

    @pytest.mark.parametrize("attrs", [{"name": "Jane"}, {}, None], ids=repr)
    def test_pair(self, factory, attrs):
        """
        T50: insert_pair takes options.
        """
        for user in factory.insert_pair("user", attrs, {"returning": True}):
            assert user.id is not None
            assert (attrs or {}).get("name", "John Doe") == user.name
            assert "made in db" == user.db_value

    @pytest.mark.parametrize("attrs", [{"name": "Jane"}, {}, None], ids=repr)
    def test_list(self, factory, attrs):
        """
        T51: insert_list takes options.
        """
        for user in factory.insert_list(2, "user", attrs, {"returning": True}):
            assert user.id is not None
            assert (attrs or {}).get("name", "John Doe") == user.name
            assert "made in db" == user.db_value


class TestFamily:
    def test_one(self, factory):
        """
        T75: insert takes a record, a name, a name with attributes.
        """
        for user in (
            factory.insert(factory.build("user")),
            factory.insert("user"),
            factory.insert("user", admin=True),
        ):
            assert isinstance(user, User)
            assert user.id is not None

    def test_pair(self, factory):
        """
        T75: insert_pair inserts two.
        """
        for pair in (
            factory.insert_pair("user"),
            factory.insert_pair("user", admin=True),
        ):
            assert [User, User] == [type(user) for user in pair]

    def test_list(self, factory):
        """
        T75: insert_list inserts as many as it is told.
        """
        for users in (
            factory.insert_list(3, "user"),
            factory.insert_list(3, "user", admin=True),
        ):
            assert [User] * 3 == [type(user) for user in users]
            assert 3 == len({user.id for user in users})

    def test_none(self, factory):
        """
        T76: insert_list of none is an empty list.
        """
        assert [] == factory.insert_list(0, "user")


class TestLazies:
    def test_one(self, factory):
        """
        T77: lazies are evaluated before the insert.
        """
        article = factory.insert(
            "article", publisher=lambda: factory.build("publisher")
        )

        assert isinstance(article.publisher, Publisher)
        assert article.publisher.id is not None

    def test_pair(self, factory):
        """
        T77: the two of a pair have publishers of their own.
        """
        one, two = factory.insert_pair(
            "article", publisher=lambda: factory.build("publisher")
        )

        assert one.publisher.id != two.publisher.id

    def test_list(self, factory):
        """
        T77: each of a list has an author and a publisher of its own.
        """
        articles = factory.insert_list(
            3, "article", publisher=lambda: factory.build("publisher")
        )

        assert [Article] * 3 == [type(article) for article in articles]
        assert 3 == len({article.author.id for article in articles})
        assert 3 == len({article.publisher.id for article in articles})


def test_repo_may_be_connected_later(engine, database):
    """
    T72: once connected, the same lab inserts.
    """
    lab = add_factories(Lab())

    lab.connect(engine)
    lab.insert("user")
    lab.commit()

    assert 1 == database.count("users")
