"""
FactoryMan: insert, edited structs, associations (rows 13-40).
"""

import pytest

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from machina_lab import InsertError, OptionError, sequence
from tests.support.factoryman import Author, Base, User, as_new


@pytest.fixture
def engine(database):
    """
    Return an engine on a database of each sort.
    """
    return database.create(Base)


class TestInsert:
    def test_default(self, demo):
        """
        Row 13: an inserted record has its key.
        """
        user = demo.insert_user()

        assert isinstance(user, User)
        assert isinstance(user.id, int)

    def test_given(self, demo):
        """
        Row 14: what the caller gives is inserted.
        """
        user = demo.insert_user({"username": "charlie"})

        assert (int, "charlie") == (type(user.id), user.username)

    def test_options(self, demo):
        """
        Row 15: options come after the params.
        """
        user = demo.insert_user({"username": "options"}, {"returning": True})

        assert isinstance(user.id, int)

    def test_options_alone(self, demo):
        """
        Row 15: they may come without.
        """
        assert isinstance(demo.insert_user(None, {"returning": True}).id, int)

    def test_unknown_option(self, demo):
        """
        Row 15: an option nobody knows raises with the nearest name.
        """
        with pytest.raises(OptionError, match=r"'retruning'.*'returning'"):
            demo.insert_user({}, {"retruning": True})

    def test_unique(self, demo):
        """
        Row 16: a duplicate raises the database's error and leaves the lab usable.
        """
        demo.insert_user({"username": "only"})

        with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate") as caught:
            demo.insert_user({"username": "only"})

        assert "user" in "\n".join(caught.value.__notes__)
        assert isinstance(demo.insert_user({"username": "next"}).id, int)

    def test_two(self, demo):
        """
        Row 17: two inserts make two keys.
        """
        assert demo.insert_user().id != demo.insert_user().id

    def test_variant(self, demo):
        """
        Row 18: a variant of a variant is inserted with params and options.
        """
        user = demo.insert_senior_user({"first_name": "Ann"}, {"returning": True})

        assert user.username.startswith("admin-")
        assert "Ann" == user.first_name

    def test_variants_by_name(self, demo):
        """
        Row 19: lists take variants through composed names.
        """
        users = demo.insert_list(2, "user+admin")
        (other,) = demo.insert_list(1, "user+admin", {"first_name": "Bo"})

        assert all(user.username.startswith("admin-") for user in users)
        assert "Bo" == other.first_name

    def test_inherited_hook(self, demo):
        """
        Row 20: the base's hook resets associations after the insert.
        """
        author = demo.insert_author()

        assert "user" in inspect(author).unloaded
        assert isinstance(author.user_id, int)


class TestRecords:
    def test_edited(self, demo):
        """
        Row 21: a built record may be changed, then inserted.
        """
        user = demo.build_user_struct()
        user.first_name = "Modified"

        got = demo.insert(user)

        assert user is got
        assert (int, "Modified") == (type(got.id), got.first_name)

    def test_hooks_run(self, demo):
        """
        Row 22: the lab's insert hooks run for a record as well.
        """
        author = demo.insert(demo.build_author_struct())

        assert "user" in inspect(author).unloaded
        assert isinstance(author.user_id, int)

    def test_options(self, demo):
        """
        Row 23: options go along.
        """
        user = demo.insert(demo.build_user_struct(), None, {"returning": True})

        assert isinstance(user.id, int)

    def test_variant(self, demo):
        """
        Row 25: a variant's record is inserted alike.
        """
        assert isinstance(demo.insert(demo.build_admin_user_struct()).id, int)

    def test_inserted(self, demo):
        """
        Row 26: a record that is already there is refused.
        """
        user = demo.insert_user()

        with pytest.raises(InsertError, match=r"already.*insert"):
            demo.insert(user)

    def test_deleted(self, demo):
        """
        Row 27: so is one that was deleted.
        """
        user = demo.insert_user()
        session = inspect(user).session
        session.delete(user)
        session.flush()

        with pytest.raises(InsertError, match="deleted"):
            demo.insert(user)

    def test_marked_as_built(self, demo):
        """
        Row 28: a copy that is marked as built is a second row.
        """
        user = demo.insert_user()
        first = user.id

        again = demo.insert(as_new(user, username="another"))

        assert first != again.id

    def test_attributes_beside_a_record(self, demo):
        """
        Row 29: a record takes neither attributes nor overrides.
        """
        with pytest.raises(OptionError, match="record"):
            demo.insert(demo.build_user_struct(), {"username": "x"})
        with pytest.raises(OptionError, match="record"):
            demo.insert(demo.build_user_struct(), username="x")

    @pytest.mark.parametrize("name", ["non_insertable", "embedded_schema"])
    def test_absent(self, demo, name):
        """
        Row 30: what cannot be inserted has no insert functions.
        """
        assert not hasattr(demo, f"insert_{name}")
        assert not hasattr(demo, f"insert_{name}_list")


class TestAssociations:
    def test_default(self, demo):
        """
        Row 31: an association is built.
        """
        assert isinstance(demo.build_author_struct().user, User)

    def test_built(self, demo):
        """
        Row 32: a given record is used as it is.
        """
        user = User(username="provided")

        assert user is demo.build_author_struct({"user": user}).user

    def test_inserted(self, demo):
        """
        Row 33: a persisted record is used by its key.
        """
        user = demo.insert_user()

        author = demo.insert_author({"user": user})

        assert user.id == author.user_id == author.user.id

    def test_default_is_inserted(self, demo):
        """
        Row 34: a default association is inserted with the record.
        """
        author = demo.insert_author()

        assert author.user_id == author.user.id

    def test_built_is_inserted(self, demo):
        """
        Row 35: a built record is inserted along.
        """
        author = demo.insert_author({"user": demo.build_user_struct()})

        assert author.user_id > 0

    def test_mapping(self, demo):
        """
        Row 36: a mapping is built through the association's factory.
        """
        author = demo.build_author_struct({"user": {"username": "from-params"}})

        assert isinstance(author.user, User)
        assert "from-params" == author.user.username

    def test_mapping_is_inserted(self, demo):
        """
        Row 38: a nested mapping is inserted, too.
        """
        author = demo.insert_author({"user": {"username": "nested"}})

        assert ("nested", author.user_id) == (author.user.username, author.user.id)

    def test_lazy_in_a_mapping(self, demo):
        """
        Row 39: a function in a nested mapping is evaluated for each item.
        """
        authors = demo.insert_author_list(
            3, {"user": {"username": lambda: sequence("unique")}}
        )

        assert 3 == len({author.user_id for author in authors})
        assert 3 == len({author.user.username for author in authors})

    def test_list(self, demo):
        """
        Row 40: each item of a list has an association of its own.
        """
        one, two = demo.insert_author_list(2)

        assert one.user_id != two.user_id

    @pytest.mark.parametrize(
        "wrong", [Author(name="x"), "x", [User()]], ids=["record", "text", "list"]
    )
    def test_wrong_class(self, demo, wrong):
        """
        Rows 37, 193, 218: what is no record of the related class is told at build.
        """
        with pytest.raises(TypeError, match=r"Author\.user.*User"):
            demo.build_author_struct({"user": wrong})

    def test_none(self, demo):
        """
        Row 191: None is the caller's word, and nothing is built.
        """
        author = demo.insert_author({"user": None})

        assert isinstance(author, Author)
        assert None is author.user_id
