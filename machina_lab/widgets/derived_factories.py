"""
The derived factories explorer: what stands on what, and who won each field.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.errors import UndefinedFactoryError
from machina_lab.widgets import theme
from machina_lab.widgets.codelines import build_lines
from machina_lab.widgets.factory_data import (
    compare_data,
    entry_label,
    factory_data,
    tree_data,
)
from machina_lab.widgets.factory_pages import (
    comparison_html,
    comparison_text,
    detail_html,
)
from machina_lab.widgets.handlers import details, guarded, on_change, summary
from machina_lab.widgets.markup import escaped, note
from machina_lab.widgets.views import View, keep_live


_HEIGHT: Final = 18


_NONE_YET: Final = "No factories are defined yet."


class DerivedFactories(View):
    """
    A tree of factories, one of them in detail, and two of them compared.

    Attributes:
        selected: The factory in detail.
        compared: The two that are compared.
        differences: The fields in which those differ.
    """

    def __init__(self, lab: Any) -> None:
        super().__init__(lab)
        self._tree: list[dict[str, Any]] = []
        self._shown: Any = None
        self._rows: list[dict[str, Any]] = []
        self.filter = widgets.Text(
            description="Filter", placeholder="part of a name", continuous_update=True
        )
        self.tree = widgets.Select(description="Factories", rows=_HEIGHT)
        self.first = widgets.Dropdown(description="Compare")
        self.second = widgets.Dropdown(description="with")
        self.detail, self.comparison = theme.html(), theme.html()
        self._quiet = False
        on_change(self.filter, self._show_tree)
        on_change(self.tree, self._choose)
        on_change(self.first, self._compare)
        on_change(self.second, self._compare)
        left = theme.rows(self.filter, self.tree, name="machina-list machina-side")
        page = theme.rows(self.detail, name="machina-main")
        self.lay_out(
            theme.html(theme.title("Factories")),
            theme.row(left, page, name="machina-columns"),
            self.status,
            theme.row(self.first, self.second, name="machina-bar"),
            self.comparison,
        )
        self.refresh()
        keep_live(self)

    @property
    def differences(self) -> list[str]:
        """
        The fields in which the two compared records differ.
        """
        return [each["field"] for each in self._rows if each["differs"]]

    @property
    def selected(self) -> str:
        """
        The path of the chosen factory or variant, or "".
        """
        return self._entry["path"] if self._entry else ""

    @property
    def _entry(self) -> dict[str, Any]:
        at = self.tree.value
        return self._tree[at] if at is not None and at < len(self._tree) else {}

    @property
    def compared(self) -> tuple[str, str]:
        """
        The two factories side by side.
        """
        return (self.first.value or "", self.second.value or "")

    @property
    def code(self) -> str:
        """
        The Python call that builds the chosen factory.
        """
        return build_lines("build", self.selected, 1, {}).python

    def refresh(self) -> None:
        """
        Read the lab's factories again.
        """
        tree = tree_data(self.lab)
        seen = (tree, [id(self.lab.definition(each["path"])) for each in tree])
        if seen == self._shown:
            return
        self._tree, self._shown = tree, seen
        paths = [each["path"] for each in tree if each["kind"] != "hook"]
        self._quietly(lambda: self._offer(paths))
        self._show_tree()
        self._compare()

    def _offer(self, paths: list[str]) -> None:
        first, second = self.compared
        self.first.options = self.second.options = paths
        if paths:
            self.first.value = first if first in paths else paths[0]
            self.second.value = (
                second if second in paths else paths[min(1, len(paths) - 1)]
            )

    def _quietly(self, act: Callable[[], None]) -> None:
        self._quiet = True
        try:
            act()
        finally:
            self._quiet = False

    @guarded
    def _show_tree(self) -> None:
        wanted = self.filter.value.strip().casefold()
        before = self.selected
        options = [
            (entry_label(each), at)
            for at, each in enumerate(self._tree)
            if wanted in each["label"].casefold() or wanted in each["path"].casefold()
        ]
        self._quietly(lambda: self._put_options(options, before))
        self._choose()

    def _put_options(self, options: list[tuple[str, int]], before: str) -> None:
        self.tree.options = options
        places = [at for _, at in options]
        same = [at for at in places if self._tree[at]["path"] == before]
        self.tree.value = next(iter(same or places), None)

    @guarded
    def _choose(self) -> None:
        if self._quiet:
            return
        self.status.say("")
        if not self.selected:
            text = "No factory has this in its name." if self._tree else _NONE_YET
            self.detail.value = f"<p>{note(text)}</p>"
            return
        self.detail.value = detail_html(factory_data(self.lab, self.selected))

    @guarded
    def _compare(self) -> None:
        if self._quiet or not all(self.compared):
            return
        try:
            self._rows = compare_data(self.lab, *self.compared)
        except UndefinedFactoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a factory may raise anything; it is shown
            self._rows = []
            text = f'<p class="machina-bad">{escaped(summary(error))}</p>'
            self.comparison.value = text + details(error)
            return
        self.comparison.value = comparison_html(self._rows, self.compared)

    def as_text(self) -> str:
        """
        Return the tree as text.
        """
        lines = [entry_label(each) for each in self._tree]
        if not lines:
            return _NONE_YET
        table = comparison_text(self._rows, self.compared) if self._rows else ""
        return "\n".join(["Factories", "", *lines, "", table]).rstrip()


def derived(lab: Any) -> DerivedFactories:
    """
    Return the explorer of a lab's factories, variants and hooks.
    """
    return DerivedFactories(lab)
