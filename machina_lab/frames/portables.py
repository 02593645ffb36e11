"""
Columns of a file as DataFrames: the dtypes of `dtypes`, without a look at each cell.

Where a column's values have no such dtype (see there), each becomes a Python value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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

_THREADS: Final = 2

#: Texts that are looked at to tell whether they repeat.
_SAMPLE: Final = 1 << 13


def portable_frame(columns: Mapping[str, tuple[DataType, Sequence[Any]]]) -> Frame:
    """
    Return columns of portable values (`machina_lab.core.batches`) as a DataFrame.

    Args:
        columns: Name -> type and values, in runs that are Arrow arrays or lists.
    """
    # Most of the work is Arrow's and needs no Python: two columns at a time. Columns
    # of Python's objects take longest and begin.
    order = sorted(columns, key=lambda name: columns[name][0].kind in _PLAIN)
    with ThreadPoolExecutor(_THREADS) as pool:
        made = {name: pool.submit(_column, *columns[name]) for name in order}
        return pd.DataFrame({n: made[n].result() for n in columns}, copy=False)


def _column(type_: DataType, chunks: Sequence[Any]) -> Any:
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
        if not cast.null_count:
            return made(_own(cast), np.zeros(len(cast), bool))
        return made(_own(cast.fill_null(value)), _own(cast.is_null()))

    return make


def _own(values: Any) -> Any:
    """
    Return values as numpy's, writable as a column is and Arrow's memory is not.
    """
    found = values.to_numpy()
    return found if found.flags.writeable else np.array(found)


def _texts(values: Any, _: DataType) -> Any:
    return pd.array(pc.cast(values, pa.large_string()), dtype="string")


def _datetimes(values: Any, type_: DataType) -> Any:
    zone = "UTC" if type_.timezone else None
    moments = pc.cast(values, pa.timestamp("us", zone)).to_numpy()
    return pd.DatetimeIndex(moments, tz=zone).array


def _dates(values: Any, _: DataType) -> Any:
    return pd.arrays.ArrowExtensionArray(pc.cast(values, pa.date32()))


def _decimals(values: Any, _: DataType) -> Any:
    texts = pc.cast(values, pa.string())
    if not _repeat(texts):
        return dtypes.objects(_numbers(texts))
    # Prices repeat: a number is made once for each text.
    coded = texts.combine_chunks().dictionary_encode()
    known = _numbers(coded.dictionary)
    numbers = np.fromiter([*known, None], dtype=object, count=len(known) + 1)
    codes = coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    return pd.Series(numbers[codes], dtype=object, copy=False)


def _numbers(texts: Any) -> list[Decimal | None]:
    found = texts.to_numpy(zero_copy_only=False) if len(texts) else ()
    if not texts.null_count:
        return list(map(Decimal, found))
    return [None if text is None else Decimal(text) for text in found]


def _repeat(texts: Any) -> bool:
    """
    Return whether there are fewer than half as many different texts as texts.

    Of n different ones, a sample of m has about m² / 2n twice.
    """
    if len(texts) <= _SAMPLE:
        return True
    rows = np.random.default_rng(0).integers(len(texts), size=_SAMPLE)
    different = pc.count_distinct(texts.take(pa.array(rows)), mode="all").as_py()
    return bool(_SAMPLE - different > _SAMPLE**2 / len(texts))


#: Kinds whose columns are made without an object for each value.
_PLAIN: Final = ("integer", "float", "boolean", "text", "datetime", "date")

_MAKERS: Final[dict[Kind, Callable[[Any, DataType], Any]]] = {
    "integer": _masked(pd.arrays.IntegerArray, pa.int64(), 0),
    "float": _masked(pd.arrays.FloatingArray, pa.float64(), 0.0),
    "boolean": _masked(pd.arrays.BooleanArray, pa.bool_(), False),
    "text": _texts,
    "datetime": _datetimes,
    "date": _dates,
    "decimal": _decimals,
}
