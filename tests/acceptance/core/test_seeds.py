"""
`lab.seed`: what is drawn for record n of a factory depends on seed, factory and n only.
"""

import random

import pytest

from machina_lab import Lab, assoc, sequence
from tests.support.bodies import empty


def make_lab():
    lab = Lab()

    @lab.factory
    def user():
        return {"age": lab.random.randint(0, 10**9), "tall": lab.random.gauss(0, 1)}

    @lab.factory
    def article():
        return {
            "before": lab.random.random(),
            "author": assoc("user"),
            "after": lambda: lab.random.random(),
        }

    @lab.factory
    def nested():
        before = lab.random.random()
        lab.build("user")
        return {"draws": (before, lab.random.random())}

    @lab.factory
    def flat():
        return {"draws": (lab.random.random(), lab.random.random())}

    @lab.factory
    def person():
        return {"name": lab.fake.person.full_name()}

    return lab


@pytest.fixture(name="lab")
def _lab():
    return make_lab()


class TestSeed:
    @pytest.mark.parametrize("name", ["user", "article", "nested", "person"])
    def test_repeats(self, lab, name):
        """
        The same seed makes the same records.
        """
        lab.seed(42)
        first = lab.build_list(5, name)
        lab.seed(42)

        assert first == lab.build_list(5, name)

    def test_other_seed_other_records(self, lab):
        """
        Another seed makes other records.
        """
        lab.seed(42)
        first = lab.build_list(5, "user")
        lab.seed(43)

        assert first != lab.build_list(5, "user")

    def test_labs_agree(self, lab):
        """
        Two labs with the same factories and seed make the same records.
        """
        other = make_lab()
        lab.seed(42)
        other.seed(42)

        assert lab.build_list(3, "article") == other.build_list(3, "article")

    def test_records_of_a_factory_differ(self, lab):
        """
        Record n draws its own values.
        """
        lab.seed(42)

        assert 5 == len({user["age"] for user in lab.build_list(5, "user")})

    def test_independent_of_what_was_built_before(self, lab):
        """
        Record n of a factory is the same whatever else was built.
        """
        lab.seed(42)
        plain = lab.build_list(3, "user")
        lab.seed(42)
        mixed = []
        for _ in range(3):
            lab.build_list(2, "flat")
            lab.random.random()
            mixed.append(lab.build("user"))

        assert plain == mixed

    def test_nested_build_has_its_own_stream(self, lab):
        """
        What a nested build draws does not change its parent's values.
        """
        lab.seed(42)
        one = lab.build("nested")["draws"]
        lab.factories()["user"]
        lab.seed(42)
        lab.factory(name="user_")(empty)
        two = lab.build("nested")["draws"]

        assert one == two
        assert one[0] != one[1]

    def test_lists_and_single_builds_agree(self, lab):
        """
        Record n is the same in a list and one by one.
        """
        lab.seed(7)
        many = lab.build_list(4, "user")
        lab.seed(7)

        assert many == [lab.build("user") for _ in range(4)]

    def test_overrides_do_not_shift_others(self, lab):
        """
        Overriding record 0 leaves record 1 as it was.
        """
        lab.seed(7)
        _, second = lab.build_pair("article")
        lab.seed(7)
        lab.build("article", after=1)

        got = lab.build("article")

        assert second["before"] == got["before"]
        assert second["after"] == got["after"]

    def test_seed_does_not_reset_sequences(self, lab):
        """
        Sequences go on counting.
        """
        sequence("n")

        lab.seed(42)

        assert "n1" == sequence("n")

    def test_any_seed(self, lab):
        """
        Texts and negative numbers are seeds as well.
        """
        for seed in ("monday", -1, 0, 10**30):
            lab.seed(seed)
            first = lab.build("user")
            lab.seed(seed)

            assert first == lab.build("user")


class TestRandom:
    def test_is_a_random(self, lab):
        """
        `lab.random` is a `random.Random`, one for the lab's life.
        """
        before = lab.random
        lab.seed(1)
        lab.build("user")

        assert isinstance(lab.random, random.Random)
        assert before is lab.random

    def test_outside_a_build(self, lab):
        """
        Drawing between builds repeats with the seed, too.
        """
        lab.seed(1)
        first = [lab.random.random() for _ in range(3)]
        lab.seed(1)

        assert first == [lab.random.random() for _ in range(3)]

    def test_gauss_keeps_nothing_over(self, lab):
        """
        The second value that `gauss` holds back never leaks into another record.
        """
        lab.seed(1)
        first = [lab.build("user")["tall"] for _ in range(3)]
        lab.seed(1)
        lab.random.gauss(0, 1)

        assert first == [lab.build("user")["tall"] for _ in range(3)]

    def test_unseeded_labs_differ(self):
        """
        Without a seed two labs draw different values.
        """
        assert make_lab().build("user")["age"] != make_lab().build("user")["age"]

    def test_variants_draw_like_their_base(self, lab):
        """
        A variant draws from a stream that repeats as well.
        """
        lab.variant("user", "old", defaults={"old": True})
        lab.seed(1)
        first = lab.build_list(2, "old_user")
        lab.seed(1)

        assert first == lab.build_list(2, "user+old")
