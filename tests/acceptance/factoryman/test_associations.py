"""
FactoryMan: associations and the recursion guard (rows 190-237).
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from machina_lab import AssociationCycleError, Lab, assoc, assoc_list


@dataclass
class User:
    username: str = "default"
    mentor: Any = None


@dataclass
class Tag:
    name: str = "tag"


@dataclass
class Post:
    title: str = "title"
    author: Any = None
    tags: list = field(default_factory=list)
    summary: str = ""


@pytest.fixture(name="calls")
def _calls():
    return []


@pytest.fixture(name="lab")
def _lab(calls):
    lab = Lab()

    @lab.factory(model=User)
    def user():
        calls.append("user")
        return {"username": "built"}

    lab.factory(name="tag", model=Tag)(lambda: {"name": "t"})

    @lab.factory(model=Post)
    def post():
        return {"author": assoc("user"), "tags": assoc_list(0, "tag")}

    return lab


class TestOne:
    def test_absent(self, lab):
        """
        Rows 190, 203: what is absent is built by default.
        """
        assert User("built") == lab.build_post_struct().author

    def test_none(self, lab, calls):
        """
        Rows 191, 208: None is None, and nothing is built.
        """
        assert None is lab.build_post_struct({"author": None}).author
        assert [] == calls

    def test_default_of_none(self, lab, calls):
        """
        Row 191: a default of None builds nothing.
        """
        lab.factory(name="draft", model=Post)(lambda: {"author": None})

        assert None is lab.build_draft_struct().author
        assert [] == calls

    def test_mapping(self, lab):
        """
        Row 192: a mapping is built.
        """
        got = lab.build_post_struct({"author": {"username": "given"}})

        assert User("given") == got.author

    def test_record(self, lab, calls):
        """
        Row 192: a record is used as it is, and nothing is built.
        """
        mine = User("mine")

        assert mine is lab.build_post_struct({"author": mine}).author
        assert [] == calls

    def test_default_params(self, lab):
        """
        Row 194: a reference may carry params, which the caller's come on top of.
        """
        lab.factory(name="draft", model=Post)(
            lambda: {"author": assoc("user", username="draft", mentor=1)}
        )

        assert User("draft", 1) == lab.build_draft_struct().author
        got = lab.build_draft_struct({"author": {"username": "x"}})
        assert User("x", 1) == got.author

    def test_builder_raises(self, lab):
        """
        Row 199: an error of the referenced factory passes unchanged.
        """
        lab.factory(name="broken")(lambda: {}["nope"])
        lab.factory(name="draft", model=Post)(lambda: {"author": assoc("broken")})

        with pytest.raises(KeyError, match="nope"):
            lab.build_draft_struct()

    def test_list(self, lab):
        """
        Row 207: three posts have three authors.
        """
        posts = lab.build_post_struct_list(3)

        assert 3 == len({id(post.author) for post in posts})

    def test_returned_record(self, lab):
        """
        Row 206: a body that returns a record may hold references.
        """
        lab.factory(name="direct")(
            lambda: Post(author=assoc("user"), tags=assoc_list(1, "tag"))
        )

        got = lab.build("direct")

        assert (User("built"), [Tag("t")]) == (got.author, got.tags)

    def test_order(self, lab, calls):
        """
        Row 225: params hooks stand around the body and the references it makes.
        """

        def tagged(name):
            return lambda value: calls.append(name) or value

        stages = ("before_build_params", "after_build_params", "after_build_struct")

        @lab.factory(model=Post, hooks={stage: tagged(stage) for stage in stages})
        def hooked():
            calls.append("body")
            return {"author": assoc("user")}

        lab.build_hooked_struct()

        assert [
            "before_build_params",
            "body",
            "user",
            "after_build_params",
            "after_build_struct",
        ] == calls

    def test_sibling(self, lab):
        """
        Row 205: a lazy sees the built record.
        """
        got = lab.build_post_struct({"summary": lambda it: f"by {it.author.username}"})

        assert "by built" == got.summary


class TestMany:
    def test_absent(self, lab):
        """
        Rows 196, 209: a reference of none is an empty list.
        """
        assert [] == lab.build_post_struct().tags

    def test_mixed(self, lab):
        """
        Rows 196, 209: order is kept, records are reused, mappings are built.
        """
        mine = Tag("mine")

        got = lab.build_post_struct({"tags": [{"name": "first"}, mine, {}]}).tags

        assert [Tag("first"), mine, Tag("t")] == got
        assert mine is got[1]

    def test_default(self, lab):
        """
        Row 216: default items are built anew each time; a given [] wins.
        """
        lab.factory(name="tagged", model=Post)(
            lambda: {"tags": assoc_list(2, "tag", name="d")}
        )
        one, two = lab.build_tagged_struct_list(2)

        assert [Tag("d"), Tag("d")] == one.tags
        assert one.tags[0] is not two.tags[0]
        assert [] == lab.build_tagged_struct({"tags": []}).tags

    def test_mapping_for_many(self, lab):
        """
        Row 218: a mapping is no list.
        """
        with pytest.raises(TypeError, match=r"tags.*list"):
            lab.build_post_struct({"tags": {"name": "x"}})


class TestVariants:
    def test_reference_in_a_variant(self, lab):
        """
        Row 220: a variant may put another reference; the caller still wins.
        """
        lab.variant(
            "post", "guest", defaults={"author": assoc("user", username="guest")}
        )

        assert User("guest") == lab.build_guest_post_struct().author
        got = lab.build_guest_post_struct({"author": User("mine")})
        assert User("mine") == got.author

    def test_mapping_in_a_variant(self, lab):
        """
        Row 186: a mapping in a variant's defaults is built by the base's reference.
        """
        lab.variant("post", "guest", defaults={"author": {"username": "guest"}})

        assert User("guest") == lab.build_guest_post_struct().author


class TestRecursion:
    def test_self_reference(self, lab):
        """
        Row 228: a default that needs itself is named.
        """
        lab.factory(name="mentee", model=User)(lambda: {"mentor": assoc("mentee")})

        with pytest.raises(AssociationCycleError, match="mentee -> mentee"):
            lab.build_mentee_struct()

    def test_mutual(self, lab):
        """
        Row 229: so are two that need each other.
        """
        lab.factory(name="owner", model=User)(lambda: {"mentor": assoc("article")})
        lab.factory(name="article", model=Post)(lambda: {"author": assoc("owner")})

        with pytest.raises(
            AssociationCycleError, match="owner -> article -> owner"
        ) as caught:
            lab.build_owner_struct()

        assert isinstance(caught.value, RecursionError)

    def test_through_a_variant(self, lab):
        """
        Row 230: and a base and its variant.
        """
        lab.factory(name="mentee", model=User)(lambda: {"mentor": assoc("mentee+deep")})
        lab.variant("mentee", "deep", defaults={"username": "deep"})

        with pytest.raises(AssociationCycleError, match="mentee"):
            lab.build_mentee_struct()

    def test_bounded(self, lab):
        """
        Row 231: a reference that ends the chain itself is fine.
        """
        lab.factory(name="mentee", model=User)(
            lambda: {"mentor": assoc("mentee", username="top", mentor=None)}
        )

        assert User(mentor=User("top")) == lab.build_mentee_struct()

    def test_by_the_caller(self, lab):
        """
        Row 232: nesting by the caller is unlimited.
        """
        lab.factory(name="mentee", model=User)(lambda: {"mentor": None})
        lab.factory(name="chain", model=User)(lambda: {"mentor": assoc("chain")})

        got = lab.build_chain_struct({"mentor": {"mentor": {"mentor": None}}})

        assert None is got.mentor.mentor.mentor

    def test_nothing_is_left_behind(self, lab):
        """
        Row 233: after an error the same lab builds on.
        """
        lab.factory(name="chain", model=User)(lambda: {"mentor": assoc("chain")})
        for _ in range(2):
            with pytest.raises(AssociationCycleError, match="chain"):
                lab.build_chain_struct()

        assert 3 == len(lab.build_chain_struct_list(3, {"mentor": None}))

    def test_in_bodies(self, lab):
        """
        Row 234: bodies that build each other are caught as well.
        """
        lab.factory(name="a", model=User)(lambda: {"mentor": lab.build("b")})
        lab.factory(name="b", model=User)(lambda: {"mentor": lab.build("a")})

        with pytest.raises(AssociationCycleError, match="a -> b"):
            lab.build("a")
