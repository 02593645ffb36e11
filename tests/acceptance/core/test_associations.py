"""
`assoc` and `assoc_list`: references to factories, built only where they are needed.
"""

from dataclasses import dataclass, field

import pytest

from machina_lab import (
    AssociationCycleError,
    Lab,
    UndefinedFactoryError,
    UnknownAttributeError,
    assoc,
    assoc_list,
    sequence,
)


@dataclass
class User:
    name: str
    role: str = "member"


@dataclass
class Comment:
    text: str = "Hi"


@dataclass
class Article:
    title: str = "T"
    author: User | None = None
    comments: list = field(default_factory=list)


@pytest.fixture(autouse=True)
def _factories(lab):
    @lab.factory
    def user():
        return User(sequence("user"))

    @lab.factory
    def comment():
        return Comment(sequence("comment"))

    @lab.factory(model=Article)
    def article():
        return {"author": assoc("user"), "comments": assoc_list(2, "comment")}

    @lab.factory
    def post():
        return {"author": assoc("user", role="author", name="Default")}


class TestOne:
    def test_is_built(self, lab):
        """
        A reference becomes a record of its factory.
        """
        assert User("user0") == lab.build("article").author

    def test_is_not_built_when_overridden(self, lab):
        """
        An overridden default is not built: no sequence is burnt.
        """
        mine = User("mine")

        assert mine is lab.build("article", author=mine).author
        assert User("user0") == lab.build("article").author

    def test_each_item_has_its_own(self, lab):
        """
        In a list every record gets a record of its own.
        """
        names = [each.author.name for each in lab.build_list(3, "article")]

        assert ["user0", "user1", "user2"] == names

    def test_none_is_none(self, lab):
        """
        None means no association.
        """
        assert None is lab.build("article", author=None).author

    def test_mapping_builds_through_the_factory(self, lab):
        """
        A mapping is built by the referenced factory with these overrides.
        """
        got = lab.build("article", author={"role": "admin"})

        assert User("user0", "admin") == got.author

    def test_mapping_comes_on_top_of_the_references_overrides(self, lab):
        """
        Overrides of the reference stay unless the mapping names them.
        """
        assert User("Default", "author") == lab.build("post")["author"]
        assert (
            User("Mine", "author")
            == lab.build("post", author={"name": "Mine"})["author"]
        )

    def test_mapping_may_hold_lazies(self, lab):
        """
        Lazies of a mapping are evaluated per item, with the child as parent.
        """
        got = lab.build_list(
            2,
            "article",
            author={"name": lambda: sequence("x"), "role": lambda u: u.name},
        )

        assert [User("x0", "x0"), User("x1", "x1")] == [each.author for each in got]

    def test_mapping_with_a_typo(self, lab):
        """
        The nested factory checks names as it always does.
        """
        with pytest.raises(UnknownAttributeError, match=r"User.*'nmae'.*'user'"):
            lab.build("article", author={"nmae": "Al"})

    def test_reference_as_an_override(self, lab):
        """
        A caller may give a reference, too: one build per item.
        """
        got = lab.build_list(2, "article", author=assoc("user", role="guest"))

        assert ["guest", "guest"] == [each.author.role for each in got]
        assert got[0].author != got[1].author

    def test_composed_names(self, lab):
        """
        A reference may name variants.
        """
        lab.variant("user", "admin", defaults={"role": "admin"})

        got = lab.build("article", author=assoc("user+admin"))

        assert "admin" == got.author.role

    def test_overrides_of_the_reference_may_be_lazy(self, lab):
        """
        A lazy in a reference sees the child that is built.
        """
        lab.factory(name="a")(lambda: {"u": assoc("user", role=lambda u: u.name)})

        assert User("user0", "user0") == lab.build("a")["u"]

    def test_attribute_called_name(self, lab):
        """
        A reference takes an override called `name`.
        """
        lab.factory(name="a")(lambda: {"u": assoc("user", name="Al")})

        assert User("Al") == lab.build("a")["u"]

    def test_unknown_factory(self, lab):
        """
        A reference to nothing raises when it is built, not before.
        """
        lab.factory(name="a")(lambda: {"u": assoc("uesr")})

        assert {"u": None} == lab.build("a", u=None)
        with pytest.raises(UndefinedFactoryError, match=r"'uesr'.*'user'"):
            lab.build("a")

    def test_reference_that_returns_a_value(self, lab):
        """
        Any factory may be referenced, also one that makes plain values.
        """
        lab.factory(name="colour")(lambda attrs: "red")
        lab.factory(name="car")(lambda: {"colour": assoc("colour")})

        assert {"colour": "red"} == lab.build("car")


