"""
Columns of files as columns of DataFrames.
"""

from decimal import Decimal

import pyarrow as pa
import pytest

from machina_lab.core.datatypes import DataType
from machina_lab.frames.portables import portable_frame


ROWS = 20_000


class TestDecimals:
    @pytest.mark.parametrize("different", [ROWS, 9], ids=["all differ", "repeat"])
    def test_keep_their_digits_beside_null(self, different):
        """
        Whichever way is the shorter one to so many numbers.
        """
        texts = [f"-{at % different}.50" for at in range(ROWS)] + [None, "NaN", "1E+5"]
        runs = [pa.array(texts[:7]), pa.array(texts[7:], pa.string())]

        df = portable_frame({"price": (DataType("decimal"), runs)})

        made = [None if text is None else Decimal(text) for text in texts]
        assert list(map(str, made)) == list(map(str, df["price"]))
        assert {Decimal, type(None)} == set(map(type, df["price"]))

    @pytest.mark.parametrize("runs", [[], [pa.array([], pa.string())]])
    def test_none_at_all(self, runs):
        """
        An empty table is a column of objects, too.
        """
        df = portable_frame({"price": (DataType("decimal"), runs)})

        assert ("object", 0) == (str(df["price"].dtype), len(df))
