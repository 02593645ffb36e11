"""
What the line of every magic takes: one table for reading, completion and help.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Flag:
    """
    One option of a magic.

    Attributes:
        name: Its name without the dashes.
        takes: What follows it (`N`, `NAME`), or "" for a switch.
        help: What it does, for completion.
    """

    name: str
    takes: str = ""
    help: str = ""

    @property
    def text(self) -> str:
        """
        The option as typed.
        """
        return f"--{self.name}"


@dataclass(frozen=True, slots=True)
class Grammar:
    """
    What may stand on the line of one magic.

    Attributes:
        magic: Its name.
        names: The words it takes in order, such as `COUNT` and `FACTORY`; a name in
            brackets may be left out, and one that ends in `...` takes all that follow.
        flags: Its options.
        attributes: Whether ATTR=VALUE may follow.
    """

    magic: str
    names: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    attributes: bool = False

    @property
    def usage(self) -> str:
        """
        The line in one line: `%build_list [options] COUNT FACTORY [ATTR=VALUE ...]`.
        """
        parts = [f"%{self.magic}", *(["[options]"] if self.flags else []), *self.names]
        return " ".join([*parts, *(["[ATTR=VALUE ...]"] if self.attributes else [])])

    def flag(self, name: str) -> Flag | None:
        """
        Return the option called *name*, or None.
        """
        return next((flag for flag in self.flags if flag.name == name), None)


SEED: Final = Flag("seed", "N", "draw the same random values again")
RECORDS: Final = Flag("records", "", "the records themselves, no DataFrame")
DEEP: Final = Flag("deep", "", "a column for each attribute of an association")
RETURNING: Final = Flag("returning", "", "read back what the database filled in")
BULK: Final = Flag("bulk", "", "the fast way for many rows")
SCHEMA: Final = Flag("schema", "NAME", "the database schema to write to")
DRY_RUN: Final = Flag("dry-run", "", "show what would be written, write nothing")
KEEP_NONE: Final = Flag("keep-none", "", "keep attributes that are None")
INTO: Final = Flag("into", "VARIABLE", "keep what a cell makes in a variable")
WIDGET: Final = Flag("widget", "", "as a widget")

_BUILD: Final = (SEED, RECORDS, DEEP)
_INSERT: Final = (*_BUILD, DRY_RUN, RETURNING, SCHEMA)
_PARAMS: Final = (SEED, KEEP_NONE)


def _verb(
    name: str, flags: tuple[Flag, ...], names: tuple[str, ...] = ("FACTORY",)
) -> Grammar:
    return Grammar(name, names, flags, attributes=True)


def _many(name: str, flags: tuple[Flag, ...]) -> Grammar:
    return _verb(name, flags, ("COUNT", "FACTORY"))


_ALL: Final = (
    _verb("build", _BUILD),
    _verb("build_pair", _BUILD),
    _many("build_list", _BUILD),
    _verb("insert", _INSERT),
    _verb("insert_pair", _INSERT),
    _many("insert_list", (*_INSERT, BULK)),
    _verb("params_for", _PARAMS),
    _verb("string_params_for", _PARAMS),
    _verb("params_with_assocs", _PARAMS),
    _verb("string_params_with_assocs", _PARAMS),
    Grammar("factories"),
    Grammar("factory", ("FACTORY",)),
    Grammar("sequences", ("[reset|set]",), (WIDGET,)),
    Grammar("sequences reset", ("[SEQUENCE...]",)),
    Grammar("sequences set", ("SEQUENCE", "NUMBER")),
    Grammar("schema", ("[TABLE]",), (Flag("diagram", "", "tables and arrows"), WIDGET)),
    Grammar(
        "scaffold",
        ("TABLE",),
        (
            Flag("update", "FILE", "add what a file's factory lacks, edit nothing"),
            Flag("check", "FILE", "fail if a file's factory lacks anything"),
        ),
    ),
    Grammar("lab", ("[status|connect|use|commit|rollback|log|seed]",)),
    Grammar("lab status"),
    Grammar("lab connect", ("URL",)),
    Grammar("lab use", ("LAB",)),
    Grammar("lab commit"),
    Grammar("lab rollback"),
    Grammar(
        "lab log", flags=(Flag("pytest", "", "as a pytest fixture, in a new cell"),)
    ),
    Grammar("lab seed", ("NUMBER",)),
    Grammar(
        "undo",
        ("[STEPS]",),
        (
            Flag(
                "force",
                "",
                "also when others wrote on the connection since: theirs go too",
            ),
        ),
    ),
    Grammar("export_fixtures", ("DIR",)),
    Grammar(
        "load_fixtures",
        ("DIR",),
        (
            Flag("strict", "", "refuse files that were edited since the export"),
            Flag(
                "keys",
                "keep|new",
                "keep the primary keys (default), or let new ones be made",
            ),
        ),
    ),
    Grammar("overrides", ("FACTORY",)),
    Grammar("derived"),
    Grammar("workbench"),
)

#: Name of the magic (and of its action, `lab use`) -> what its line takes.
LINES: Final[dict[str, Grammar]] = {grammar.magic: grammar for grammar in _ALL}

#: Cell magics: the rows stand in the body, so there is no count.
CELLS: Final[dict[str, Grammar]] = {
    "build_list": _verb("build_list", (*_BUILD, INTO)),
    "insert_list": _verb("insert_list", (*_INSERT, INTO)),
}


def actions(magic: str) -> dict[str, Grammar]:
    """
    Return the actions of *magic* (`%lab use`, `%sequences reset`) by name.
    """
    prefix = f"{magic} "
    return {
        name.removeprefix(prefix): grammar
        for name, grammar in LINES.items()
        if name.startswith(prefix)
    }


def strategy_line(verb: str) -> Grammar:
    """
    Return the grammar of the magic of a strategy's verb, such as `json_encode_list`.
    """
    if verb.endswith("_list"):
        return _many(verb, (SEED,))
    return _verb(verb, (SEED,))


def options_help(magic: str) -> str:
    """
    Return the options of *magic*, those of its cells too, as its help lists them.
    """
    cell = CELLS.get(magic)
    flags = dict.fromkeys([*LINES[magic].flags, *(cell.flags if cell else ())])
    return listed(flags)


def listed(flags: Iterable[Flag]) -> str:
    """
    Return options under a heading, a line for each.

    Examples:
        >>> print(listed([SEED, KEEP_NONE]))
        Options:
            --seed N       draw the same random values again
            --keep-none    keep attributes that are None
    """
    shown = {f"{flag.text} {flag.takes}".rstrip(): flag.help for flag in flags}
    width = max(map(len, shown)) + 4
    return "\n".join(
        ["Options:", *(f"    {text:<{width}}{help_}" for text, help_ in shown.items())]
    )
