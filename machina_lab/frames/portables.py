"""
Columns of a file as DataFrames: the dtypes of `dtypes`, without a look at each cell.

Where a column's values have no such dtype (see there), each becomes a Python value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from machina_lab.core.datatypes import DataType, Kind
from machina_lab.core.portable import from_portable
from machina_lab.frames import dtypes


Frame: TypeAlias = pd.DataFrame


def portable_frame(columns: Mapping[str, tuple[DataType, Sequence[Any]]]) -> Frame:
    """
    Return columns of portable values (`machina_lab.core.batches`) as a DataFrame.

    Args:
        columns: Name -> type and values, in runs that are Arrow arrays or lists.
    """
    return pd.DataFrame(
        {name: _column(chunks, type_) for name, (type_, chunks) in columns.items()},
        copy=False,
    )


def _column(chunks: Sequence[Any], type_: DataType) -> Any:
    make = _MAKERS.get(type_.kind)
    if make is not None and not any(isinstance(chunk, list) for chunk in chunks):
        try:
            return make(pa.chunked_array(chunks, None if chunks else pa.null()), type_)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            # A value that only its database understands, such as `infinity`.
            pass
    values = [value for chunk in chunks for value in _listed(chunk)]
    try:
        return dtypes.column([from_portable(v, type_) for v in values], type_)
    except ValueError:
        return dtypes.objects(values)


def _listed(chunk: Any) -> list[Any]:
    return chunk if isinstance(chunk, list) else list(chunk.to_pylist())


def _masked(
    made: Callable[[Any, Any], Any], arrow_type: Any, value: object
) -> Callable[[Any, DataType], Any]:
    def make(values: Any, _: DataType) -> Any:
        cast = pc.cast(values, arrow_type)
        mask = cast.is_null().to_numpy()
        full = cast.fill_null(value) if cast.null_count else cast
        # A copy of its own: Arrow's memory is read-only and a column is not.
        return made(np.array(full.to_numpy()), np.array(mask))

    return make


def _texts(values: Any, _: DataType) -> Any:
    return pd.array(pc.cast(values, pa.large_string()), dtype="string")


def _datetimes(values: Any, type_: DataType) -> Any:
    zone = "UTC" if type_.timezone else None
    moments = pc.cast(values, pa.timestamp("us", zone)).to_numpy()
    return pd.DatetimeIndex(moments, tz=zone).array


def _dates(values: Any, _: DataType) -> Any:
    return pd.arrays.ArrowExtensionArray(pc.cast(values, pa.date32()))


def _decimals(values: Any, _: DataType) -> Any:
    # Prices repeat: a number is made once for each text.
    coded = pc.cast(values, pa.string()).combine_chunks().dictionary_encode()
    known = [
        None if text is None else Decimal(text) for text in coded.dictionary.to_pylist()
    ]
    numbers = np.fromiter([*known, None], dtype=object, count=len(known) + 1)
    codes = coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    return pd.Series(numbers[codes], dtype=object, copy=False)


_MAKERS: Final[dict[Kind, Callable[[Any, DataType], Any]]] = {
    "integer": _masked(pd.arrays.IntegerArray, pa.int64(), 0),
    "float": _masked(pd.arrays.FloatingArray, pa.float64(), 0.0),
    "boolean": _masked(pd.arrays.BooleanArray, pa.bool_(), False),
    "text": _texts,
    "datetime": _datetimes,
    "date": _dates,
    "decimal": _decimals,
}
