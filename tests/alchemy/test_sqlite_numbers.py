"""
Numbers between SQLite's floats and exact digits.
"""

from decimal import Decimal

import pytest

from hypothesis import example, given, settings
from hypothesis import strategies as st

from machina_lab.alchemy.sqlite_forms import exact_number, form
from machina_lab.core.datatypes import DataType
from machina_lab.core.tables import Column


@pytest.mark.parametrize("scale", [1, 2, 10, 14])
@settings(deadline=None)
@given(
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(-(10**9), 10**9).map(lambda n: n / 100)
)
@example(0.1 + 0.2)
@example(1e-7)
@example(99999999999999.99)
def test_digits_are_those_of_the_number(scale, value):
    """
    Padded to the column's digits, and never another number than SQLite's.
    """
    from sqlalchemy.dialects import sqlite

    type_ = DataType("decimal", Decimal, precision=30, scale=scale)
    read = form(Column("n", type_), sqlite.dialect()).read

    digits = Decimal(read(value))

    assert Decimal(repr(value)) == digits
    assert digits.as_tuple().exponent <= -scale or abs(digits) >= 10 ** (15 - scale)


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False))
@example(Decimal(123456789012345))
@example(Decimal("1E-400"))
@example(Decimal("-.5"))
def test_numbers_are_kept_exactly_or_refused(number):
    """
    What goes into SQLite is the number of the file, to the last digit.
    """
    if Decimal(repr(float(number))) == number or (
        number == number.to_integral_value() and abs(number) < 2**63
    ):
        assert number == Decimal(repr(exact_number(str(number))))
    else:
        with pytest.raises(ValueError, match="SQLite keeps about 16 digits"):
            exact_number(str(number))
