"""
What must not be shown: values whose name says that they are secret.
"""

from __future__ import annotations

import re

from collections.abc import Mapping
from typing import Any, Final


#: Shown in place of a secret.
MASK: Final = "***"

_SECRET: Final = re.compile(
    "passw|pwd|passphrase|secret|token|credential|api_?key|access_?key|private_?key",
    re.IGNORECASE,
)


class Address(str):
    """
    A URL as text, which may hold a password: shown without what is behind its scheme.

    Examples:
        >>> Address("postgresql://jane:x@host/shop")
        'postgresql://***'
    """

    __slots__ = ()

    def __str__(self) -> str:
        """
        Return the scheme alone.
        """
        scheme, found, _ = self.partition("://")
        return f"{scheme}://{MASK}" if found else MASK

    def __repr__(self) -> str:
        return repr(str(self))

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def is_secret(name: object) -> bool:
    """
    Return whether a value of that name is a secret.

    Examples:
        >>> is_secret("password_hash"), is_secret("apiKey"), is_secret("author")
        (True, True, False)
    """
    return _SECRET.search(str(name)) is not None


def masked(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """
    Return a copy of *values* with secrets masked, in nested mappings and lists too.

    Examples:
        >>> masked({"name": "Jane", "password": "x", "profile": {"token": "y"}})
        {'name': 'Jane', 'password': '***', 'profile': {'token': '***'}}
    """
    return {
        key: MASK if is_secret(key) and value is not None else _masked(value)
        for key, value in values.items()
    }


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return masked(value)
    if type(value) in (list, tuple):
        return type(value)(map(_masked, value))
    return value
