"""
Values of any type in one column, as SQLite allows: each as an SQL literal.
"""

from __future__ import annotations

from typing import Any


def literal(value: Any) -> str:
    """
    Return the literal for a value as SQLite's driver gives it.

    Examples:
        >>> literal(1), literal(1.5), literal("it's"), literal(b"ab")
        ('1', '1.5', "'it''s'", "X'6162'")
    """
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return repr(value)


def value_of(text: str) -> Any:
    """
    Return the value of a literal.

    Raises:
        ValueError: It is none.

    Examples:
        >>> value_of("'it''s'"), value_of("X'6162'"), value_of("-1"), value_of("1.5")
        ("it's", b'ab', -1, 1.5)
    """
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if text[:2].upper() == "X'" and text[-1] == "'":
        return bytes.fromhex(text[2:-1])
    try:
        return int(text)
    except ValueError:
        return float(text)


def text_of(text: str) -> Any:
    """
    Return the value of a literal as another database's text takes it.
    """
    value = value_of(text)
    return value if isinstance(value, bytes) else str(value)
