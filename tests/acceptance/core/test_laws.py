"""
Laws of building, as properties.
"""

import copy

from dataclasses import asdict, dataclass

from hypothesis import given
from hypothesis import strategies as st

from machina_lab import Lab, assoc, assoc_list, merge_attributes, sequence, sequences
from tests.support.kinds import KINDS


COUNTS = st.integers(0, 40)
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
TEXTS = st.text(max_size=20).filter(lambda text: "\x00" not in text)


@dataclass
class User:
    name: str = "Jane"
    role: object = "member"
    n: object = None


def make_lab():
    lab = Lab()

    @lab.factory(model=User)
    def user():
        return {"n": sequence("law", int), "role": lambda it: f"{it.name}!"}

    @lab.factory
    def team():
        return {"lead": assoc("user"), "members": assoc_list(2, "user")}

    return lab


@given(count=COUNTS, start=st.integers(-50, 50))
def test_n_builds_give_n_consecutive_numbers(count, start):
    """
    As many builds take as many consecutive numbers of a sequence.
    """
    lab = Lab()
    lab.factory(name="row")(lambda: {"n": sequence("rows", int, start_at=start)})
    with sequences.isolated():
        got = [each["n"] for each in lab.build_list(count, "row")]

    assert list(range(start, start + count)) == got


@given(count=COUNTS, role=VALUES)
def test_list_is_n_builds(count, role):
    """
    `build_list(n)` is n times `build`.
    """
    lab = make_lab()
    with sequences.isolated():
        many = lab.build_list(count, "user", role=role)
    with sequences.isolated():
        single = [lab.build("user", role=role) for _ in range(count)]

    assert single == many


@given(overrides=st.dictionaries(st.sampled_from(["name", "role", "n"]), VALUES))
def test_overrides_always_win(overrides):
    """
    Whatever is given is what the record has.
    """
    built = asdict(make_lab().build("user", overrides))

    assert overrides == {key: built[key] for key in overrides}


@given(overrides=st.dictionaries(NAMES, VALUES))
def test_dicts_take_everything(overrides):
    """
    A dict factory returns its defaults under the overrides.
    """
    lab = Lab()
    lab.factory(name="thing")(lambda: {"a": 1, "b": 2})

    assert {"a": 1, "b": 2} | overrides == lab.build("thing", overrides)


@given(
    one=st.dictionaries(NAMES, VALUES),
    two=st.dictionaries(NAMES, VALUES),
)
def test_merging_is_shallow_union(one, two):
    """
    `merge_attributes` of dicts is `|`, and mutates neither.
    """
    before = copy.deepcopy((one, two))

    assert one | two == merge_attributes(one, two)
    assert before == (one, two)


@given(name=TEXTS, role=TEXTS, kind=st.sampled_from(KINDS))
def test_every_kind_keeps_what_it_was_given(name, role, kind):
    """
    Building a record of any kind and reading it back gives the overrides.
    """
    lab = Lab()
    lab.factory(name="user")(lambda: kind.make(name="default"))

    got = lab.build("user", name=name, role=role)

    assert (name, role) == (kind.get(got, "name"), kind.get(got, "role"))


@given(lead=st.dictionaries(st.sampled_from(["name", "n"]), VALUES), count=COUNTS)
def test_callers_objects_are_never_mutated(lead, count):
    """
    Nested overrides are as they were after any number of builds.
    """
    lab = make_lab()
    members = [dict(lead), User("mine")]
    given_ = {"lead": lead, "members": members}
    before = copy.deepcopy(given_)

    lab.build_list(count, "team", given_)

    assert before == given_


@given(
    defaults=st.dictionaries(st.sampled_from(["name", "n"]), VALUES),
    later=st.dictionaries(st.sampled_from(["name", "n"]), VALUES),
    caller=st.dictionaries(st.sampled_from(["name", "n"]), VALUES),
)
def test_variants_rank(defaults, later, caller):
    """
    Caller > later variant > earlier variant > base.
    """
    lab = make_lab()
    lab.variant("user", "one", defaults=defaults)
    lab.variant("user", "two", defaults=later)
    with sequences.isolated():
        got = asdict(lab.build("user+one+two", caller))

    expected = {"name": "Jane", "n": 0} | defaults | later | caller
    assert expected == {key: got[key] for key in expected}


@given(seed=st.integers(), others=st.lists(st.sampled_from(["a", "b"]), max_size=10))
def test_seeded_records_depend_on_their_number_only(seed, others):
    """
    Record n of a factory is the same whatever was built in between.
    """
    lab = Lab()
    for name in "abc":
        lab.factory(name=name)(lambda: {"x": lab.random.random()})
    lab.seed(seed)
    alone = [lab.build("c"), lab.build("c")]
    lab.seed(seed)
    mixed = [lab.build("c")]
    for name in others:
        lab.build(name)
    mixed.append(lab.build("c"))

    assert alone == mixed


@given(count=st.integers(1, 30), values=st.lists(VALUES, min_size=1, max_size=5))
def test_cycling_values_repeat(count, values):
    """
    A list of values comes around, each at its turn.
    """
    with sequences.isolated():
        got = [sequence("cycle", values) for _ in range(count)]

    assert [values[n % len(values)] for n in range(count)] == got


@given(numbers=st.lists(st.integers(0, 10**6)), taken=st.integers(0, 20))
def test_sync_never_goes_back(numbers, taken):
    """
    After `sync_with` the next number is above all that are there.
    """
    with sequences.isolated():
        for _ in range(taken):
            sequence("s", int)
        sequences.sync_with("s", numbers)

        assert max([taken, *(number + 1 for number in numbers)]) == sequence("s", int)
