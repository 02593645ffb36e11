"""
The line of a magic: which words may stand on it and what each one is.

`%build [options] NAME[+VARIANT...] [ATTR=VALUE ...]`

`read_line` reads a line by the grammar of its magic, or raises an error that points at
the word. Options may stand anywhere, names come in the grammar's order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from machina_lab.errors import LineError, OptionError
from machina_lab.notebook.grammars import Flag, Grammar
from machina_lab.notebook.words import Word, read_words


#: What people type for help elsewhere.
_HELP: Final = ("-h", "--help")


@dataclass(slots=True)
class Line:
    """
    One line that was read.

    Attributes:
        grammar: What it was read by.
        source: The line as typed, without the magic's name.
        names: The words that are neither options nor attributes, in order.
        attributes: The words `ATTR=VALUE`, in order.
        flags: The options: their value, or None for a switch.
        silent: Whether it ended in `;`, which asks for no output.
    """

    grammar: Grammar
    source: str
    names: list[Word] = field(default_factory=list)
    attributes: list[Word] = field(default_factory=list)
    flags: dict[str, Word | None] = field(default_factory=dict)
    silent: bool = False

    def error(self, message: str, word: Word | None = None) -> LineError:
        """
        Return the error that points at *word*, or behind the line's end.
        """
        head = f"%{self.grammar.magic} "
        at = len(self.source.rstrip()) + 1 if word is None else word.at
        length = 1 if word is None else word.end - word.at
        return LineError(
            message, line=head + self.source, at=len(head) + at, length=length
        )

    def number(self, word: Word) -> int:
        """
        Return *word* as a whole number.
        """
        try:
            return int(word.text)
        except ValueError:
            message = (
                f"{word.source!r} is not a whole number. Use: {self.grammar.usage}"
            )
            raise self.error(message, word) from None


def read_line(source: str, grammar: Grammar) -> Line:
    """
    Return *source* read by *grammar*.

    Raises:
        LineError: A word cannot be read, is missing, or is one too many.
        OptionError: There is no such option.
    """
    text = source.rstrip()
    silent = text.endswith(";")
    line = Line(grammar, text.removesuffix(";"), silent=silent)
    words = read_words(line.source, keys=grammar.attributes)
    while words:
        word = words.pop(0)
        if word.problem:
            raise line.error(word.problem + ".", word)
        if word.is_flag:
            _add_flag(line, word, words)
        elif word.key:
            _add_attribute(line, word)
        else:
            _add_name(line, word)
    _check_names(line)
    return line


def _add_flag(line: Line, word: Word, following: list[Word]) -> None:
    if word.source in _HELP:
        magic = line.grammar.magic.partition(" ")[0]
        raise line.error(f"%{magic}? shows the help.", word)
    name, given, value = word.source.removeprefix("--").partition("=")
    flag = line.grammar.flag(name) if word.source.startswith("--") else None
    if flag is None:
        raise OptionError.unknown(
            [word.source.partition("=")[0]],
            [flag.text for flag in line.grammar.flags],
            where=f"%{line.grammar.magic}",
        )
    if flag.name in line.flags:
        raise line.error(f"{flag.text} is given twice.", word)
    if not flag.takes:
        if given:
            raise line.error(f"{flag.text} takes no value.", word)
        line.flags[flag.name] = None
        return
    if given:
        at = word.at + len(flag.text) + 1
        line.flags[flag.name] = Word("bare", value, value, word.at, at)
    else:
        line.flags[flag.name] = _argument(line, flag, word, following)


def _argument(line: Line, flag: Flag, word: Word, following: list[Word]) -> Word:
    if not following or following[0].is_flag or following[0].key:
        raise line.error(f"{flag.text} needs a value: {flag.text} {flag.takes}.", word)
    argument = following.pop(0)
    if argument.problem:
        raise line.error(argument.problem + ".", argument)
    return argument


def _add_attribute(line: Line, word: Word) -> None:
    for other in line.attributes:
        if other.key == word.key:
            raise line.error(f"{word.key} is given twice.", word)
        short, long = sorted((other.key, word.key), key=len)
        if long.startswith(f"{short}."):
            message = f"{short} and {long} are both given. Keep one of them."
            raise line.error(message, word)
    line.attributes.append(word)


def _add_name(line: Line, word: Word) -> None:
    names = line.grammar.names
    many = bool(names) and names[-1].strip("[]").endswith("...")
    if len(line.names) >= len(names) and not many:
        raise line.error(_too_many(line, word), word)
    line.names.append(word)


def _too_many(line: Line, word: Word) -> str:
    if word.source.startswith("="):
        return f"{word.source!r} has no attribute. Write ATTR=VALUE without spaces."
    last = line.attributes[-1] if line.attributes else None
    if last is None and "+" in (word.source[0], line.source[: word.at].rstrip()[-1:]):
        return f"{word.source!r} stands alone. Write FACTORY+VARIANT without spaces."
    if last and last.form == "bare":
        return (
            f"{word.source!r} is not ATTR=VALUE. Quote values with spaces:"
            f' {last.key}="{last.source} {word.source}".'
        )
    if line.grammar.attributes:
        return f"{word.source!r} is not ATTR=VALUE. Use: {line.grammar.usage}"
    return f"{word.source!r} is one word too many. Use: {line.grammar.usage}"


def _check_names(line: Line) -> None:
    needed = [name for name in line.grammar.names if not name.startswith("[")]
    if len(line.names) < len(needed):
        missing = needed[len(line.names)]
        message = f"{missing} is missing. Use: {line.grammar.usage}"
        raise line.error(message)


def nested(items: Sequence[tuple[str, object]]) -> dict[str, object]:
    """
    Return dotted overrides as mappings in mappings.

    Examples:
        >>> nested([("title", "x"), ("author.role", "admin"), ("author.age", 3)])
        {'title': 'x', 'author': {'role': 'admin', 'age': 3}}
    """
    result: dict[str, object] = {}
    for key, value in items:
        *path, last = key.split(".")
        inner = result
        for part in path:
            below = inner.setdefault(part, {})
            assert isinstance(below, dict)
            inner = below
        inner[last] = value
    return result


def flattened(
    overrides: Mapping[str, object], prefix: str = ""
) -> list[tuple[str, object]]:
    """
    Return *overrides* with the mappings inside written with dots; undoes `nested`.
    """
    items: list[tuple[str, object]] = []
    for key, value in overrides.items():
        if isinstance(value, Mapping) and value:
            items += flattened(value, f"{prefix}{key}.")
        else:
            items.append((f"{prefix}{key}", value))
    return items
