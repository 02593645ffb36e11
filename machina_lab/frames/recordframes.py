"""
The DataFrame that still knows the records it was made from.

A *record frame* is a DataFrame in every respect. What it knows beside its cells (its
records, its caption, its lab) follows it through slicing, sorting, copying and
pickling, and shows in notebooks and terminals.
"""

from __future__ import annotations

import pickle

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from machina_lab.errors import ArgumentValueError
from machina_lab.frames import display


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """
    What a frame was made from.

    Attributes:
        records: The records; row label *n* of the frame shows `records[n]`. None once
            the rows have other labels, or when the records could not be pickled.
        model: The class of the records, if they have one.
        caption: One line that says what happened: rows by table, pending or committed.
        lab: The lab that made them, or None.
        shown_only: Columns that are for looking at: labels and counts of associations.
        rows_shown: How many rows a display shows; None leaves it to pandas' options.
    """

    records: list[Any] | None = None
    model: type | None = None
    caption: str = ""
    lab: Any = None
    shown_only: frozenset[Any] = field(default_factory=frozenset)
    rows_shown: int | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """
        Stay: a copy of a frame is of the same records.
        """
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """
        Travel without the lab, and without records that cannot be pickled.
        """
        try:
            records: Any = pickle.loads(pickle.dumps(self.records))  # noqa: S301 - ours
        except Exception:  # noqa: BLE001 - user classes refuse in ways of their own
            records = None
        model = self.model if records else None
        rest = (records, model, self.caption, None, self.shown_only, self.rows_shown)
        return Origin, rest


class RecordFrame(pd.DataFrame):
    """
    A DataFrame of records; `df.machina` leads back to them.
    """

    _metadata: ClassVar[list[str]] = ["_origin"]
    _origin: Origin = Origin()

    @property
    def _constructor(self) -> type[RecordFrame]:
        return RecordFrame

    def __setattr__(self, name: str, value: Any) -> None:
        """
        Forget which rows are which records once the labels are replaced.
        """
        super().__setattr__(name, value)
        if name == "index" and self._origin.records is not None:
            self._origin = replace(self._origin, records=None)

    def __finalize__(
        self, other: Any, method: str | None = None, **kwargs: Any
    ) -> Self:
        """
        Hand the origin on to what is made of this frame, where rows stay rows.
        """
        # The stubs leave this method out; pandas documents it for subclasses.
        super().__finalize__(other, method=method, **kwargs)  # type: ignore[misc]  # see above
        renamed = method == "rename" and not self.index.equals(other.index)
        if renamed or method in {"groupby", "transpose"}:
            self._origin = replace(self._origin, records=None)
        return self

    def reset_index(self, *args: Any, **kwargs: Any) -> Any:
        """
        Number the rows anew (pandas), and keep knowing their records.
        """
        rows, origin = record_labels(self), self._origin
        result = super().reset_index(*args, **kwargs)
        target = self if result is None else result
        if rows is not None and origin.records is not None:
            target.index = labels(len(target))
            records = [origin.records[row] for row in rows]
            target._origin = replace(origin, records=records)  # noqa: SLF001 - a frame's own
        return result

    def __repr__(self) -> str:
        """
        Return the text that a terminal shows.
        """
        return display.text(self, self._caption, self._origin.rows_shown)

    def _repr_html_(self) -> str:
        return display.html(self, self._caption, self._origin.rows_shown)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return display.bundle(self, self._caption, self._origin.rows_shown)

    @property
    def _caption(self) -> str:
        # The caption speaks of the records: it does not fit what was computed of them.
        return self._origin.caption if record_labels(self) is not None else ""


def labels(count: int) -> pd.Index:
    """
    Return the row labels of a new frame: see `record_labels`.
    """
    return pd.Index(np.arange(count, dtype=np.int64))


def origin_of(df: pd.DataFrame) -> Origin:
    """
    Return what *df* was made from; nothing for a DataFrame of other making.
    """
    return df._origin if isinstance(df, RecordFrame) else Origin()  # noqa: SLF001 - ours


def record_labels(df: pd.DataFrame) -> list[int] | None:
    """
    Return the position of each row's record, or None if that is not known.

    The labels that `frame` gives are plain integers without a name in an index that is
    no RangeIndex. What pandas numbers itself is a RangeIndex, and what groups rows has
    a name, so neither is mistaken for a record's number.
    """
    index, records = df.index, origin_of(df).records
    ours = type(index) is pd.Index and index.name is None and index.dtype == np.int64
    if not ours or records is None:
        return None
    found: list[int] = index.tolist()
    return found if all(0 <= label < len(records) for label in found) else None


def records_of(df: pd.DataFrame) -> list[Any]:
    """
    Return the records of the rows of *df*, in the order of the rows.

    Raises:
        ArgumentValueError: The rows have other labels than `frame` gave them.
    """
    rows, records = record_labels(df), origin_of(df).records
    if rows is None or records is None:
        raise ArgumentValueError(
            "This frame does not know which records its rows were made from: it was "
            "not made by frame(), or its index was replaced. Keep the index (no "
            "ignore_index, no set_index), or ask the frame it came from."
        )
    return [records[row] for row in rows]


class RecordFrames(Mapping[str, RecordFrame]):
    """
    Records of several kinds: the name of each kind -> its frame.

    Attributes:
        caption: One line for all of them.
        records: All records in the order in which they were given.
    """

    def __init__(
        self, frames: Mapping[str, RecordFrame], records: list[Any], caption: str = ""
    ) -> None:
        self._frames = dict(frames)
        self.records = records
        self.caption = caption

    def __getitem__(self, name: str) -> RecordFrame:
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def __repr__(self) -> str:
        """
        Return the text that a terminal shows.
        """
        parts = [f"{name}\n{each!r}" for name, each in self._frames.items()]
        return "\n\n".join([*parts, self.caption] if self.caption else parts)

    def _repr_html_(self) -> str:
        parts = [
            f"<h4>{display.escaped(name)}</h4>{each._repr_html_()}"
            for name, each in self._frames.items()
        ]
        foot = f"<p>{display.escaped(self.caption)}</p>" if self.caption else ""
        return "".join([*parts, foot])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}
