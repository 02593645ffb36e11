"""
The override form: a factory's fields to fill in, with a live preview of the records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.core.merging import is_record
from machina_lab.core.records import Field
from machina_lab.core.secrets import masked
from machina_lab.errors import UndefinedFactoryError
from machina_lab.widgets import theme
from machina_lab.widgets.association_controls import controls_for, default_of
from machina_lab.widgets.codelines import CodeLines, build_lines
from machina_lab.widgets.controls import Control, control_data
from machina_lab.widgets.deeds import Wait
from machina_lab.widgets.form_data import form_data, form_fields
from machina_lab.widgets.handlers import details, guarded, on_change, summary
from machina_lab.widgets.markup import (
    code_line,
    escaped,
    grid,
    heading,
    note,
    scrolled,
    text_table,
)
from machina_lab.widgets.previews import SHOWN, Preview, preview
from machina_lab.widgets.tables import records_html
from machina_lab.widgets.variant_chips import VariantChips
from machina_lab.widgets.views import View, keep_live


#: A preview that takes longer than this no longer follows every key.
_SLOW: Final = 0.2
_MOST: Final = 100_000
_HEADS: Final = ("field", "type", "override")


class OverrideForm(View):
    """
    A form for the overrides of one factory.

    Attributes:
        overrides: What the fields say, as Python values.
        code: The Python call that does the same.
        line: The magic line that does the same.
        records: What was built or inserted last.
        controls: The rows, by field.
        count: How many records are built.
        chips: The variants.
        after: Called when something was built, inserted or taken back.
    """

    def __init__(self, lab: Any, name: str, *, wait: Wait | None = None) -> None:
        super().__init__(lab, wait)
        factory = lab.find(name)
        self.name: str = factory.name
        self.records: list[Any] = []
        self.overrides: dict[str, Any] = {}
        self._verb = "build"
        self._data: dict[str, Any] = {}
        self._fields: Mapping[str, Field] = {}
        self._signature: Any = None
        self._seen: Preview | None = None
        self.after: Callable[[], None] = lambda: None
        self.controls: dict[str, Control] = {}
        self.chips = VariantChips((), (), self._on_change)
        self._make_parts()
        self._make_controls(factory.selected)
        self._on_change()
        keep_live(self)

    # -- its parts -----------------------------------------------------------------

    def _make_parts(self) -> None:
        self.title = theme.html("", "machina-head")
        self.fields_box = theme.rows(name="machina-fields")
        self.chips_box = theme.rows()
        self.count = widgets.BoundedIntText(
            value=1, min=0, max=_MOST, description="Count", tooltip="How many records"
        )
        self.live = widgets.Checkbox(
            value=True, description="Live preview", indent=False
        )
        self.build_button = theme.button("Build", "Build the records", primary=True)
        self.insert_button = theme.button("Insert", "Build and insert the records")
        self.undo_button = theme.button("Undo", "Take back the last insert step")
        self.preview = theme.html()
        self.code_lines = theme.html()
        self.result = theme.html()
        on_change(self.count, self._on_change)
        on_change(self.live, self._on_change)
        self.presses.on_press(self.build_button, self.build)
        self.presses.on_press(self.insert_button, self.insert)
        self.presses.on_press(self.undo_button, self.undo)
        bar = theme.row(
            self.count,
            self.build_button,
            self.insert_button,
            self.undo_button,
            self.live,
            name="machina-bar",
        )
        self.lay_out(
            self.title,
            self.chips_box,
            self.fields_box,
            bar,
            self.status,
            self.code_lines,
            self.preview,
            self.result,
        )

    def _make_controls(self, chosen: tuple[str, ...]) -> None:
        kept = dict(self.controls)
        chosen = tuple(self.chips.chosen) or chosen
        factory = self.lab.find(self.name)
        self._fields = form_fields(self.lab, self.name)
        self._data = form_data(self.lab, "+".join((self.name, *self._known(chosen))))
        self._signature = self._current_signature()
        made = controls_for(self._fields, self._on_change, self.deeds)
        self.controls = {each.field.name: each for each in made}
        for name, control in self.controls.items():
            old = kept.get(name)
            if old and control_data(old.field) == control_data(control.field):
                control.restore(old.state())
        self.chips = VariantChips(list(factory.variants), chosen, self._on_change)
        self.chips_box.children = [self.chips.widget]
        self.fields_box.children = [each.widget for each in made]

    def _known(self, chosen: tuple[str, ...]) -> list[str]:
        return [each for each in chosen if each in self.lab.find(self.name).variants]

    def _current_signature(self) -> Any:
        factory = self.lab.find(self.name)
        return (
            factory.definition,
            factory.model,
            tuple(factory.variants),
            self.lab.repo is not None,
        )

    # -- what it says --------------------------------------------------------------

    @property
    def path(self) -> str:
        """
        The factory with the chosen variants: `user+admin`.
        """
        return "+".join((self.name, *self.chips.chosen))

    @property
    def errors(self) -> dict[str, str]:
        """
        Field -> why what was typed does not fit.
        """
        return {k: each.error for k, each in self.controls.items() if each.error}

    @property
    def lines(self) -> CodeLines:
        """
        The lines of code that do the same.
        """
        return build_lines(
            self._verb, self.path, self.count.value, self.overrides, self._fields
        )

    @property
    def code(self) -> str:
        """
        The Python call that does the same.
        """
        return self.lines.python

    @property
    def line(self) -> str:
        """
        The magic line that does the same.
        """
        return self.lines.magic

    # -- what people do ------------------------------------------------------------

    @guarded
    def _on_change(self) -> None:
        self._read()
        self._show_code()
        if self.live.value:
            self._show_preview()
        elif self._seen is not None:
            self._put_preview(self._seen, "Preview from before the last change")

    def _read(self) -> None:
        found: dict[str, Any] = {}
        for control in self.controls.values():
            if not control.error:
                found |= control.items()
        self.overrides = found
        wrong = ", ".join(self.errors)
        self.status.say(
            f"Nothing is built while {wrong} does not fit." if wrong else ""
        )
        self.build_button.disabled = bool(wrong)
        self.insert_button.disabled = bool(wrong) or self.lab.repo is None

    @guarded
    def build(self) -> None:
        """
        Build the records.
        """
        self._make("build")

    @guarded
    def insert(self) -> None:
        """
        Build and insert the records.
        """
        self._make("insert")

    def _make(self, verb: str) -> None:
        self._check()
        self._verb = verb
        n, path, given = self.count.value, self.path, dict(self.overrides)
        done = "Built" if verb == "build" else "Inserted"

        def show(made: Any) -> None:
            self.records = [made] if n == 1 else made
            self._show_all(f"{done} {n:,} {path}.{self._waiting(verb)}")

        if verb == "build":
            lab = self.lab
            show(lab.build(path, given) if n == 1 else lab.build_list(n, path, given))
        elif n == 1:
            self.deeds.do("insert", path, given, then=show)
        else:
            self.deeds.do("insert_list", n, path, given, then=show)

    def _check(self) -> None:
        """
        Raise if what was typed does not fit, or the factory is gone.
        """
        self.lab.find(self.path)
        for name, error in self.errors.items():
            raise ValueError(f"{name}: {error}")

    def _waiting(self, verb: str) -> str:
        if verb == "build":
            return ""
        pending = self.lab.pending
        rows = ", ".join(f"{table} {n:,}" for table, n in sorted(pending.items()))
        return f" Pending: {rows}." if rows else " Committed."

    @guarded
    def undo(self) -> None:
        """
        Take back the last insert step of the lab.
        """
        self.deeds.do("undo", then=self._show_undone)

    def _show_undone(self, steps: list[Any]) -> None:
        self.records = []
        self._show_all("Took back " + ", ".join(step.label for step in steps) + ".")

    def refresh(self) -> None:
        """
        Follow what other cells did: a factory defined anew, a database connected.
        """
        try:
            changed = self._current_signature() != self._signature
        except UndefinedFactoryError as error:
            for each in (self.build_button, self.insert_button):
                each.disabled = True
            self.status.fail(error)
            return
        if changed:
            self._make_controls(())
        self._on_change()

    # -- showing -------------------------------------------------------------------

    def _show_all(self, text: str) -> None:
        self._show_code()
        self._show_preview()
        self._show_result()
        self.status.say(text, "good")
        self.after()

    def _show_code(self) -> None:
        lines = self.lines
        self.code_lines.value = code_line(lines.magic, "Magic") + code_line(
            lines.python, "Python"
        )
        data = self._data
        makes = f"makes {data['model']} · " if data["model"] else ""
        self.title.value = theme.title(self.path, makes + data["place"])

    def _show_preview(self) -> None:
        found = preview(self.lab, self.path, self.count.value, self.overrides)
        if found.seconds > _SLOW and self.live.value:
            self.live.value = False
            self.status.say(
                f"This preview took {found.seconds:.1f} s, so it no longer follows"
                " every key. Tick Live preview to look again."
            )
        self._seen = found
        self._put_preview(found, "Preview")
        if found.records and is_record(found.records[0]):
            for name, control in self.controls.items():
                control.show_default(default_of(found.records[0], name))

    def _put_preview(self, found: Preview, title: str) -> None:
        self.preview.value = preview_html(
            self.lab, found, self.count.value, title=title
        )

    def _show_result(self) -> None:
        if not self.records:
            self.result.value = ""
            return
        table = records_html(self.lab, self.records)
        self.result.value = heading("Result") + scrolled(table, "Result")

    def as_text(self) -> str:
        """
        Return the fields and the code as text.
        """
        table = text_table(_HEADS, self._rows())
        return f"Override form for {self.path}\n\n{table}\n\n{self.lines}"

    def as_html(self) -> str:
        """
        Return the fields and the code as plain HTML.
        """
        table = grid(_HEADS, self._rows())
        lines = f"<pre><code>{escaped(self.lines)}</code></pre>"
        return f"<div><p><b>{escaped(self.path)}</b></p>{table}{lines}</div>"

    def _rows(self) -> list[tuple[Any, ...]]:
        shown = masked(self.overrides)
        return [
            (each["name"], each["type"], shown.get(each["name"], ""))
            for each in self._data["fields"]
        ]


def preview_html(
    lab: Any, found: Preview, count: int, *, title: str = "Preview"
) -> str:
    """
    Return a preview as HTML of a height that does not change.
    """
    if found.error is not None:
        text = f'<p class="machina-bad">{escaped(summary(found.error))}</p>'
        body = text + details(found.error)
    elif not found.records:
        body = f"<p>{note('No records.')}</p>"
    else:
        body = records_html(lab, found.records)
    more = f" · the first {SHOWN} of {count:,}" if count > SHOWN else ""
    return heading(f"{title}{more}") + scrolled(body, "Preview", name="machina-preview")


def override_form(lab: Any, name: str, *, wait: Wait | None = None) -> OverrideForm:
    """
    Return a form for the overrides of a factory.

    Args:
        lab: The lab.
        name: The factory, with variants if wanted: `user+admin`.
        wait: Waits for the coroutines of an asynchronous database, in the thread of its
            connections; none: they run in the event loop of the cells.

    Raises:
        UndefinedFactoryError: There is no such factory.
    """
    return OverrideForm(lab, name, wait=wait)
