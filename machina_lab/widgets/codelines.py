"""
The lines of code that do what a widget does: a magic line and a Python call.

Both can be run as they are and give the same overrides. A secret is never written down:
in its place stands a variable of the same name.
"""

from __future__ import annotations

import datetime as dt
import enum
import keyword
import re

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from machina_lab.core.records import Field
from machina_lab.core.secrets import is_secret


#: Texts that a magic line takes without quotes.
_BARE: Final = re.compile(r"[A-Za-z_][\w.@+-]*")
_KEY: Final = re.compile(r"\w[\w-]*")
_LITERAL_WORDS: Final = frozenset({"None", "null", "True", "False", "true", "false"})
_TEXT_VALUES: Final = (dt.date, dt.time, Decimal, UUID)


@dataclass(frozen=True, slots=True)
class CodeLines:
    """
    The same deed twice.

    Attributes:
        magic: As a magic line: `%build user role=admin`.
        python: As a Python call: `lab.build("user", role="admin")`.
    """

    magic: str
    python: str

    def __str__(self) -> str:
        """
        Return both, a line each.
        """
        return f"{self.magic}\n{self.python}"


def build_lines(
    verb: str,
    path: str,
    count: int,
    overrides: Mapping[str, Any],
    fields: Mapping[str, Field] | None = None,
) -> CodeLines:
    """
    Return the lines that build or insert records.

    Args:
        verb: `build` or `insert`.
        path: The factory with its variants: `user+admin`.
        count: How many records.
        overrides: What they get.
        fields: The fields of the records, as far as known.
    """
    listed = count != 1
    name = f"{verb}_list" if listed else verb
    numbers = [str(count)] if listed else []
    words = [name, *numbers, path, *_words(overrides, fields or {})]
    arguments = [*numbers, python_literal(path), *_arguments(overrides)]
    return CodeLines(f"%{' '.join(words)}", f"lab.{name}({', '.join(arguments)})")


def _words(overrides: Mapping[str, Any], fields: Mapping[str, Field]) -> list[str]:
    return [
        f"{key}={_magic_value(key, value, fields.get(key))}"
        for key, value in flattened(overrides)
    ]


def flattened(overrides: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """
    Return *overrides* with the attributes of associations written with dots.

    Examples:
        >>> flattened({"title": "x", "author": Nested(role="admin")})
        [('title', 'x'), ('author.role', 'admin')]
    """
    items: list[tuple[str, Any]] = []
    for key, value in overrides.items():
        if isinstance(value, Nested) and value and all(map(_KEY.fullmatch, value)):
            items += flattened(value, f"{prefix}{key}.")
        else:
            items.append((f"{prefix}{key}", value))
    return items


class Nested(dict[str, Any]):
    """
    Overrides of an association, as opposed to a mapping that is a value.
    """

    __slots__ = ()


def _magic_value(key: str, value: Any, field: Field | None) -> str:
    if is_secret(key.rpartition(".")[2]) and value is not None:
        return f"${_variable(key)}"
    typed = field is not None and field.type.kind not in {
        "any",
        "other",
        "record",
        "json",
    }
    if isinstance(value, str):
        return _magic_text(value)
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, enum.Enum) and typed:
        return _magic_text(value.name)
    if isinstance(value, _TEXT_VALUES) and typed:
        text = value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
        return text if re.fullmatch(r"[\w.:+-]+", text) else _quoted(text)
    return "{" + python_literal(value) + "}"


def _magic_text(text: str) -> str:
    if not text.isprintable() or "\\" in text:
        return "{" + repr(text) + "}"
    bare = _BARE.fullmatch(text) and text not in _LITERAL_WORDS
    return text if bare else _quoted(text)


def word(text: str) -> str:
    """
    Return a name as one word of a magic line, in quotes where it needs some.

    Examples:
        >>> print(word("orders"), word("order lines"))
        orders "order lines"
    """
    return text if _BARE.fullmatch(text) else '"' + text.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    if '"' not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _variable(key: str) -> str:
    return re.sub(r"\W", "_", key.rpartition(".")[2])


def _arguments(overrides: Mapping[str, Any]) -> list[str]:
    keywords = {k: v for k, v in overrides.items() if _is_keyword(k)}
    others = {k: v for k, v in overrides.items() if not _is_keyword(k)}
    first = [python_literal(others)] if others else []
    return first + [f"{k}={_python_value(k, v)}" for k, v in keywords.items()]


def _is_keyword(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _python_value(key: str, value: Any) -> str:
    if is_secret(key) and value is not None:
        return _variable(key)
    return python_literal(value)


def python_literal(value: Any) -> str:
    """
    Return *value* as Python source.

    Examples:
        >>> print(python_literal({"on": dt.date(2024, 1, 31), "note": "it's"}))
        {"on": datetime.date(2024, 1, 31), "note": "it's"}
    """
    if isinstance(value, str):
        shown = repr(value)
        simple = shown.startswith("'") and '"' not in value and "\\" not in shown
        return f'"{value}"' if simple else shown
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, Mapping):
        pairs = [
            f"{python_literal(k)}: {_python_value(str(k), v)}" for k, v in value.items()
        ]
        return "{" + ", ".join(pairs) + "}"
    if type(value) is list:
        return f"[{', '.join(map(python_literal, value))}]"
    return repr(value)
