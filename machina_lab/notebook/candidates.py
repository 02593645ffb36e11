"""
What may stand next on a line: the pure part of completion.

Given the text up to the cursor, the current lab and the notebook's names, `complete`
returns the fragment to replace and what could stand there. It reads definitions only:
no factory runs and no query is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from machina_lab.core.records import Field
from machina_lab.notebook.grammars import Flag, Grammar, actions
from machina_lab.notebook.paths import complete_path
from machina_lab.notebook.scopes import labs_in
from machina_lab.notebook.sources import (
    Candidate,
    Completions,
    FactoryHandle,
    Sources,
    TableHandle,
    fields_at,
)
from machina_lab.notebook.suggestions import (
    as_value,
    records_for,
    samples_for,
    texts_for,
    type_label,
    values_for,
)
from machina_lab.notebook.words import Word, quote, read_words


#: Kinds with a list of all their values.
_CLOSED: Final = ("enum", "boolean")


def complete(text: str, grammar: Grammar, sources: Sources) -> Completions:
    """
    Return what may stand at the end of *text*, a line without the magic's name.
    """
    words = read_words(text, keys=grammar.attributes)
    fresh = not words or words[-1].end < len(text)
    current = Word("bare", "", "", len(text), len(text)) if fresh else words.pop()
    chosen = actions(grammar.magic).get(words[0].text) if words else None
    if chosen:
        return _Line(chosen, words[1:], sources).at(current)
    return _Line(grammar, words, sources).at(current)


@dataclass(frozen=True)
class _Line:
    """
    A line whose last word is being typed.
    """

    grammar: Grammar
    before: list[Word]
    sources: Sources

    def at(self, word: Word) -> Completions:
        """
        Return what may stand in place of *word*.
        """
        if word.form == "expression":
            return Completions(word.source, None)
        if word.key:
            return self._value(word)
        if flag := self._open_flag():
            return self._argument(flag, word)
        if word.source.startswith("-"):
            return _matching(word.source, self._flags())
        if word.source.startswith("$"):
            return self._variables(word.source, None)
        return self._name(word)

    def _open_flag(self) -> Flag | None:
        last = self.before[-1] if self.before else None
        return None if last is None else self._taking(last)

    def _taking(self, word: Word) -> Flag | None:
        """
        Return the option that *word* is, if a value follows it.
        """
        flag = self.grammar.flag(word.source.removeprefix("--"))
        return flag if word.is_flag and flag and flag.takes else None

    def _argument(self, flag: Flag, word: Word) -> Completions:
        if flag.takes == "FILE":
            return self._path(word)
        choices = flag.takes.split("|") if "|" in flag.takes else []
        return _matching(word.source, [Candidate(each, "value") for each in choices])

    def _flags(self) -> Iterator[Candidate]:
        used = {word.source.partition("=")[0] for word in self.before if word.is_flag}
        for flag in self.grammar.flags:
            if flag.text not in used:
                yield Candidate(flag.text, "option")

    def _names_before(self) -> list[Word]:
        """
        Return the words that are names: no attributes, no options nor their values.
        """
        found: list[Word] = []
        skip = False
        for word in self.before:
            if word.is_flag:
                skip = self._taking(word) is not None
            elif not word.key and not skip:
                found.append(word)
            else:
                skip = False
        return found

    def _name(self, word: Word) -> Completions:
        given = self._names_before()
        names = [name.strip("[]") for name in self.grammar.names]
        known = actions(self.grammar.magic)
        if known and not given:
            found = [Candidate(name, "action") for name in known]
            return _matching(word.source, found)
        if len(given) >= len(names) and not (names and names[-1].endswith("...")):
            return _matching(word.source, self.attributes(word))
        name = names[min(len(given), len(names) - 1)].removesuffix("...")
        find = _NAMES.get(name)
        return find(self, word) if find else _matching(word.source, [])

    def _factory(self, word: Word) -> Completions:
        base, plus, fragment = word.source.rpartition("+")
        if not plus:
            names = self.sources.factories()
            return _matching(fragment, [Candidate(name, "factory") for name in names])
        used = base.split("+")[1:]
        handle = self.sources.find(base)
        found = [
            Candidate(name, "variant")
            for name in (handle.variants if handle else ())
            if name not in used
        ]
        return _matching(fragment, found)

    def _fields(
        self, *path: str
    ) -> tuple[Mapping[str, Field], FactoryHandle | TableHandle | None]:
        """
        Return the fields of the factory on the line, or behind its associations.
        """
        names = [name.strip("[]") for name in self.grammar.names]
        given = self._names_before()
        at = names.index("FACTORY") if "FACTORY" in names else len(given)
        handle = self.sources.find(given[at].text) if at < len(given) else None
        return (fields_at(handle, *path) if handle else {}), handle

    def attributes(self, word: Word) -> Iterator[Candidate]:
        if not self.grammar.attributes:
            return
        path, dot, _ = word.source.rpartition(".")
        fields, handle = self._fields(*(path.split(".") if dot else ()))
        used = {other.key for other in self.before}
        for name, each in fields.items():
            if f"{path}{dot}{name}" not in used:
                yield Candidate(f"{path}{dot}{name}=", type_label(each))
        for name in handle.inputs if handle and not dot else ():
            if name not in fields and name not in used:
                yield Candidate(f"{name}=", "input")

    def _value(self, word: Word) -> Completions:
        *path, name = word.key.split(".")
        found = self._fields(*path)[0].get(name)
        if word.source.startswith("$"):
            return self._variables(word.source, found)
        if found is None:
            return _matching(word.source, [])
        label = type_label(found)
        mark = word.source[:1] if word.form == "quoted" else ""
        texts = [as_value(text, mark) for text in texts_for(found)]
        if word.source and not _going_on(word.source, texts):
            texts = [as_value(text, mark) for text in values_for(found)]
        texts += [f"${name}" for name, _ in records_for(self.sources.names, found)]
        if not word.source and not (texts and found.type.kind in _CLOSED):
            texts = [*samples_for(found), *texts]
        return _matching(word.source, [Candidate(text, label) for text in texts])

    def _variables(self, fragment: str, for_field: Field | None) -> Completions:
        names = self.sources.names
        first = dict(records_for(names, for_field)) if for_field else {}
        rest = {
            name: value
            for name, value in names.items()
            if name not in first and not name.startswith("_")
        }
        found = [
            Candidate(f"${name}", type(value).__name__)
            for name, value in (first | rest).items()
        ]
        return _matching(fragment, found)

    def _sequence(self, word: Word) -> Completions:
        used = [other.text for other in self.before]
        names = [str(name) for name in self.sources.sequences()]
        return _matching(
            word.source,
            [Candidate(quote(n), "sequence") for n in names if n not in used],
        )

    def _table(self, word: Word) -> Completions:
        found = [Candidate(quote(name), "table") for name in self.sources.tables()]
        return _matching(word.source, found)

    def _path(self, word: Word) -> Completions:
        return _all(word.source, complete_path(word.source, "path"))

    def _url(self, word: Word) -> Completions:
        start, slashes, path = word.source.partition(":///")
        if slashes and start.startswith("sqlite"):
            found = complete_path(path, "database")
            return _all(path, found)
        schemes = ("sqlite:///", "postgresql+psycopg://", "mysql+pymysql://")
        found = [(scheme, "database") for scheme in schemes]
        return _matching(word.source, [Candidate(*each) for each in found])

    def _lab(self, word: Word) -> Completions:
        found = [Candidate(name, "lab") for name in labs_in(self.sources.names)]
        return _matching(word.source, found)


_NAMES: Final[dict[str, Callable[[_Line, Word], Completions]]] = {
    "FACTORY": _Line._factory,  # noqa: SLF001 - the table belongs to the class
    "SEQUENCE": _Line._sequence,  # noqa: SLF001
    "TABLE": _Line._table,  # noqa: SLF001
    "DIR": _Line._path,  # noqa: SLF001
    "URL": _Line._url,  # noqa: SLF001
    "LAB": _Line._lab,  # noqa: SLF001
}


def _matching(fragment: str, found: Iterable[Candidate]) -> Completions:
    """
    Return those that go on from *fragment*; if none does, the fragment itself.

    An empty answer would let other completers offer names that make no sense here.
    """
    listed = {each.text: each for each in found}
    kept = [listed[text] for text in _going_on(fragment, listed)]
    return Completions(fragment, kept or [Candidate(fragment, "text")])


def _going_on(fragment: str, texts: Iterable[str]) -> list[str]:
    folded = fragment.casefold()
    return [text for text in texts if text.casefold().startswith(folded)]


def _all(fragment: str, found: list[tuple[str, str]]) -> Completions:
    return Completions(fragment, [Candidate(*each) for each in found] or None)


def complete_cell(
    text: str, columns: list[str] | None, head: str, grammar: Grammar, sources: Sources
) -> Completions:
    """
    Return what may stand at the end of a row in the body of a cell magic.

    Args:
        text: The row up to the cursor.
        columns: The names in the header row, or None if this is the header row.
        head: The magic's own line, without its name.
        grammar: What that line takes.
        sources: Where candidates come from.
    """
    cells = text.split(",")
    fragment = cells[-1].lstrip()
    line = _Line(grammar, read_words(head), sources)
    if columns is None:
        used = {cell.strip() for cell in cells[:-1]}
        word = Word("bare", fragment, fragment, 0, 0)
        found = [
            Candidate(each.text.removesuffix("="), each.type)
            for each in line.attributes(word)
        ]
        return _matching(fragment, [each for each in found if each.text not in used])
    key = columns[len(cells) - 1].strip() if len(cells) <= len(columns) else ""
    return line.at(Word("bare", fragment, fragment, 0, 0, key=key or "_"))
