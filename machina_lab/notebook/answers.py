"""
What the line of every magic does: which plain function it calls, and with what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from machina_lab.errors import ArgumentValueError, nearest
from machina_lab.notebook import (
    building,
    exploring,
    fixturing,
    inserting,
    labwork,
    scaffolds,
    scopes,
    views,
)
from machina_lab.notebook.bodies import rows_of
from machina_lab.notebook.calls import Call, many_records, one_call
from machina_lab.notebook.desk import Desk
from machina_lab.notebook.grammars import CELLS, LINES, Grammar, actions
from machina_lab.notebook.journals import pytest_source
from machina_lab.notebook.lines import Line, read_line
from machina_lab.notebook.tracebacks import users_errors
from machina_lab.notebook.words import read_words


Answer = Callable[[Call], Any]


def answer(
    desk: Desk,
    magic: str,
    source: str,
    local_ns: Mapping[str, Any] | None,
    cell: str | None = None,
) -> Any:
    """
    Return what a magic makes of its line, or None if the line ends in `;`.

    Args:
        desk: Where the current lab is.
        magic: The magic's name.
        source: What stands behind it.
        local_ns: The names of the function that the magic is used in.
        cell: The body of a cell magic; None for a line.
    """
    with users_errors(desk.shell, desk.settings):
        if cell is not None:
            return _answered(desk, CELLS[magic], _IN_CELLS[magic], source, {}, cell)
        grammar, rest = _chosen(magic, source)
        return _answered(desk, grammar, _ANSWERS[grammar.magic], rest, local_ns)


def answer_with(
    desk: Desk,
    grammar: Grammar,
    function: Answer,
    source: str,
    local_ns: Mapping[str, Any] | None,
) -> Any:
    """
    Return what *function* makes of a line read by *grammar*.
    """
    with users_errors(desk.shell, desk.settings):
        return _answered(desk, grammar, function, source, local_ns)


def _answered(  # noqa: PLR0913 - a line, and all that it needs
    desk: Desk,
    grammar: Grammar,
    function: Answer,
    source: str,
    local_ns: Mapping[str, Any] | None,
    cell: str = "",
) -> Any:
    line = read_line(source, grammar)
    hidden = getattr(desk.shell, "user_ns_hidden", {})
    scope = scopes.Scope(desk.shell.user_ns, local_ns or {}, hidden)
    result = function(Call(line, scope, desk, cell))
    return None if line.silent else result


def _chosen(magic: str, source: str) -> tuple[Grammar, str]:
    """
    Return the grammar of a line and the line: `%lab commit` has one of its own.

    Raises:
        LineError: The magic has actions, and the first word is none of them.
    """
    known = actions(magic)
    words = read_words(source, keys=False) if known else []
    if not words or words[0].is_flag or words[0].source == ";":
        return LINES[magic], source
    name = words[0].source.rstrip(";")
    if name in known:
        return known[name], source[words[0].at + len(name) :].lstrip()
    close = nearest(name, known)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    message = f"there is no %{magic} {name}.{hint} Use: {LINES[magic].usage}"
    raise Line(LINES[magic], source).error(message, words[0])


# -- what each line does ---------------------------------------------------------------


def _insert(call: Call) -> Any:
    target = call.value("FACTORY")
    overrides = call.overrides(target)
    return inserting.insert(target, overrides or None, call.flags())


def _undo(call: Call) -> Any:
    steps = call.number("STEPS") if call.line.names else 1
    return inserting.undo(steps, **call.flags())


def _sequences(call: Call) -> Any:
    if "widget" in call.line.flags:
        return views.sequence_inspector()
    return exploring.sequences()


def _schema(call: Call) -> Any:
    if "widget" in call.line.flags:
        return views.schema_explorer()
    if "diagram" in call.line.flags:
        return exploring.diagram(call.text("TABLE"))
    return exploring.schema(call.text("TABLE"))


def _scaffold(call: Call) -> Any:
    table, flags = call.text("TABLE"), call.flags()
    if len(flags) > 1:
        message = "--check writes nothing: give it without --update."
        raise call.line.error(message, call.line.flags["check"])
    if "update" in flags:
        return scaffolds.scaffold_update(table, flags["update"])
    if "check" in flags:
        return scaffolds.scaffold_check(table, flags["check"])
    source = scaffolds.scaffold(table)
    call.desk.shell.set_next_input(source, replace=False)
    return None


def _connect(call: Call) -> Any:
    word = call.needed("URL")
    if word.form == "variable" and word.text not in call.scope.names():
        found = labwork.environment(word.text)
        if found is not None:
            return labwork.connect(found)
    return labwork.connect(call.value("URL"))


def _use(call: Call) -> Any:
    word = call.needed("LAB")
    if word.form != "bare":
        return labwork.use(call.value("LAB"))
    labs = scopes.labs_in(call.scope.names())
    try:
        return labwork.use(labs.get(word.text, word.text))
    except ArgumentValueError:
        close = nearest(word.text, labs)
        if not close:
            raise
        message = f"there is no lab {word.text!r}. Did you mean {close[0]}?"
        raise call.line.error(message, word) from None


def _log(call: Call) -> Any:
    if "pytest" not in call.line.flags:
        return labwork.log()
    call.desk.shell.set_next_input(pytest_source(call.desk.lab), replace=False)
    return None


_ANSWERS: Final[dict[str, Answer]] = {
    "build": one_call(building.build),
    "build_pair": one_call(building.build_pair),
    "build_list": many_records(building.build_list),
    "insert": _insert,
    "insert_pair": one_call(inserting.insert_pair),
    "insert_list": many_records(inserting.insert_list),
    "params_for": one_call(building.params_for),
    "string_params_for": one_call(building.string_params_for),
    "params_with_assocs": one_call(building.params_with_assocs),
    "string_params_with_assocs": one_call(building.string_params_with_assocs),
    "factories": lambda _: exploring.factories(),
    "factory": lambda call: exploring.factory(call.factory()),
    "sequences": _sequences,
    "sequences reset": lambda call: exploring.reset_sequences(*call.texts()),
    "sequences set": lambda call: exploring.set_sequence(
        call.text("SEQUENCE"), call.number("NUMBER")
    ),
    "schema": _schema,
    "scaffold": _scaffold,
    "lab": lambda _: labwork.status(),
    "lab status": lambda _: labwork.status(),
    "lab connect": _connect,
    "lab use": _use,
    "lab commit": lambda _: labwork.commit(),
    "lab rollback": lambda _: labwork.rollback(),
    "lab log": _log,
    "lab seed": lambda call: labwork.seed(call.number("NUMBER")),
    "undo": _undo,
    "export_fixtures": lambda call: fixturing.export_fixtures(call.text("DIR")),
    "load_fixtures": lambda call: fixturing.load_fixtures(
        call.text("DIR"), **call.flags()
    ),
    "overrides": lambda call: views.overrides(call.factory()),
    "derived": lambda _: views.derived(),
    "workbench": lambda _: views.workbench(),
}

_IN_CELLS: Final[dict[str, Answer]] = {
    "build_list": lambda call: rows_of(call, building.build_rows),
    "insert_list": lambda call: rows_of(call, inserting.insert_rows),
}
