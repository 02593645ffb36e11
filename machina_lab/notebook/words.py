"""
Words: the pieces of a magic line, and where each one stands.

`user+admin name="Jane Doe" author.role=admin tags=[1, 2] by=$jane --seed 3`

Reading words never fails: what is wrong with a word is written on it (`problem`), so
that `lines` can point at it and `completion` can work on a line that is still being
typed. Nothing is evaluated here.
"""

from __future__ import annotations

import re

from dataclasses import dataclass
from typing import Final, Literal


Form = Literal["bare", "quoted", "bracketed", "variable", "expression"]

_KEY: Final = re.compile(r"(\w[\w-]*(?:\.\w[\w-]*)*)=")
_VARIABLE: Final = re.compile(r"\$([^\W\d]\w*)")
_DOTTED: Final = re.compile(r"\$[^\W\d]\w*(\.\w+)+")
_CLOSING: Final = {"[": "]", "(": ")", "{": "}"}


@dataclass(frozen=True, slots=True)
class Word:
    """
    One word of a line.

    Attributes:
        form: How its value was written: `bare` (role=admin), `quoted` ('it''s'),
            `bracketed` ([1, 2]), `variable` ($jane) or `expression` ({1 + 1}).
        source: The value as typed.
        text: What the value says: without its quotes, or the variable's name.
        at: Where the word begins in the line, its key included.
        value_at: Where its value begins.
        key: The attribute it is for, dots included; "" if it is none.
        problem: Why it cannot be read, or "".
    """

    form: Form
    source: str
    text: str
    at: int
    value_at: int
    key: str = ""
    problem: str = ""

    @property
    def end(self) -> int:
        """
        Where the word ends in the line.
        """
        return self.value_at + len(self.source)

    @property
    def is_flag(self) -> bool:
        """
        Whether it is an option such as `--seed`.
        """
        return (
            self.form == "bare"
            and not self.key
            and self.source.startswith("-")
            and not self.source[1:2].isdigit()
        )


def read_words(line: str, *, keys: bool = True) -> list[Word]:
    """
    Return the words of *line*.

    A word that begins with `#` ends the line, as in Python.

    Args:
        line: What stands behind the name of a magic.
        keys: Whether `a=b` gives the attribute a; otherwise it is one plain word.
    """
    found: list[Word] = []
    at = _skip_blanks(line, 0)
    while at < len(line) and line[at] != "#":
        word = _read_word(line, at, keys=keys)
        found.append(word)
        at = _skip_blanks(line, word.end)
    return found


def _skip_blanks(line: str, at: int) -> int:
    while at < len(line) and line[at].isspace():
        at += 1
    return at


def _next_blank(line: str, at: int) -> int:
    while at < len(line) and not line[at].isspace():
        at += 1
    return at


def _read_word(line: str, at: int, *, keys: bool) -> Word:
    match = _KEY.match(line, at) if keys else None
    key, value_at = (match[1], match.end()) if match else ("", at)
    first = line[value_at : value_at + 1]
    if first and first in "'\"":
        return _quoted(line, at, value_at, key)
    if first in _CLOSING and (key or first == "{"):
        return _bracketed(line, at, value_at, key)
    return _bare(line, at, value_at, key)


def _quoted(line: str, at: int, value_at: int, key: str) -> Word:
    quote = line[value_at]
    end = line.find(quote, value_at + 1)
    while end >= 0 and line[end + 1 : end + 2] == quote:
        end = line.find(quote, end + 2)
    if end < 0:
        text = line[value_at + 1 :].replace(quote * 2, quote)
        problem = f"the quote {quote} is never closed. Write {quote * 2} for one inside"
        return Word("quoted", line[value_at:], text, at, value_at, key, problem)
    text = line[value_at + 1 : end].replace(quote * 2, quote)
    hint = f"Write {quote * 2} for a quote inside, or leave a space between words"
    return _closed("quoted", line, text, end + 1, (at, value_at, key, hint))


def _bracketed(line: str, at: int, value_at: int, key: str) -> Word:
    form: Form = "expression" if line[value_at] == "{" else "bracketed"
    end = _closing_bracket(line, value_at)
    if end < 0:
        source = line[value_at:]
        problem = f"{source[0]} is never closed. Quote the value if it is a text"
        return Word(form, source, source, at, value_at, key, problem)
    hint = "Quote the value if it is a text; {...} is the whole value: {f'{n}-x'}"
    text = line[value_at : end + 1]
    return _closed(form, line, text, end + 1, (at, value_at, key, hint))


def _closed(
    form: Form, line: str, text: str, end: int, rest: tuple[int, int, str, str]
) -> Word:
    """
    Return the word that ends at *end*; nothing may follow it without a space.
    """
    at, value_at, key, hint = rest
    stop = _next_blank(line, end)
    problem = f"{line[end : min(stop, end + 40)]!r} follows {line[end - 1]}. {hint}"
    return Word(
        form,
        line[value_at:stop],
        text,
        at,
        value_at,
        key,
        problem if stop > end else "",
    )


def _closing_bracket(line: str, at: int) -> int:
    """
    Return where the bracket at *at* closes, or -1. Quotes inside are Python's.
    """
    open_brackets: list[str] = []
    while at < len(line):
        char = line[at]
        if char in _CLOSING:
            open_brackets.append(_CLOSING[char])
        elif char in "'\"":
            at = _closing_quote(line, at)
            if at < 0:
                return -1
        elif open_brackets and char == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return at
        at += 1
    return -1


def _closing_quote(line: str, at: int) -> int:
    quote = line[at]
    at += 1
    while at < len(line) and line[at] != quote:
        at += 2 if line[at] == "\\" else 1
    return at if at < len(line) else -1


def _bare(line: str, at: int, value_at: int, key: str) -> Word:
    source = line[value_at : _next_blank(line, value_at)]
    match = _VARIABLE.fullmatch(source)
    if match:
        return Word("variable", source, match[1], at, value_at, key)
    problem = ""
    if key and not source:
        problem = (
            f"{key}= has no value. Write {key}='' for an empty text, and no space"
            " around ="
        )
    elif _DOTTED.fullmatch(source):
        problem = f"$ takes a plain name. Write {{{source[1:]}}} for an expression"
    return Word("bare", source, source, at, value_at, key, problem)


def quote(text: str) -> str:
    """
    Return *text* as a value of a line: bare where that is safe, quoted otherwise.

    Examples:
        >>> quote("admin"), quote("it's one"), quote("$5")
        ('admin', "'it''s one'", "'$5'")
    """
    if re.fullmatch(r"[^\W\d][\w.@+-]*", text):
        return text
    return "'" + text.replace("'", "''") + "'"
