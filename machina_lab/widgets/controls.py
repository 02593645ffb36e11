"""
Controls: one row of a form for one field of a record.

A row reads `[x] name | input | [ ] null | type`. The box before the name says whether
the field is overridden; typing ticks it, unticking it goes back to the factory's
default. What does not fit the field is said in the row.
"""

from __future__ import annotations

import enum

from collections.abc import Callable
from typing import Any, Final, Literal

import ipywidgets as widgets

from machina_lab.core.records import MISSING, Field
from machina_lab.core.secrets import is_secret
from machina_lab.widgets import theme
from machina_lab.widgets.handlers import on_change, summary
from machina_lab.widgets.markup import escaped, line


Sort = Literal[
    "text",
    "secret",
    "json",
    "checkbox",
    "choice",
    "date",
    "time",
    "datetime",
    "one",
    "many",
]

_SORTS: Final[dict[str, Sort]] = {
    "boolean": "checkbox",
    "enum": "choice",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "json": "json",
    "record": "json",
}
#: The entry of a drop-down that stands for the factory's default.
DEFAULT: Final = "default"


def sort_of(field: Field) -> Sort:
    """
    Return which sort of control a field gets.
    """
    if field.role == "to_one":
        return "one"
    if field.role == "to_many":
        return "many"
    if is_secret(field.name):
        return "secret"
    return _SORTS.get(field.type.kind, "text")


def control_data(field: Field) -> dict[str, Any]:
    """
    Return what the row of a field shows, as plain data.
    """
    return {
        "name": field.name,
        "sort": sort_of(field),
        "type": type_label(field),
        "nullable": field.nullable,
        "choices": [choice_label(each) for each in field.type.choices],
        "remarks": remarks(field),
    }


def type_label(field: Field) -> str:
    """
    Return the type of a field in a word.
    """
    if field.target is None:
        # An enum's SQL says how it is stored, not what it is.
        cls = field.type.python if field.type.kind == "enum" else None
        return cls.__name__ if cls else field.type.label
    name = field.target.__name__
    return f"list[{name}]" if field.role == "to_many" else name


def remarks(field: Field) -> list[str]:
    """
    Return what else there is to say about a field.
    """
    said = {
        "key": field.role == "key",
        "generated": field.generated,
        "unique": field.unique and field.role != "key",
        "required": field.required and not field.generated,
    }
    return [word for word, true in said.items() if true]


def choice_label(choice: Any) -> str:
    """
    Return one choice of an enum as people read it.
    """
    return choice.name if isinstance(choice, enum.Enum) else str(choice)


class Control:
    """
    The row of one field.

    Attributes:
        field: The field.
        widget: The row.
        given: Ticked while the field is overridden.
        input: Where the value is typed or chosen.
        null: Ticked while the value is None; None where that may not be.
        error: Why the value does not fit, or "".
    """

    def __init__(self, field: Field, changed: Callable[[], None]) -> None:
        self.field = field
        self.error = ""
        self._changed = changed
        self._quiet = False
        self._note: tuple[str, str] | None = None
        self._default = ""
        self.given = _named(
            widgets.Checkbox(description=field.name, indent=False, tooltip=field.name),
            "machina-name",
        )
        self.input = self._made()
        self.input.add_class("machina-input")
        self.null = _null(field) if self._can_be_null else None
        self.message = theme.html("", "machina-message")
        parts = [self.given, self.input, self.null, self.message]
        self.row = theme.row(*filter(None, parts))
        self.widget: widgets.Widget = self.row
        self._listen()
        self._say()

    @property
    def _can_be_null(self) -> bool:
        return self.field.nullable

    def _made(self) -> Any:
        raise NotImplementedError

    def _listen(self) -> None:
        on_change(self.given, self._toggled)
        on_change(self.input, self._entered)
        if self.null is not None:
            on_change(self.null, self._nulled)

    # -- what the page does --------------------------------------------------------

    def _toggled(self) -> None:
        if self._quiet:
            return
        if not self.given.value:
            self._silently(self._clear)
        self._update()

    def _entered(self) -> None:
        if self._quiet:
            return
        self._silently(lambda: self._tick(null=False))
        self._update()

    def _nulled(self) -> None:
        if self._quiet or self.null is None:
            return
        self._silently(lambda: self._tick(null=bool(self.null and self.null.value)))
        self._update()

    def _tick(self, *, null: bool) -> None:
        self.given.value = True
        if self.null is not None:
            self.null.value = null

    def _clear(self) -> None:
        if self.null is not None:
            self.null.value = False
        self._empty()

    def _empty(self) -> None:
        """
        Put the input back to where it started.
        """
        raise NotImplementedError

    def _silently(self, act: Callable[[], None]) -> None:
        self._quiet = True
        try:
            act()
        finally:
            self._quiet = False

    def _update(self) -> None:
        self.check()
        self._changed()

    # -- what it says --------------------------------------------------------------

    def check(self) -> None:
        """
        Read the value, and say in the row if it does not fit.
        """
        try:
            self.items()
            self.error = ""
        except Exception as error:  # noqa: BLE001 - a caster of the user's may raise anything
            self.error = summary(error).partition(": ")[2] or summary(error)
        self._say()

    def _say(self) -> None:
        default = [f"default {self._default}"] if self._default else []
        label = " · ".join([type_label(self.field), *default, *remarks(self.field)])
        note = ("bad", self.error) if self.error else ("quiet", label)
        if note != self._note:
            self._note = note
            text = escaped(note[1])
            self.message.value = (
                f'<span class="machina-{note[0]}" title="{text}">{text}</span>'
            )
        theme.mark(self.row, "machina-wrong", on=bool(self.error))
        theme.mark(self.row, "machina-set", on=bool(self.given.value))

    def items(self) -> dict[str, Any]:
        """
        Return the overrides that the row makes: none, or one.

        Raises:
            CastError: The value does not fit the field.
        """
        if not self.given.value:
            return {}
        if self.null is not None and self.null.value:
            return {self.field.name: None}
        return {self.field.name: self.value()}

    def value(self) -> Any:
        """
        Return what is in the input, as the field holds it.
        """
        return self.input.value

    def show_default(self, value: Any) -> None:
        """
        Show what the factory gives for a field that is not overridden.
        """
        if not self.given.value:
            known = value is not MISSING and value is not None
            self._default = line(value, 24) if known else ""
            self._say()

    def state(self) -> Any:
        """
        Return what `restore` needs to put the row back as it is.
        """
        null = None if self.null is None else self.null.value
        return (self.given.value, null, self.input.value)

    def restore(self, state: Any) -> None:
        """
        Put the row back to a state of a row of the same field.
        """
        given, null, value = state

        def put() -> None:
            self.input.value = value
            self.given.value = given
            if self.null is not None:
                self.null.value = bool(null)

        self._silently(put)
        self.check()


def _named(widget: Any, name: str) -> Any:
    widget.add_class(name)
    return widget


def _null(field: Field) -> Any:
    box = widgets.Checkbox(
        description="null", indent=False, tooltip=f"{field.name} is None"
    )
    return _named(box, "machina-null")
