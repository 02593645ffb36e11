"""
Values: what the words of a line mean in Python.

A value is text unless it says otherwise. `$name` is the variable's object and
`{expression}` the expression's; nothing else is ever evaluated. Text is cast by the
type of the field it is for, and read as a Python literal where there is no type.
"""

from __future__ import annotations

import ast
import re
import warnings

from collections.abc import Mapping
from typing import Any, Final

from machina_lab.core.casting import cast, cast_text, casters
from machina_lab.core.datatypes import ANY, DataType
from machina_lab.core.records import MISSING, Field, kind_of
from machina_lab.notebook.lines import Line, nested
from machina_lab.notebook.scopes import Scope, expression, shortened, variable
from machina_lab.notebook.words import Word


#: Kinds whose fields take any literal as it is.
_UNTYPED: Final = ("any", "other", "record", "json")
_TEXT: Final = DataType("text", str)
#: How a bare word begins that may be a literal.
_LITERAL: Final = re.compile(r"[-+]?[.\d]|[bB]['\"]|(?:True|False)$")


def overrides(line: Line, fields: Mapping[str, Field], scope: Scope) -> dict[str, Any]:
    """
    Return the attributes of *line* as Python values, dotted ones as mappings.

    Args:
        line: What was typed.
        fields: The fields of the record that will be made; {} if unknown.
        scope: The names that variables and expressions see.

    Raises:
        LineError: A variable does not exist, an expression or literal is wrong.
        CastError: A text does not fit its field.
    """
    items = [
        (word.key, attribute_value(line, word, fields, scope))
        for word in line.attributes
    ]
    return nested(items)


def attribute_value(
    line: Line, word: Word, fields: Mapping[str, Field], scope: Scope
) -> Any:
    """
    Return the value of one `ATTR=VALUE`.
    """
    if blind := _blind_end(fields, word.key):
        raise line.error(blind, word)
    found = find_field(fields, word.key)
    if found and found.role in ("to_one", "to_many") and _is_plain(word):
        raise line.error(_association_hint(word.key, found), word)
    type_ = found.type if found else ANY
    if _casts_later(line, type_):
        type_ = _TEXT
    return value(line, word, scope, type_, attribute=word.key)


def find_field(fields: Mapping[str, Field], path: str) -> Field | None:
    """
    Return the field that a dotted path leads to, or None if that is unknown.
    """
    name, _, rest = path.partition(".")
    found = fields.get(name)
    if not rest or found is None:
        return found
    if found.target is None:
        return None
    return find_field(kind_of(found.target).fields(found.target), rest)


def _is_plain(word: Word) -> bool:
    return word.form in ("bare", "quoted") and word.source != "None"


def _casts_later(line: Line, type_: DataType) -> bool:
    """
    Return whether an insert hands the text to a rule of the user, who expects it once.
    """
    return line.grammar.magic.startswith("insert") and casters.find(type_) is not None


def _blind_end(fields: Mapping[str, Field], path: str) -> str:
    """
    Return why a dotted path leads nowhere, or "" if nothing speaks against it.
    """
    names = path.split(".")
    for at in range(1, len(names)):
        start = ".".join(names[:at])
        found = find_field(fields, start)
        if found is None:
            return ""
        if found.role == "to_many":
            return _association_hint(start, found)
        if found.target is None and found.type.kind not in _UNTYPED:
            return f"{start} is {found.type.label}: it has no attribute {names[at]!r}."
    return ""


def _association_hint(key: str, found: Field) -> str:
    what = found.target.__name__ if found.target else "record"
    if found.role == "to_many":
        return f"{key} takes a list of {what}: {key}=$name or {key}={{[...]}}."
    return (
        f"{key} takes a {what}: {key}=$name, {key}={{...}}, or {key}.ATTR=VALUE for one"
        " that is made."
    )


def value(
    line: Line, word: Word, scope: Scope, type_: DataType = ANY, *, attribute: str = ""
) -> Any:
    """
    Return what *word* means for a field of *type_*.
    """
    if word.form == "variable":
        return variable(line, word, scope)
    if word.form == "expression":
        return expression(line, word, scope)
    if word.form == "bracketed":
        return _bracketed(line, word, type_, attribute)
    if word.form == "quoted":
        return _quoted(word, type_, attribute)
    return _bare(word, type_, attribute)


def _bracketed(line: Line, word: Word, type_: DataType, attribute: str) -> Any:
    if type_.kind == "text":
        return cast_text(word.text, type_, attribute=attribute)
    found = literal(word.text)
    if found is MISSING:
        message = (
            f"{shortened(word.text)} is no Python literal. Quote the texts in it, or"
            " all of it if it is a text."
        )
        raise line.error(message, word)
    return found if _is_untyped(type_) else cast(found, type_, attribute=attribute)


def _quoted(word: Word, type_: DataType, attribute: str) -> Any:
    if _is_untyped(type_):
        return word.text
    return cast_text(word.text, type_, attribute=attribute)


def _bare(word: Word, type_: DataType, attribute: str) -> Any:
    if word.text == "None":
        return None
    if _is_untyped(type_):
        found = literal(word.text) if _LITERAL.match(word.text) else MISSING
        if found is not MISSING:
            return found
    return cast_text(word.text, type_, attribute=attribute)


def _is_untyped(type_: DataType) -> bool:
    return type_.kind in _UNTYPED and casters.find(type_) is None


def literal(text: str) -> Any:
    """
    Return the Python literal that *text* is, or `MISSING`. Nothing is evaluated.

    Examples:
        >>> literal("[1, 2]"), literal("3.5"), literal("__import__('os')")
        ([1, 2], 3.5, MISSING)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return MISSING


def count(line: Line, word: Word, scope: Scope) -> int:
    """
    Return how many records *word* asks for.
    """
    if word.form in ("bare", "quoted"):
        return line.number(word)
    found = value(line, word, scope)
    if isinstance(found, bool) or not isinstance(found, int):
        raise line.error(f"{word.source} is no whole number but {found!r}.", word)
    return found


def plain_text(line: Line, word: Word, scope: Scope) -> str:
    """
    Return *word* as a text such as a path or a URL; `$name` may hold it.
    """
    if word.form in ("bare", "quoted", "bracketed"):
        return word.text
    found = value(line, word, scope)
    if isinstance(found, str) or hasattr(found, "__fspath__"):
        return str(found)
    raise line.error(f"{word.source} is no text but {type(found).__name__}.", word)
