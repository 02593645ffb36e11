"""
A frame of records is a DataFrame in every respect, and leads back to its records.
"""

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.errors import ArgumentValueError
from machina_lab.frames import RecordFrame, frame
from tests.frames.people import Address, Person


def _people(count=6):
    return [Person(id=n, name=f"P{n}", admin=n % 2 == 0) for n in range(count)]


KEEP = {
    "slice": lambda df: df[1:4],
    "head": lambda df: df.head(2),
    "filter": lambda df: df[df["id"] > 2],
    "query": lambda df: df.query("id > 2"),
    "sort": lambda df: df.sort_values("id", ascending=False),
    "sample": lambda df: df.sample(3, random_state=1),
    "columns": lambda df: df[["id"]],
    "assign": lambda df: df.assign(new=1),
    "drop": lambda df: df.drop(columns="name"),
    "drop rows": lambda df: df.drop(index=[0, 2]),
    "rename": lambda df: df.rename(columns={"name": "n"}),
    "astype": lambda df: df.astype({"id": float}),
    "copy": lambda df: df.copy(),
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda df: pickle.loads(pickle.dumps(df)),
    "reset_index": lambda df: df[::-1].reset_index(drop=True)[1:],
    "reset_index keeps": lambda df: df[::-1].reset_index(),
    "group head": lambda df: df.groupby("admin").head(1),
    "explode": lambda df: df.explode("id"),
    "nothing": lambda df: df[df["id"] > 99],
    "set cells": lambda df: df.assign(id=df["id"] + 0),
}


@pytest.mark.parametrize("change", KEEP.values(), ids=KEEP.keys())
def test_records_follow_the_rows(change):
    """
    Whatever selects, orders or copies rows keeps each row's own record.
    """
    changed = change(frame(_people(), caption="six"))

    ids = changed["id"].astype(int).tolist()
    assert [record.id for record in changed.machina.records] == ids
    assert changed.machina.caption == "six"


LOSE = {
    "set_index": lambda df: df.set_index("id"),
    "assigned index": lambda df: df.set_axis(range(1, 7)),
    "shifted index": lambda df: df.set_axis(df.index + 1),
    "ignore_index": lambda df: df.sort_values("id", ascending=False, ignore_index=True),
    "merge": lambda df: df.merge(df[::-1], on="admin"),
    "concat": lambda df: pd.concat([df, df]),
    "transpose": lambda df: df[["id"]].T,
    "groupby": lambda df: df.groupby(lambda n: n % 2)[["id"]].sum(),
    "groupby name": lambda df: df.groupby("id")[["admin"]].any(),
    "describe": lambda df: df[["id"]].describe(),
    "rename": lambda df: df.rename(index={0: 5, 5: 0}),
    "added row": lambda df: pd.concat([df, df.head(1).set_axis([99])]),
}


@pytest.mark.parametrize("change", LOSE.values(), ids=LOSE.keys())
def test_never_the_wrong_records(change):
    """
    Where rows are no longer the records' rows, the frame says so; it never guesses.
    """
    with pytest.raises(ArgumentValueError, match="does not know which records"):
        change(frame(_people())).machina.records


def test_index_can_be_assigned():
    """
    Assigning labels works as on any DataFrame; the records are then unknown.
    """
    df = frame(_people(2))

    df.index = ["a", "b"]

    assert df.loc["b", "name"] == "P1"
    with pytest.raises(ArgumentValueError, match="index was replaced"):
        df.machina.records


def test_reset_index_in_place():
    """
    Numbering the rows anew in place keeps their records.
    """
    df = frame(_people())[::-1]

    with warnings.catch_warnings(action="ignore"):
        # pandas 3.1 calls this deprecated; it works as long as pandas has it.
        df.reset_index(drop=True, inplace=True)  # noqa: PD002 - tested here

    assert df.index.tolist() == list(range(6))
    assert [record.id for record in df.machina.records] == df["id"].tolist()


def test_equals_a_plain_dataframe():
    """
    Compared by pandas, a frame is the DataFrame of its cells.
    """
    df = frame([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}])
    plain = pd.DataFrame(
        {"a": pd.array([1, 2], "Int64"), "b": pd.array(["x", "y"], "string")}
    )

    pd.testing.assert_frame_equal(pd.DataFrame(df), plain)
    assert df.equals(plain)


def test_results_stay_frames():
    """
    What pandas makes of a frame is shown like a frame.
    """
    assert type(frame(_people()).head()) is RecordFrame


def test_copies_share_records():
    """
    A deep copy is of the same records: identity is what an undo or a flush goes by.
    """
    people = _people(1)

    assert copy.deepcopy(frame(people)).machina.records[0] is people[0]


def test_pickle_leaves_the_lab_behind():
    """
    A lab (a connection, open files) does not travel with the frame.
    """
    df = frame(_people(1), lab=lambda: None)

    assert pickle.loads(pickle.dumps(df)).machina.lab is None


def test_pickle_without_records_that_refuse():
    """
    Records that cannot be pickled stay behind; cells and caption travel.
    """

    class Local(Address):
        pass

    df = frame([Local(city="Rome")], caption="built 1")

    back = pickle.loads(pickle.dumps(df))

    assert back["city"].tolist() == ["Rome"]
    assert back.machina.caption == "built 1"
    with pytest.raises(ArgumentValueError, match="does not know which records"):
        back.machina.records


def test_changing_cells_leaves_the_records():
    """
    A frame is a copy of what the records held; writing cells changes no record.
    """
    people = _people(1)
    df = frame(people)

    df.loc[0, "name"] = "Other"

    assert people[0].name == "P0"
    assert df.machina.records == people


def test_plain_dataframes_have_no_records():
    """
    The accessor is there on every DataFrame and says what it cannot do.
    """
    with pytest.raises(ArgumentValueError, match="not made by frame"):
        pd.DataFrame({"a": [1]}).machina.records


@given(st.lists(st.integers(0, 5), unique=True), st.booleans())
def test_any_selection_keeps_rows_and_records_together(rows, renumber):
    """
    For any rows in any order, row and record stay together.
    """
    df = frame(_people()).iloc[rows]
    df = df.reset_index(drop=True) if renumber else df

    assert [record.id for record in df.machina.records] == rows


def test_numpy_sees_the_cells():
    """
    Numbers of a frame are numbers for numpy.
    """
    assert np.asarray(frame([{"a": 1}, {"a": 2}])["a"], dtype=int).sum() == 3
