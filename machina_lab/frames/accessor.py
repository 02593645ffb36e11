"""
`df.machina`: the way back from a DataFrame to records, overrides, params and files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from machina_lab.errors import OptionError
from machina_lab.frames.cells import cell_values
from machina_lab.frames.recordframes import origin_of, records_of


class MachinaAccessor:
    """
    What a lab can do with a DataFrame; pandas shows it as `df.machina`.

    Works on every DataFrame; one that `frame` made also knows its records and its lab.
    """

    def __init__(self, df: pd.DataFrame) -> None:
        self._df = df
        self._origin = origin_of(df)

    @property
    def records(self) -> list[Any]:
        """
        The records of the rows, in the order of the rows, as the lab made them.

        Raises:
            ArgumentValueError: The rows have other labels than `frame` gave them.
        """
        return records_of(self._df)

    @property
    def caption(self) -> str:
        """
        The line that says what happened.
        """
        return self._origin.caption

    @property
    def lab(self) -> Any:
        """
        The lab the rows come from, or None.
        """
        return self._origin.lab

    def overrides(self, *, keep_none: bool = False) -> list[dict[str, Any]]:
        """
        Return each row as overrides for a factory, in Python's own types.

        Labels and counts of associations are left out, and so are cells without a
        value, where the factory then decides. Columns such as `author.name` become
        overrides of the association.

        Args:
            keep_none: Give None for cells without a value.
        """
        columns = [
            (name, [_python(cell) for cell in cell_values(self._df.iloc[:, at])])
            for at, name in enumerate(self._df.columns)
            if name not in self._origin.shown_only
        ]
        rows: list[dict[str, Any]] = [{} for _ in range(len(self._df))]
        for name, values in columns:
            for row, value in zip(rows, values, strict=True):
                if value is not None or keep_none:
                    _put(row, str(name), value)
        return rows

    def insert(self, name: str, *, lab: Any = None) -> Any:
        """
        Insert a record of factory *name* for each row, the row as its overrides.

        One step: all rows or none, and one undo takes them back.

        Args:
            name: The factory, `user` or `user+admin`.
            lab: The lab to use, if the frame knows none.

        Returns:
            A frame of the inserted records.
        """
        used = self._lab(lab)
        made = used.insert_rows(name, self.overrides())
        return self._framed(made, used, name)

    def params(self, name: str, *, lab: Any = None) -> list[dict[str, Any]]:
        """
        Return the params of factory *name* for each row, the row as its overrides.
        """
        used = self._lab(lab)
        return [used.params_for(name, row) for row in self.overrides()]

    def to_fixtures(self, directory: Any, *, lab: Any = None, **options: Any) -> Any:
        """
        Write the records of the rows as a fixture set.

        Args:
            directory: Where the files go.
            lab: The lab to use, if the frame knows none.
            options: Options of `lab.export_fixtures`.
        """
        used = self._lab(lab)
        return used.export_fixtures(directory, records=self.records, **options)

    def _lab(self, lab: Any) -> Any:
        used = lab if lab is not None else self._origin.lab
        if used is None:
            raise OptionError(
                "This frame knows no lab: pass one, df.machina.insert('user', lab=lab)."
            )
        return used

    def _framed(self, records: list[Any], lab: Any, name: str) -> Any:
        from machina_lab.frames.conversion import frame

        model = lab.find(name).model
        return frame(records, lab=lab, model=model, rows_shown=self._origin.rows_shown)


def _python(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime() if value.nanosecond == 0 else value
    if isinstance(value, pd.Timedelta):
        return value.to_pytimedelta() if value.nanoseconds == 0 else value
    if isinstance(value, np.generic):
        return value.item()
    return value


def _put(row: dict[str, Any], name: str, value: Any) -> None:
    """
    Set *name* in *row*; `author.name` goes into a mapping for `author`.
    """
    head, dot, rest = name.partition(".")
    if not dot:
        row[name] = value
        return
    inner = row.setdefault(head, {})
    if isinstance(inner, Mapping):
        _put(inner, rest, value)  # type: ignore[arg-type]  # ours: a dict made above


def register() -> None:
    """
    Make the accessor known to pandas, once.
    """
    if not hasattr(pd.DataFrame, "machina"):
        pd.api.extensions.register_dataframe_accessor("machina")(MachinaAccessor)
