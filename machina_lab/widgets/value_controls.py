"""
Controls for values: text, secrets, JSON, boxes, choices, dates and times.

Text is read by the field's type, as everywhere (`cast_text`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.core.casting import cast_text
from machina_lab.core.records import MISSING, Field
from machina_lab.errors import CastError
from machina_lab.widgets.controls import (
    DEFAULT,
    Control,
    Sort,
    choice_label,
    sort_of,
    type_label,
)
from machina_lab.widgets.markup import line


class TextControl(Control):
    """
    A field that is typed as text, whatever its type.
    """

    def _made(self) -> Any:
        return widgets.Text(description=self.field.name, placeholder="")

    def _empty(self) -> None:
        self.input.value = ""

    def value(self) -> Any:
        """
        Return the text as the field's type reads it.
        """
        text: str = self.input.value
        return cast_text(text, self.field.type)

    def show_default(self, value: Any) -> None:
        """
        Show the factory's value where one would type.
        """
        self.input.placeholder = "" if value is MISSING else line(value, 40)


class JsonControl(TextControl):
    """
    A field of JSON.
    """

    def _made(self) -> Any:
        return widgets.Textarea(description=self.field.name, rows=1)


class SecretControl(Control):
    """
    A field whose value is never shown, nor kept in the page or the saved notebook.
    """

    def __init__(self, field: Field, changed: Callable[[], None]) -> None:
        self._secret = ""
        super().__init__(field, changed)

    def _made(self) -> Any:
        return widgets.Password(description=self.field.name, continuous_update=False)

    def _entered(self) -> None:
        if self._quiet or not self.input.value:
            return
        self._secret = self.input.value
        # The page's state is saved with the notebook: it must not hold the secret.
        self._silently(self._forget_typed)
        super()._entered()

    def _forget_typed(self) -> None:
        self.input.value = ""
        self.input.placeholder = "kept, not shown"

    def _empty(self) -> None:
        self._secret = ""
        self.input.placeholder = ""

    def show_default(self, value: Any) -> None:
        """
        Show nothing: a default may be as secret as what is typed.
        """

    def value(self) -> Any:
        """
        Return the secret as the field's type reads it.
        """
        try:
            return cast_text(self._secret, self.field.type)
        except CastError:
            # Its text would show the value.
            raise ValueError(
                f"the value does not fit {type_label(self.field)}"
            ) from None

    def state(self) -> Any:
        """
        Return the secret too; it stays in the kernel.
        """
        return (*super().state(), self._secret)

    def restore(self, state: Any) -> None:
        """
        Put the row back, the secret too.
        """
        *rest, self._secret = state
        super().restore(rest)


class CheckboxControl(Control):
    """
    A field that is true or false.
    """

    def _made(self) -> Any:
        return widgets.Checkbox(
            description="true", indent=False, tooltip=f"{self.field.name} is true"
        )

    def _empty(self) -> None:
        self.input.value = False


class ChoiceControl(Control):
    """
    A field that is one of few values.
    """

    def _made(self) -> Any:
        labels = [choice_label(each) for each in self.field.type.choices]
        options = [(DEFAULT, -1), *((label, at) for at, label in enumerate(labels))]
        return widgets.Dropdown(description=self.field.name, options=options, value=-1)

    def _entered(self) -> None:
        if not self._quiet and self.input.value == -1:
            self.given.value = False
        else:
            super()._entered()

    def _empty(self) -> None:
        self.input.value = -1

    def value(self) -> Any:
        """
        Return the chosen value.
        """
        if self.input.value == -1:
            raise ValueError("choose a value")
        return self.field.type.choices[self.input.value]


class MomentControl(Control):
    """
    A field that is a date, a time or both.
    """

    def _made(self) -> Any:
        sort, name = sort_of(self.field), self.field.name
        if sort == "date":
            return widgets.DatePicker(description=name)
        if sort == "time":
            return widgets.TimePicker(description=name, step=1)
        if self.field.type.timezone:
            return widgets.DatetimePicker(description=name)
        return widgets.NaiveDatetimePicker(description=name)

    def _empty(self) -> None:
        self.input.value = None

    def value(self) -> Any:
        """
        Return the moment.
        """
        if self.input.value is None:
            raise ValueError(f"choose a {sort_of(self.field)}")
        return self.input.value


CONTROLS: Final[dict[Sort, type[Control]]] = {
    "text": TextControl,
    "secret": SecretControl,
    "json": JsonControl,
    "checkbox": CheckboxControl,
    "choice": ChoiceControl,
    "date": MomentControl,
    "time": MomentControl,
    "datetime": MomentControl,
}
