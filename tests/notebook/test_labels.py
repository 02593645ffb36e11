"""
Values as people call them.
"""

import datetime as dt
import enum

from dataclasses import dataclass
from decimal import Decimal

import pytest

from machina_lab.notebook.labels import attributes_label, label


class Role(enum.Enum):
    admin = 1


@dataclass
class User:
    name: str


class Wild:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Role.admin, "admin"),
        (Decimal("9.90"), "9.90"),
        (dt.date(2024, 1, 31), "2024-01-31"),
        ("O'Hara", '"O\'Hara"'),
        (None, "None"),
        (5, "5"),
        (User("Jane"), "User"),
        ([User("Jane"), Role.admin], "[User, admin]"),
        ("x" * 10**6, f"'{'x' * 78}…"),
    ],
)
def test_labels(value, expected):
    """
    A record is its label, a member its name, and nothing is longer than asked for.
    """
    assert expected == label(value)


def test_attributes_as_on_a_line():
    """
    Attributes of associations have dots, as one types them.
    """
    given = {"total": Decimal(3), "author": {"role": Role.admin, "boss": None}}

    assert attributes_label(given) == "total=3, author.role=admin, author.boss=None"
