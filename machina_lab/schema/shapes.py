"""
Texts that match a regular expression, a LIKE pattern or a GLOB.

A *shape* is a list of slots, each with the characters it may hold, in the order they
are used up: so that one pattern can give many different texts.
"""

from __future__ import annotations

import re
import string

from typing import Final


_CLASSES: Final = {
    "d": string.digits,
    "w": string.ascii_lowercase + string.digits,
    "s": " ",
    "S": string.ascii_lowercase,
    "D": string.ascii_lowercase,
    "W": "-",
}
_POSIX: Final = {
    "alpha": string.ascii_letters,
    "digit": string.digits,
    "alnum": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "space": " ",
    "xdigit": "0123456789abcdef",
}
_ANYTHING: Final = (
    string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_"
)
_MANY: Final = 8


class _Shape:
    """
    One pass over a regular expression.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def read(self) -> list[str]:
        """
        Return the slots of the first alternative; skip the others.
        """
        first = self._sequence()
        while self._next("|"):
            self._sequence()
        return first

    def _next(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _sequence(self) -> list[str]:
        slots: list[str] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            slots += self._repeated(self._atom())
        return slots

    def _atom(self) -> list[str]:
        char = self._pattern[self._at]
        self._at += 1
        if char in "^$":
            return []
        if char == "(":
            return self._group()
        if char == "[":
            return [self._set()]
        if char == ".":
            return [_ANYTHING]
        if char == "\\" and self._at < len(self._pattern):
            return self._escaped()
        return [char]

    def _escaped(self) -> list[str]:
        char = self._pattern[self._at]
        self._at += 1
        if char in "bBAZmMyzG":
            return []
        return [_CLASSES.get(char, char)]

    def _group(self) -> list[str]:
        ignored = False
        if self._next("?"):
            ignored = self._next("=") or self._next("!") or self._next("<")
            if not ignored:
                self._next(":")
        slots = self.read()
        self._next(")")
        return [] if ignored else slots

    def _set(self) -> str:
        negated = self._next("^")
        found = ""
        while self._at < len(self._pattern) and (
            self._pattern[self._at] != "]" or not found
        ):
            posix = re.compile(r"\[:(\w+):\]").match(self._pattern, self._at)
            if posix:
                found += _POSIX.get(posix[1], "a")
                self._at = posix.end()
            else:
                found += self._range()
        self._at += 1
        if negated:
            return "".join(c for c in _ANYTHING if c not in found) or "~"
        return found

    def _range(self) -> str:
        char = self._pattern[self._at]
        self._at += 1
        if char == "\\":
            char = self._pattern[self._at]
            self._at += 1
            if char in _CLASSES:
                return _CLASSES[char]
        following = self._pattern[self._at : self._at + 2]
        if len(following) == 2 and following[0] == "-" and following[1] != "]":  # noqa: PLR2004 - a dash and an end
            self._at += 2
            return "".join(map(chr, range(ord(char), ord(following[1]) + 1)))
        return char

    def _repeated(self, slots: list[str]) -> list[str]:
        match = re.compile(r"([*+?]|\{(\d+)(,(\d*))?\})[?+]?").match(
            self._pattern, self._at
        )
        if match is None:
            return slots
        self._at = match.end()
        if match[1] in "*?":
            return []
        if match[1] == "+":
            return slots * (1 if len(slots) > 1 else 3)
        low = int(match[2])
        high = int(match[4]) if match[4] else (low if match[3] is None else low + _MANY)
        # One open end is as good as another: short, but with room to differ.
        return slots * (low if low == high or low > 1 else min(high, max(low, 3)))


def slots_of(regex: str) -> list[str]:
    """
    Return the characters that each place of a matching text may have.

    Examples:
        >>> [slot[:3] for slot in slots_of("^[A-Z]{2}-[0-9]$")]
        ['ABC', 'ABC', '-', '012']
    """
    return _Shape(regex).read()


def text_of(slots: list[str], number: int = 0) -> str:
    """
    Return the text with that *number*, counted from the last place.

    Examples:
        >>> [text_of(slots_of("[A-B]-[0-9]"), n) for n in (0, 9, 10)]
        ['A-0', 'A-9', 'B-0']
    """
    found = []
    for slot in reversed(slots):
        number, at = divmod(number, len(slot))
        found.append(slot[at])
    return "".join(reversed(found))


def pattern_of(slots: list[str]) -> tuple[str, int] | None:
    """
    Return a `str.format` pattern whose number fills the longest run of digits.

    Returns:
        The pattern and how many numbers it has room for, or None without digits.

    Examples:
        >>> pattern_of(slots_of("^[A-Z]{2}-[0-9]{3}$"))
        ('AA-{:03d}', 1000)
    """
    for digits, letter in ((string.digits, "d"), ("0123456789abcdef", "x")):
        runs = "".join("x" if set(slot) >= set(digits) else "." for slot in slots)
        match = max(re.finditer("x+", runs), key=lambda m: len(m.group()), default=None)
        if match is not None:
            width = len(match.group())
            before = _escaped(text_of(slots[: match.start()]))
            after = _escaped(text_of(slots[match.end() :]))
            return f"{before}{{:0{width}{letter}}}{after}", len(digits) ** width
    return None


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def like_as_regex(pattern: str) -> str:
    """
    Say a LIKE pattern as a regular expression.
    """
    parts = {"%": "[a-z0-9]{1,3}", "_": "[a-z]"}
    return "".join(parts.get(char) or re.escape(char) for char in pattern)


def glob_as_regex(pattern: str) -> str:
    """
    Say a GLOB as a regular expression.
    """
    return (
        pattern.replace(".", r"\.").replace("*", "[a-z0-9]{1,3}").replace("?", "[a-z]")
    )
