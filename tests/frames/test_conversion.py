"""
Records of every sort become a DataFrame.
"""

import datetime as dt

from decimal import Decimal
from typing import Any

import attrs
import pandas as pd
import pytest

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from machina_lab.core.records import RecordKind, kind_of
from machina_lab.errors import ArgumentTypeError
from machina_lab.frames import RecordFrame, RecordFrames, frame
from tests.frames.people import Address, Person, Point, Role


class TestShape:
    def test_a_row_a_record_in_model_order(self):
        """
        Each record is a row, each field a column, in the order of the class.
        """
        df = frame([Person(name="Ada"), Person(name="Bob")])

        assert df["name"].tolist() == ["Ada", "Bob"]
        assert list(df.columns) == list(Person.__dataclass_fields__)

    def test_one_record_is_one_row(self):
        """
        A record alone needs no list around it.
        """
        assert len(frame(Person())) == 1
        assert len(frame({"a": 1})) == 1
        assert frame(Point(1, 2)).iloc[0].tolist() == [1, 2]
        assert frame("text").loc[0, "value"] == "text"

    @pytest.mark.parametrize(
        "make", [list, tuple, iter, lambda people: dict(enumerate(people)).values()]
    )
    def test_any_collection_will_do(self, make):
        """
        Lists, tuples, views and iterators of records are many records.
        """
        assert len(frame(make([Person(), Person()]))) == 2

    def test_is_a_dataframe(self):
        """
        A frame is a DataFrame.
        """
        assert isinstance(frame([Person()]), pd.DataFrame)

    def test_refuses_a_dataframe(self):
        """
        A DataFrame is no record.
        """
        with pytest.raises(ArgumentTypeError, match="takes records"):
            frame(pd.DataFrame())


class TestDtypes:
    def test_follow_the_fields(self):
        """
        Each type has its nullable dtype, beside missing values too.
        """
        df = frame([Person(), Person(id=1, name=None, admin=True)])

        assert df.dtypes.astype(str).to_dict() == {
            "id": "Int64",
            "name": "string",
            "admin": "boolean",
            "height": "Float64",
            "worth": "object",
            "role": "category",
            "level": "category",
            "size": "category",
            "born": "date32[day][pyarrow]",
            "seen": "datetime64[us, UTC]",
            "wakes": "time64[us][pyarrow]",
            "nap": "timedelta64[us]",
            "key": "object",
            "photo": "object",
            "settings": "object",
            "tags": "object",
            "address": "object",
        }

    def test_empty_results_keep_columns_and_dtypes(self):
        """
        No rows of a known model have the same columns and dtypes as many.
        """
        df = frame([], model=Person)

        assert df.empty
        full = frame([Person(seen=dt.datetime(2024, 1, 1))])
        assert df.dtypes.equals(full.dtypes)

    def test_nothing_at_all(self):
        """
        No rows of nothing known is an empty frame.
        """
        assert frame([]).shape == (0, 0)

    def test_decimal_is_exact(self):
        """
        A Decimal keeps its digits.
        """
        df = frame([Person(worth=Decimal("9.900"))])

        assert str(df.loc[0, "worth"]) == "9.900"


class TestKinds:
    def test_dicts(self):
        """
        Dicts have the union of their keys, and NA where one has none.
        """
        df = frame([{"a": 1, "b": True}, {"a": 2, "c": "x"}])

        assert df.dtypes.astype(str).to_dict() == {
            "a": "Int64",
            "b": "boolean",
            "c": "string",
        }
        assert df["c"].isna().tolist() == [True, False]

    def test_dict_keys_need_not_be_text(self):
        """
        Any key is a column's name.
        """
        assert frame([{1: "a", 2: "b"}]).columns.tolist() == [1, 2]

    def test_attrs_pydantic_and_plain_classes(self):
        """
        Classes of attrs and pydantic, and plain ones, are read by their fields.
        """

        @attrs.define
        class A:
            x: int = 1

        class B(BaseModel):
            x: int | None = None

        class C:
            def __init__(self, x: int = 3) -> None:
                self.x = x

        assert [frame(cls()).dtypes.astype(str)["x"] for cls in (A, B, C)] == [
            "Int64",
            "Int64",
            "Int64",
        ]

    def test_values(self):
        """
        Plain values are a column called value.
        """
        df = frame([dt.date(2024, 1, 1), None])

        assert str(df.dtypes["value"]) == "date32[day][pyarrow]"
        assert str(frame([Role.admin]).dtypes["value"]) == "category"

    def test_values_of_several_types(self):
        """
        Values of different types are one frame all the same.
        """
        assert frame([1, "a", None])["value"].tolist() == [1, "a", None]

    def test_mappings_of_a_model(self):
        """
        Rows given as mappings get the model's columns, order and dtypes.
        """
        df = frame([{"name": "Ada", "id": 1}], model=Person)

        assert list(df.columns)[:2] == ["id", "name"]
        assert df["id"].dtype == "Int64"
        assert df["born"].isna().all()


