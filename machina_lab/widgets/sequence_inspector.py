"""
The sequence inspector: what comes next, who uses it, and how to move it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.core.merging import attributes_of
from machina_lab.core.records import kind_of
from machina_lab.core.sequences import sequences
from machina_lab.errors import ArgumentValueError
from machina_lab.widgets import theme
from machina_lab.widgets.codelines import python_literal, word
from machina_lab.widgets.deeds import Wait
from machina_lab.widgets.handlers import guarded, on_change
from machina_lab.widgets.markup import (
    code_line,
    escaped,
    grid,
    line,
    note,
    scrolled,
    text_table,
)
from machina_lab.widgets.previews import preview
from machina_lab.widgets.sources import SequenceUse, uses_of
from machina_lab.widgets.tables import masked_value
from machina_lab.widgets.views import View, keep_live


_HEADS: Final = ("sequence", "next", "next value", "start", "used by")
_MOST: Final = 2**53 - 1  # the largest number that a page counts exactly
_LOOK: Final = code_line("%sequences", "Magic") + code_line(
    "sequences.snapshot()", "Python"
)
_NONE_YET: Final = "No sequence was used yet, and no factory names one."


@dataclass(slots=True)
class _Counter:
    name: Hashable
    start: int
    used: bool
    #: Factory and how it uses the sequence.
    users: list[tuple[str, SequenceUse]] = field(default_factory=list)


def counters(lab: Any) -> list[_Counter]:
    """
    Return the sequences in use, then those that factories name but nobody used yet.
    """
    found = {
        name: _Counter(name, sequences.start(name), used=True)
        for name in sequences.names()
    }
    for factory in lab.names(automatic=False):
        for use in uses_of(lab.definition(factory).function).sequences:
            start = use.start_at + sequences.offset
            counter = found.setdefault(use.name, _Counter(use.name, start, used=False))
            counter.users.append((factory, use))
    return list(found.values())


def sequence_data(lab: Any, *, values: bool = True) -> list[dict[str, Any]]:
    """
    Return every sequence as plain data; nothing is advanced.

    Args:
        lab: Whose factories may use them.
        values: Whether to build a record of a factory to see the next value.
    """
    built: dict[str, Any] = {}
    return [
        {
            "name": str(each.name),
            "next": sequences.peek(each.name) if each.used else each.start,
            "start": each.start,
            "used": each.used,
            "value": _next_value(lab, each, built) if values else "",
            "users": [
                f"{factory}.{use.field}" if use.field else factory
                for factory, use in each.users
            ],
        }
        for each in counters(lab)
    ]


def _next_value(lab: Any, counter: _Counter, built: dict[str, Any]) -> str:
    """
    Return the value that a build would get next, or "" where that is not to be seen.
    """
    for factory, use in counter.users:
        if not use.field:
            continue
        if factory not in built:
            found = preview(lab, factory, 1, {})
            built[factory] = (
                attributes_of(found.records[0]) if found.records else {}
            ) or {}
        if use.field in built[factory]:
            return line(masked_value(use.field, built[factory][use.field]))
    return ""


def columns_for(lab: Any, name: Hashable) -> dict[str, Any]:
    """
    Return the mapped attributes that a sequence may be synchronised with.

    Those that its own factories fill come first, then every other text or number.
    """
    likely: dict[str, Any] = {}
    others: dict[str, Any] = {}
    fields = {
        (factory, use.field)
        for counter in counters(lab)
        if counter.name == name
        for factory, use in counter.users
    }
    for factory in lab.names(automatic=False):
        model = lab.find(factory).model
        if model is None or not kind_of(model).insertable:
            continue
        for attribute, each in kind_of(model).fields(model).items():
            if each.column and each.type.kind in {"text", "integer"}:
                target = likely if (factory, attribute) in fields else others
                label = f"{model.__name__}.{attribute}"
                target[label] = getattr(model, attribute)
    return {**likely, **others}


def values_of(session: Any, column: Any) -> list[Any]:
    """
    Return all values of a mapped attribute, pending rows included.
    """
    with session.no_autoflush:
        return [value for (value,) in session.query(column)]


class SequenceInspector(View):
    """
    The sequences of the process, to look at and to move.

    Attributes:
        selected: The name of the chosen sequence, or None.
        data: The sequences as plain data.
    """

    def __init__(self, lab: Any, *, wait: Wait | None = None) -> None:
        super().__init__(lab, wait)
        self.data: list[dict[str, Any]] = []
        self._names: list[Hashable] = []
        self._done = ""
        self._quiet = False
        self.table, self.code_lines = theme.html(), theme.html(_LOOK)
        self.chosen = widgets.Dropdown(description="Sequence")
        self.number = widgets.BoundedIntText(
            description="Next number", min=0, max=_MOST, tooltip="The number to set"
        )
        self.column = widgets.Dropdown(description="Column")
        self.set_button = theme.button("Set", "Let this number come next", primary=True)
        self.reset_button = theme.button("Reset", "Go back to the start")
        self.reset_all = theme.button("Reset all", "Forget all sequences")
        self.sync_button = theme.button(
            "Sync", "Continue after the largest value of the column"
        )
        on_change(self.chosen, self._choose)
        self.presses.on_press(self.set_button, self.set_next)
        self.presses.on_press(self.reset_button, self.reset)
        self.presses.on_press(self.reset_all, self.reset_every)
        self.presses.on_press(self.sync_button, self.sync)
        self.lay_out(
            theme.html(theme.title("Sequences")),
            self.table,
            theme.row(
                self.chosen,
                self.number,
                self.set_button,
                self.reset_button,
                self.reset_all,
                name="machina-bar",
            ),
            theme.row(self.column, self.sync_button, name="machina-bar"),
            self.status,
            self.code_lines,
        )
        self.refresh()
        keep_live(self)

    @property
    def selected(self) -> Hashable | None:
        """
        The name of the chosen sequence.
        """
        at = self.chosen.value
        return None if at is None or at >= len(self._names) else self._names[at]

    @property
    def code(self) -> str:
        """
        The Python call that did what was done last, or "".
        """
        return self._done

    def refresh(self) -> None:
        """
        Read the sequences again.
        """
        data = sequence_data(self.lab)
        if data == self.data and self._names:
            return
        self.data = data
        before, self._names = self.selected, [each.name for each in counters(self.lab)]
        self.table.value = table_html(data)
        self._quiet = True
        self.chosen.options = [(line(each["name"]), at) for at, each in enumerate(data)]
        if self._names:
            known = before in self._names
            self.chosen.value = self._names.index(before) if known else 0
        self._quiet = False
        self._choose()

    @guarded
    def _choose(self) -> None:
        if self._quiet:
            return
        at = self.chosen.value
        empty = at is None
        for each in (self.set_button, self.reset_button, self.reset_all, self.number):
            each.disabled = empty
        if not empty:
            self.number.value = self.data[at]["next"]
        columns = (
            []
            if empty or self.lab.repo is None
            else list(columns_for(self.lab, self.selected))
        )
        self.column.options = columns
        self.column.value = columns[0] if columns else None
        self.column.disabled = self.sync_button.disabled = not columns

    # -- what people do ------------------------------------------------------------

    def _name(self) -> Hashable:
        if self.selected is None:
            raise ArgumentValueError("there is no sequence yet.")
        return self.selected

    @guarded
    def set_next(self) -> None:
        """
        Let the number come next.
        """
        name, number = self._name(), self.number.value
        sequences.set(name, number)
        self._tell(
            f"{name} goes on with {number:,}.",
            f"%sequences set {word(str(name))} {number}",
            f"sequences.set({python_literal(name)}, {number})",
        )

    @guarded
    def reset(self) -> None:
        """
        Let the chosen sequence start anew.
        """
        name = self._name()
        sequences.reset(name)
        self._tell(
            f"{name} starts anew.",
            f"%sequences reset {word(str(name))}",
            f"sequences.reset({python_literal(name)})",
        )

    @guarded
    def reset_every(self) -> None:
        """
        Forget all sequences.
        """
        sequences.reset()
        self._tell("All sequences start anew.", "%sequences reset", "sequences.reset()")

    @guarded
    def sync(self) -> None:
        """
        Continue the chosen sequence after the largest value of the column.
        """
        name, label = self._name(), self.column.value
        column = columns_for(self.lab, name)[label]
        line = f"lab.sync_sequence({python_literal(name)}, {label})"
        if self.lab.repo.is_async:
            values = f"await lab.repo.acolumn_values({label})"
            line = f"sequences.sync_with({python_literal(name)}, {values})"

        def tell(values: list[Any]) -> None:
            after = sequences.sync_with(name, values)
            text = f"{name} goes on with {after:,}, after what {label} holds."
            self._tell(text, "", line)

        self.deeds.ask(
            lambda session: values_of(session, column), tell, self.status.fail
        )

    def _tell(self, text: str, magic: str, python: str) -> None:
        self._done = python
        self.refresh()
        self.status.say(text, "good")
        shown = code_line(magic, "Magic") if magic else ""
        self.code_lines.value = shown + code_line(python, "Python")

    def as_text(self) -> str:
        """
        Return the sequences as text.
        """
        return text_table(_HEADS, _rows(self.data)) if self.data else _NONE_YET

    def as_html(self) -> str:
        """
        Return the sequences as plain HTML.
        """
        return f"<div>{table_html(self.data)}</div>"


def _rows(data: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (
            each["name"],
            each["next"],
            each["value"],
            each["start"],
            ", ".join(each["users"]) + ("" if each["used"] else " (not used yet)"),
        )
        for each in data
    ]


def table_html(data: list[dict[str, Any]]) -> str:
    """
    Return the sequences as an HTML table.
    """
    if not data:
        return f"<p>{note(_NONE_YET)}</p>"
    return scrolled(grid(_HEADS, _rows(data)), escaped("Sequences"))


def sequence_inspector(lab: Any, *, wait: Wait | None = None) -> SequenceInspector:
    """
    Return the inspector of all sequences.

    Args:
        lab: The lab whose factories use them.
        wait: Waits for the coroutines of an asynchronous database; see `override_form`.
    """
    return SequenceInspector(lab, wait=wait)
