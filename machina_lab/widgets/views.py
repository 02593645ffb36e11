"""
What all widgets have in common: a style, a status line, a text for where none run.
"""

from __future__ import annotations

from collections import deque
from html import escape
from typing import Any, Final
from weakref import ref

import ipywidgets as widgets

from machina_lab.widgets.deeds import Deeds, Wait
from machina_lab.widgets.handlers import Status, guarded
from machina_lab.widgets.presses import Presses
from machina_lab.widgets.theme import ROOT, style


#: How many of the newest widgets follow what other cells do.
_LIVE: Final = 8


class View(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """
    One of the lab's widgets.

    Attributes:
        lab: The lab it shows.
        status: The line that says what happened.
        deeds: The lab's verbs, awaited where they have to be.
        presses: What lets buttons wait for what was typed before.
    """

    def __init__(self, lab: Any, wait: Wait | None = None) -> None:
        super().__init__()
        self.lab = lab
        self.status = Status()
        self.deeds = Deeds(lab, self.status.fail, wait)
        self.presses = Presses()
        self.add_class(ROOT)

    def lay_out(self, *children: widgets.Widget) -> None:
        """
        Show *children*, the style sheet before them.
        """
        self.children = [style(), *children, self.presses]

    def refresh(self) -> None:
        """
        Show what has changed since; called after every cell that is run.
        """

    @guarded
    def follow(self) -> None:
        """
        Refresh, and show it if that fails.
        """
        self.refresh()

    def close_all(self) -> None:
        """
        Close the widget with everything in it: the page forgets it.
        """
        _close(self)

    def as_text(self) -> str:
        """
        Return what it shows as text, for terminals.
        """
        raise NotImplementedError

    def as_html(self) -> str:
        """
        Return what it shows as plain HTML, for where widgets do not run.
        """
        return f"<pre>{escape(self.as_text())}</pre>"

    def __repr__(self) -> str:
        """
        Return the text that a terminal shows.
        """
        return self.as_text()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        plain = {"text/plain": self.as_text(), "text/html": self.as_html()}
        if not bundle:
            return plain
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
        merged = {**data, **plain}
        return (merged, *rest) if rest else merged


def _close(widget: Any) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()


_live: Final[deque[ref[View]]] = deque(maxlen=_LIVE)


def keep_live(view: View) -> None:
    """
    Let *view* follow what other cells do; the newest few do so.

    Without a notebook there are no cells, and nothing to follow.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    _live.append(ref(view))
    if _follow not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _follow)


def nested(view: View) -> View:
    """
    Return *view*, which another one lets follow from now on.
    """
    for each in list(_live):
        if each() is view:
            _live.remove(each)
    return view


def _follow(_result: object = None) -> None:
    """
    Refresh the widgets that are still there, after a cell was run.
    """
    from IPython import get_ipython

    for each in list(_live):
        view = each()
        if view is None or view.comm is None:
            _live.remove(each)
        else:
            view.follow()
    shell = get_ipython()
    if not _live and shell is not None:
        shell.events.unregister("post_run_cell", _follow)