class TestColumns:
    """
    Reading by column is reading record by record, only quicker.
    """

    @pytest.mark.parametrize("name", ["dataclass", "attrs", "pydantic", "object"])
    def test_same_as_record_by_record(self, name):
        """
        A kind's own way to read columns gives what reading each record gives.
        """
        records = RECORDS[name]
        kind = kind_of(type(records[0]))

        assert kind.columns(type(records[0]), records) == RecordKind.columns(
            kind, type(records[0]), records
        )


class Loose:
    """
    A plain class whose objects have attributes of their own.
    """

    def __init__(self, x: int, **rest: Any) -> None:
        self.x, self._hidden = x, x
        self.__dict__.update(rest)

    @property
    def double(self) -> int:
        return 2 * self.x


@attrs.define
class Slotted:
    x: int
    y: int | None = None
    late: int = attrs.field(init=False)


class Extra(BaseModel):
    model_config = ConfigDict(extra="allow")

    x: int


RECORDS = {
    "dataclass": [Person(id=1), Person(name=None)],
    "attrs": [Slotted(1), Slotted(2, 3)],
    "pydantic": [Extra(x=1), Extra(x=2, more="a")],
    "object": [Loose(1), Loose(2, more="a", x2=1)],
}


class TestMixed:
    def test_one_frame_for_each_kind(self):
        """
        Records of several kinds become one frame a kind, by the name of the class.
        """
        records = [Person(), Address(), Person(), {"a": 1}, 5]

        made = frame(records, caption="built 5")

        assert isinstance(made, RecordFrames)
        assert {name: len(each) for name, each in made.items()} == {
            "Person": 2,
            "Address": 1,
            "dict": 1,
            "value": 1,
        }
        assert made.records == records
        assert made["Person"].machina.records == [records[0], records[2]]

    def test_two_classes_of_one_name(self):
        """
        Classes that share a name are told apart.
        """
        other = type("Address", (), {"__module__": "elsewhere"})

        made = frame([Address(), other(), other()])

        assert list(made) == ["tests.frames.people.Address", "elsewhere.Address"]
        assert [len(each) for each in made.values()] == [1, 2]

    def test_shows_all_of_them(self):
        """
        The text and the HTML show each kind under its name, then the caption.
        """
        made = frame([Person(), Address()], caption="<built 2>")

        assert "Person\n" in repr(made)
        assert repr(made).endswith("<built 2>")
        bundle = made._repr_mimebundle_()
        assert "<h4>Address</h4>" in bundle["text/html"]
        assert "&lt;built 2&gt;" in bundle["text/html"]
        assert bundle["text/plain"] == repr(made)


class TestDeep:
    def test_columns_of_the_association(self):
        """
        With deep, a record inside a record is its own columns, dotted.
        """
        df = frame([Person(address=Address(city="Rome")), Person()], deep=True)

        assert df["address.city"].isna().tolist() == [False, True]
        assert df["address.street"].tolist()[0] == "Elm Street"
        assert "address" not in df
        assert list(df.columns)[-2:] == ["address.street", "address.city"]

    def test_without_records_the_column_stays(self):
        """
        With deep, an association that nobody has remains one column.
        """
        assert "address" in frame([Person()], deep=True)

    def test_stops_at_cycles(self):
        """
        A record that leads back to its own class is not opened again.
        """

        @attrs.define
        class Node:
            name: str
            parent: Any = None

        df = frame([Node("leaf", Node("root"))], deep=True)

        assert list(df.columns) == ["name", "parent"]

    def test_of_several_classes(self):
        """
        Inner records of different classes share the columns they have in common.
        """
        inner = [{"of": Address(city="Rome")}, {"of": Point(1, 2)}]

        df = frame(inner, deep=True)

        assert list(df.columns) == ["of.street", "of.city", "of.x", "of.y"]
        assert df["of.x"].tolist() == [pd.NA, 1]


@given(
    st.lists(
        st.builds(
            Person,
            id=st.none() | st.integers(),
            name=st.none() | st.text(),
            worth=st.none() | st.decimals(allow_nan=False),
            role=st.sampled_from(Role),
            seen=st.none() | st.datetimes(timezones=st.none() | st.just(dt.UTC)),
        )
    )
)
def test_frame_holds_what_the_records_hold(people):
    """
    For any records, each cell is the record's value, and the records come back.
    """
    df = frame(people, model=Person)

    assert isinstance(df, RecordFrame)
    assert df.machina.records == people
    for name in ("id", "name", "worth", "role", "seen"):
        cells = [None if pd.isna(cell) else cell for cell in df[name]]
        assert cells == [getattr(person, name) for person in people]