class TestMany:
    def test_are_built(self, lab):
        """
        A list reference becomes that many records.
        """
        got = lab.build("article").comments

        assert [Comment("comment0"), Comment("comment1")] == got

    def test_items_share_nothing(self, lab):
        """
        Each record of a list has a list of its own.
        """
        one, two = lab.build_pair("article")

        assert one.comments is not two.comments
        assert ["comment2", "comment3"] == [each.text for each in two.comments]

    def test_list_override(self, lab):
        """
        Records of a given list are used as is, in order; mappings are built.
        """
        mine = Comment("mine")

        got = lab.build("article", comments=[{"text": "first"}, mine, {}]).comments

        assert [Comment("first"), mine, Comment("comment1")] == got
        assert mine is got[1]

    def test_empty_list_override(self, lab):
        """
        An empty list means none, and nothing is built.
        """
        assert [] == lab.build("article", comments=[]).comments
        assert "comment0" == lab.build("comment").text

    def test_overrides_reach_every_item(self, lab):
        """
        Overrides of a list reference go to each of its records.
        """
        lab.factory(name="a")(lambda: {"us": assoc_list(2, "user", role="admin")})

        got = lab.build("a")["us"]

        assert [User("user0", "admin"), User("user1", "admin")] == got

    def test_callers_list_is_not_mutated(self, lab):
        """
        The list that the caller gave stays as it was.
        """
        given = [{"text": "a"}]

        got = lab.build_pair("article", comments=given)

        assert [{"text": "a"}] == given
        assert got[0].comments[0] is not got[1].comments[0]

    @pytest.mark.parametrize("count", [-1, True, 1.5, "2"], ids=repr)
    def test_wrong_counts(self, lab, count):
        """
        The count of a list reference is checked like any other.
        """
        with pytest.raises((ValueError, TypeError), match=r"int|negative|>= 0|count"):
            lab.build("article", comments=assoc_list(count, "comment"))

    def test_zero(self, lab):
        """
        A list reference of none is an empty list.
        """
        assert [] == lab.build("article", comments=assoc_list(0, "comment")).comments


class TestCycles:
    def test_path_is_named(self):
        """
        Defaults that build each other without end raise with the path.
        """
        lab = Lab()
        lab.factory(name="chicken")(lambda: {"egg": assoc("egg")})
        lab.factory(name="egg")(lambda: {"chicken": assoc("chicken")})

        with pytest.raises(
            AssociationCycleError, match="chicken -> egg -> chicken"
        ) as caught:
            lab.build("chicken")

        assert ("chicken", "egg", "chicken") == caught.value.path[:3]

    def test_self_reference(self):
        """
        A factory whose default is itself is a cycle, which None cuts.
        """
        lab = Lab()
        lab.factory(name="mentee")(lambda: {"mentor": assoc("mentee")})

        with pytest.raises(AssociationCycleError, match="mentee -> mentee"):
            lab.build("mentee")
        assert {"mentor": {"mentor": None}} == lab.build(
            "mentee", mentor={"mentor": None}
        )

    def test_bodies_that_build_each_other(self):
        """
        Bodies that call `lab.build` in a circle are caught as well.
        """
        lab = Lab()
        lab.factory(name="a")(lambda: {"b": lab.build("b")})
        lab.factory(name="b")(lambda: {"a": lab.build("a")})

        with pytest.raises(AssociationCycleError, match="a -> b -> a"):
            lab.build("a")

    def test_lab_is_usable_afterwards(self):
        """
        A caught cycle leaves nothing behind.
        """
        lab = Lab()
        lab.factory(name="mentee")(lambda: {"mentor": assoc("mentee")})

        for _ in range(3):
            with pytest.raises(AssociationCycleError, match="mentee"):
                lab.build("mentee")

        assert {"mentor": None} == lab.build("mentee", mentor=None)

    def test_deep_nesting_by_the_caller_is_no_cycle(self):
        """
        Nesting that the caller wrote down may be as deep as it likes.
        """
        lab = Lab()
        lab.factory(name="node")(lambda: {"child": assoc("node"), "n": 0})
        given = None
        for n in range(20):
            given = {"child": given, "n": n}

        got = lab.build("node", given)

        assert 19 == got["n"]
        assert 18 == got["child"]["n"]
