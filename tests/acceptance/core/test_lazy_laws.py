"""
Laws of lazies and of wire values, as properties.
"""

import datetime as dt
import json
import random

from dataclasses import make_dataclass

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab import Lab, LazyCycleError


SIZES = st.integers(2, 8)

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.dates()
    | st.datetimes()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.uuids()
    | st.binary(max_size=5)
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=8,
)


def sum_of(keys):
    return lambda parent: 1 + sum(parent[key] for key in keys)


@given(size=SIZES, seed=st.integers(0, 10**6), plain=st.booleans())
def test_any_order_of_keys_gives_the_same(size, seed, plain):
    """
    Lazies that need each other without a cycle resolve in whatever order they stand.
    """
    draw = random.Random(seed)
    names = [f"k{n}" for n in range(size)]
    needs = {
        name: draw.sample(names[:n], draw.randint(0, min(n, 3)))
        for n, name in enumerate(names)
    }
    expected = {}
    for name in names:
        expected[name] = 1 + sum(expected[key] for key in needs[name])
    shuffled = draw.sample(names, size)
    model = {} if plain else {"model": make_dataclass("Sums", names)}
    lab = Lab()
    lab.factory(name="sums", **model)(
        lambda: {name: sum_of(needs[name]) for name in shuffled}
    )

    got = lab.build("sums")

    assert expected == {
        name: got[name] if plain else getattr(got, name) for name in names
    }


@given(size=SIZES, seed=st.integers(0, 10**6))
def test_every_cycle_is_found(size, seed):
    """
    Lazies in a ring raise with every name of the ring, from wherever they are read.
    """
    names = [f"k{n}" for n in range(size)]
    order = random.Random(seed).sample(range(size), size)
    lab = Lab()
    lab.factory(name="ring")(
        lambda: {names[n]: sum_of([names[(n + 1) % size]]) for n in order}
    )

    with pytest.raises(LazyCycleError, match=" -> ") as caught:
        lab.build("ring")

    assert set(names) == set(caught.value.path)
    assert caught.value.path[0] == caught.value.path[-1]
    assert size + 1 == len(caught.value.path)


@given(value=NESTED)
def test_wire_values_survive_json(value):
    """
    What string params hold is what `json` gives back, whatever was given.
    """
    lab = Lab()
    thing = make_dataclass("Thing", ["value"])
    lab.factory(name="thing", model=thing)(lambda: {"value": 0})

    got = lab.string_params_for("thing", value=value, keep_none=True)

    assert got == json.loads(json.dumps(got))


@given(when=st.datetimes(timezones=st.just(dt.UTC)) | st.dates() | st.times())
def test_dates_on_the_wire_can_be_read_back(when):
    """
    ISO 8601 loses nothing.
    """
    lab = Lab()
    lab.factory(name="thing", model=make_dataclass("Thing", ["at"]))(lambda: {"at": 0})

    got = lab.string_params_for("thing", at=when)["at"]

    assert when == type(when).fromisoformat(got)
