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
    if type(value) is list:
        return [_masked(item) for item in value]
    return value
