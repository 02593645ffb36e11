"""
The workbench: forms, factories, sequences, tables and the journal in one window.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.widgets import theme
from machina_lab.widgets.deeds import Wait
from machina_lab.widgets.derived_factories import derived
from machina_lab.widgets.handlers import guarded, on_change
from machina_lab.widgets.markup import (
    code_line,
    escaped,
    grid,
    heading,
    note,
    scrolled,
    text_table,
)
from machina_lab.widgets.override_form import override_form
from machina_lab.widgets.reading import read_tables
from machina_lab.widgets.schema_explorer import schema_explorer
from machina_lab.widgets.sequence_inspector import sequence_inspector
from machina_lab.widgets.views import View, keep_live, nested


_TABS: Final = ("Build", "Factories", "Sequences", "Schema", "Journal")
_STEPS_SHOWN: Final = 200
_LOG: Final = code_line("%lab log", "Magic") + code_line("lab.journal", "Python")


def journal_data(lab: Any) -> dict[str, Any]:
    """
    Return what a lab's repo did, and what waits for a commit, as plain data.
    """
    repo = lab.repo
    pending = lab.pending
    steps = lab.journal
    return {
        "database": repo.label if repo is not None else "",
        "owned": repo is None or repo.owned,
        "pending": dict(sorted(pending.items())),
        "steps": [
            {
                "step": step.label,
                "rows": ", ".join(f"{t} {n:,}" for t, n in sorted(step.rows.items())),
                "overrides": ", ".join(step.overrides),
                "time": f"{step.time:%H:%M:%S}",
            }
            for step in steps[-_STEPS_SHOWN:]
        ],
    }


class Workbench(View):
    """
    The whole lab in one window.

    Attributes:
        pages: The widgets that were opened so far, by tab.
        data: Journal and pending rows as plain data.
    """

    def __init__(self, lab: Any, *, wait: Wait | None = None) -> None:
        super().__init__(lab, wait)
        self._wait = wait
        self._reading = False
        self.pages: dict[str, View] = {}
        self.data: dict[str, Any] = {}
        self._done = ""
        self._quiet = False
        self._make_parts()
        self.follow()
        self._open()
        keep_live(self)

    def _make_parts(self) -> None:
        self.title = theme.html()
        self.pending, self.journal, self.code_lines = (
            theme.html(),
            theme.html(),
            theme.html(),
        )
        self.factory = widgets.Dropdown(description="Factory")
        self.form_box = theme.rows()
        self.commit_button = theme.button("Commit", "Commit what is pending")
        self.undo_button = theme.button("Undo", "Take back the last insert step")
        self.rollback_button = theme.button(
            "Rollback", "Take back everything since the last commit"
        )
        self._boxes = {name: theme.rows() for name in _TABS}
        self._boxes["Build"].children = [
            theme.row(self.factory, name="machina-bar"),
            self.form_box,
        ]
        self._boxes["Journal"].children = [self.journal, theme.html(_LOG)]
        self.tabs = widgets.Tab(
            [self._boxes[name] for name in _TABS], titles=_TABS, selected_index=0
        )
        on_change(self.tabs, self._open, "selected_index")
        on_change(self.factory, self._open_form)
        self.presses.on_press(self.commit_button, self.commit)
        self.presses.on_press(self.undo_button, self.undo)
        self.presses.on_press(self.rollback_button, self.rollback)
        bar = theme.row(
            theme.rows(self.title, self.pending),
            self.commit_button,
            self.undo_button,
            self.rollback_button,
            name="machina-bar machina-top",
        )
        self.lay_out(bar, self.status, self.code_lines, self.tabs)

    @property
    def code(self) -> str:
        """
        The Python call that did what was done last, or "".
        """
        return self._done

    @property
    def form(self) -> Any:
        """
        The form of the chosen factory, or None.
        """
        return self.pages.get("Build")

    # -- pages ---------------------------------------------------------------------

    @guarded
    def _open(self) -> None:
        """
        Make the page of the open tab, when it is opened first.
        """
        name = _TABS[self.tabs.selected_index or 0]
        makers: dict[str, Callable[[Any], View]] = {
            "Factories": derived,
            "Sequences": partial(sequence_inspector, wait=self._wait),
            "Schema": partial(schema_explorer, wait=self._wait),
        }
        if name == "Build" and self.form is None:
            self._open_form()
        elif name in makers and name not in self.pages:
            self.pages[name] = nested(makers[name](self.lab))
            self._boxes[name].children = [self.pages[name]]
        elif name in self.pages:
            self.pages[name].follow()

    @guarded
    def _open_form(self) -> None:
        name = self.factory.value
        if self._quiet or name is None:
            return
        old = self.pages.pop("Build", None)
        form = override_form(self.lab, name, wait=self._wait)
        # What the form inserts shows here too.
        form.after = self._show_journal
        self.pages["Build"] = nested(form)
        self.form_box.children = [form]
        if old is not None:
            old.close_all()

    def refresh(self) -> None:
        """
        Follow what other cells did.
        """
        self._read_tables()
        self._offer_factories()
        self._show_journal()
        # The other pages follow when their tab is opened.
        page = self.pages.get(_TABS[self.tabs.selected_index or 0])
        if page is not None:
            page.follow()

    def _read_tables(self) -> None:
        """
        Have the tables read, which are factories too; until then there are the others.
        """
        if self._reading or not self._unread():
            return

        def show() -> None:
            self._reading = False
            self.status.say("")
            self._offer_factories()

        def fail(error: Exception) -> None:
            self._reading = False
            self.status.fail(error)

        self._reading = True
        read_tables(self.lab, show, fail, self.status.say)

    def _unread(self) -> bool:
        repo, tables = self.lab.repo, self.lab.tables_read()
        return repo is not None and not repo.is_async and tables is None

    def _names(self) -> list[str]:
        names: list[str] = self.lab.names(automatic=not self._unread())
        return names

    def _offer_factories(self) -> None:
        names = self._names()
        if list(self.factory.options) == names:
            return
        before = self.factory.value
        self._quiet = True
        self.factory.options = names
        if names:
            self.factory.value = before if before in names else names[0]
        self._quiet = False
        if self.factory.value != before:
            self._open_form()

    def _show_journal(self) -> None:
        data = journal_data(self.lab)
        if data == self.data:
            return
        self.data = data
        where = data["database"] or "no database connected"
        self.title.value = theme.title("Workbench", where)
        self.pending.value = note(pending_text(data))
        self.journal.value = journal_html(data)
        idle = not data["pending"]
        self.commit_button.disabled = idle or not data["owned"]
        self.rollback_button.disabled = idle or not data["owned"]
        self.undo_button.disabled = idle

    # -- what people do ------------------------------------------------------------

    @guarded
    def commit(self) -> None:
        """
        Commit what is pending.
        """
        waiting = pending_text(self.data)

        def tell(_: None) -> None:
            self._tell(f"Committed. {waiting}", "%lab commit", "lab.commit()")

        self.deeds.do("commit", then=tell)

    @guarded
    def undo(self) -> None:
        """
        Take back the last insert step.
        """

        def tell(steps: list[Any]) -> None:
            said = ", ".join(step.label for step in steps)
            self._tell(f"Took back {said}.", "%undo", "lab.undo()")

        self.deeds.do("undo", then=tell)

    @guarded
    def rollback(self) -> None:
        """
        Take back everything since the last commit.
        """

        def tell(_: None) -> None:
            self._tell(
                "Took back everything since the last commit.",
                "%lab rollback",
                "lab.rollback()",
            )

        self.deeds.do("rollback", then=tell)

    def _tell(self, text: str, magic: str, python: str) -> None:
        self._done = python
        self.refresh()
        self.status.say(text, "good")
        self.code_lines.value = code_line(magic, "Magic") + code_line(python, "Python")

    def as_text(self) -> str:
        """
        Return factories, pending rows and journal as text.
        """
        names = ", ".join(self._names()) or "none"
        parts = [f"Workbench of {self.data['database'] or 'a lab without a database'}"]
        parts += [f"Factories: {names}", pending_text(self.data)]
        if self.data["steps"]:
            parts.append(text_table(_HEADS, _rows(self.data)))
        return "\n\n".join(parts)

    def as_html(self) -> str:
        """
        Return factories, pending rows and journal as plain HTML.
        """
        names = ", ".join(self._names()) or "none"
        return (
            f"<div><p><b>Workbench</b></p><p>Factories: {escaped(names)}</p>"
            f"<p>{escaped(pending_text(self.data))}</p>{journal_html(self.data)}</div>"
        )


_HEADS: Final = ("time", "step", "rows", "overridden")


def _rows(data: dict[str, Any]) -> list[list[str]]:
    keys = ("time", "step", "rows", "overrides")
    return [[each[key] for key in keys] for each in reversed(data["steps"])]


def pending_text(data: dict[str, Any]) -> str:
    """
    Return what waits for a commit, in words.
    """
    if not data["pending"]:
        return "Nothing is pending."
    rows = ", ".join(f"{table} {n:,}" for table, n in data["pending"].items())
    return f"Pending: {rows}."


def journal_html(data: dict[str, Any]) -> str:
    """
    Return the journal as HTML, newest step first.
    """
    if not data["steps"]:
        return heading("Journal") + f"<p>{note('No steps yet.')}</p>"
    return heading("Journal, newest first") + scrolled(
        grid(_HEADS, _rows(data)), "Journal"
    )


def workbench(lab: Any, *, wait: Wait | None = None) -> Workbench:
    """
    Return the workbench of a lab.

    Args:
        lab: The lab.
        wait: Waits for the coroutines of an asynchronous database; see `override_form`.
    """
    return Workbench(lab, wait=wait)
