"""
Controls for associations: the factory's default, a row that exists, a form, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.core.merging import is_record
from machina_lab.core.records import MISSING, Field, kind_of
from machina_lab.widgets import theme
from machina_lab.widgets.codelines import Nested
from machina_lab.widgets.controls import DEFAULT, Control, sort_of
from machina_lab.widgets.deeds import Deeds
from machina_lab.widgets.existing_rows import ExistingRows
from machina_lab.widgets.value_controls import CONTROLS


_EXISTING: Final = "existing row"
_FORM: Final = "new, with…"
_NONE: Final = "none"
_EMPTY: Final = "empty list"


def controls_for(
    fields: Mapping[str, Field],
    changed: Callable[[], None],
    deeds: Deeds,
    *,
    leave_out: Iterable[type] = (),
) -> list[Control]:
    """
    Return a control for each field that a form shows.

    Left out are properties, and foreign keys that an association stands for.

    Args:
        fields: The fields of a record's class.
        changed: Called when a value changes.
        deeds: Where existing rows come from.
        leave_out: Classes that associations must not lead back to.
    """
    hidden = {name for each in fields.values() for name in each.through}
    closed = set(leave_out)
    return [
        control_for(field, changed, deeds, fields, closed)
        for name, field in fields.items()
        if field.role != "property"
        and name not in hidden
        and (field.target is None or field.target not in closed)
    ]


def control_for(
    field: Field,
    changed: Callable[[], None],
    deeds: Deeds,
    fields: Mapping[str, Field],
    closed: Iterable[type] = (),
) -> Control:
    """
    Return the control of one field.
    """
    sort = sort_of(field)
    if sort == "one":
        return OneControl(field, changed, deeds, fields, closed)
    if sort == "many":
        return ManyControl(field, changed)
    return CONTROLS[sort](field, changed)


class _ModeControl(Control):
    """
    A field whose value is chosen by its sort first.
    """

    modes: tuple[str, ...] = (DEFAULT,)

    @property
    def _can_be_null(self) -> bool:
        return False

    def _made(self) -> Any:
        return widgets.Dropdown(description=self.field.name, options=self.modes)

    def _entered(self) -> None:
        if not self._quiet and self.input.value == DEFAULT:
            self.given.value = False
            return
        super()._entered()

    def _empty(self) -> None:
        self.input.value = DEFAULT

    def show_default(self, value: Any) -> None:
        """
        Show nothing: the preview tells which record it is.
        """

    def items(self) -> dict[str, Any]:
        """
        Return the override that the chosen sort makes.
        """
        if not self.given.value or self.input.value == DEFAULT:
            return {}
        return self._chosen()

    def _chosen(self) -> dict[str, Any]:
        raise NotImplementedError


class ManyControl(_ModeControl):
    """
    An association to many records: the factory's default, or none.
    """

    modes = (DEFAULT, _EMPTY)

    def _chosen(self) -> dict[str, Any]:
        return {self.field.name: []}


class OneControl(_ModeControl):
    """
    An association to one record.

    Attributes:
        rows: The rows that exist, once they were asked for.
        nested: The controls of the record's own form, once it was asked for.
    """

    def __init__(
        self,
        field: Field,
        changed: Callable[[], None],
        deeds: Deeds,
        fields: Mapping[str, Field],
        closed: Iterable[type],
    ) -> None:
        self._deeds, self._fields, self._closed = deeds, fields, set(closed)
        self.rows: ExistingRows | None = None
        self.nested: list[Control] = []
        super().__init__(field, changed)
        self._below = theme.rows(name="machina-nest machina-hidden")
        self.widget = widgets.VBox([self.row, self._below])

    def _made(self) -> Any:
        modes = [DEFAULT, _FORM, _NONE]
        if self._can_choose():
            modes.insert(1, _EXISTING)
        return widgets.Dropdown(description=self.field.name, options=modes)

    def _can_choose(self) -> bool:
        repo = self._deeds.lab.repo
        kind = kind_of(self.field.target) if self.field.target else None
        known = kind is not None and kind.insertable and bool(self.field.through)
        return known and repo is not None

    def _update(self) -> None:
        self._show_below()
        super()._update()

    def _show_below(self) -> None:
        mode = self.input.value
        if mode == _EXISTING:
            self._offer_rows()
        elif mode == _FORM and not self.nested:
            self._open_form()
        shown = {
            _EXISTING: [self.rows.widget] if self.rows else [],
            _FORM: [each.widget for each in self.nested],
        }
        self._below.children = shown.get(mode, [])
        theme.mark(self._below, "machina-hidden", on=mode not in shown)

    # -- rows that exist -----------------------------------------------------------

    def _offer_rows(self) -> None:
        if self.rows is None:
            self.rows = ExistingRows(
                self.field, self._fields, self._deeds, self._update
            )
            self.rows.search()

    # -- a form of its own ---------------------------------------------------------

    def _open_form(self) -> None:
        target = self.field.target
        assert target is not None
        self.nested = controls_for(
            kind_of(target).fields(target),
            self._update,
            self._deeds,
            leave_out=self._closed | {target},
        )

    def _chosen(self) -> dict[str, Any]:
        mode = self.input.value
        if mode == _NONE:
            return {self.field.name: None}
        if mode == _FORM:
            return {self.field.name: self._own_overrides()}
        rows = self.rows
        if rows is None or rows.error or rows.key is None:
            raise ValueError((rows and rows.error) or "choose a row")
        return dict(rows.key)

    def _own_overrides(self) -> Nested:
        wrong = [each for each in self.nested if each.error]
        if wrong:
            raise ValueError(f"{wrong[0].field.name}: {wrong[0].error}")
        return Nested({k: v for each in self.nested for k, v in each.items().items()})

    def show_default(self, value: Any) -> None:
        """
        Show the factory's values in the form below.
        """
        if self.nested and is_record(value):
            for each in self.nested:
                each.show_default(default_of(value, each.field.name))

    def state(self) -> Any:
        """
        Return the mode, and the state of the form below.
        """
        below = {each.field.name: each.state() for each in self.nested}
        row = self.rows.state() if self.rows is not None else None
        return (super().state(), row, below)

    def restore(self, state: Any) -> None:
        """
        Put the mode back, and the form below.
        """
        own, row, below = state
        if own[2] not in self.input.options:
            return
        super().restore(own)
        self._show_below()
        if self.rows is not None and row is not None:
            self.rows.restore(row)
        for each in self.nested:
            if each.field.name in below:
                each.restore(below[each.field.name])
        self.check()


def default_of(record: Any, name: str) -> Any:
    """
    Return the value of *name* in a built record, or `MISSING`; nothing is loaded.
    """
    read = kind_of(type(record)).read(record)
    return read.get(name, MISSING)
