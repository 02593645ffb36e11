"""
Variants as chips: pressed ones apply in the order of their numbers.

Every variant keeps its place; only its number changes. So a chip that is pressed stays
under the pointer and keeps the focus.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from machina_lab.widgets import theme
from machina_lab.widgets.handlers import on_change, on_click


class VariantChips:
    """
    The variants of a factory to choose from.

    Attributes:
        names: All of them.
        chosen: The chosen ones, in the order in which they apply.
        widget: The chips.
    """

    def __init__(
        self, names: Sequence[str], chosen: Sequence[str], changed: Callable[[], None]
    ) -> None:
        self.names = list(names)
        self.chosen = [each for each in chosen if each in self.names]
        self._changed = changed
        self._quiet = False
        self.chips: dict[str, Any] = {}
        self.earlier: dict[str, Any] = {}
        self.widget = theme.row(*self._made(), name="machina-bar")
        self._show()

    def _made(self) -> list[Any]:
        made: list[Any] = (
            [theme.html("Variants", "machina-small")] if self.names else []
        )
        for name in self.names:
            chip = widgets.ToggleButton(tooltip=f"Build with variant {name}")
            chip.add_class("machina-chip")
            move = theme.button("◂", f"Apply {name} earlier")
            move.add_class("machina-earlier")
            on_change(chip, self._toggler(name))
            on_click(move, self._mover(name))
            self.chips[name], self.earlier[name] = chip, move
            made += [chip, move]
        return made

    def _toggler(self, name: str) -> Callable[[], None]:
        def toggle() -> None:
            if self._quiet:
                return
            if self.chips[name].value:
                self.chosen.append(name)
            else:
                self.chosen.remove(name)
            self._show()
            self._changed()

        return toggle

    def _mover(self, name: str) -> Callable[[], None]:
        def move() -> None:
            at = self.chosen.index(name) if name in self.chosen else 0
            if at:
                self.chosen[at - 1 : at + 1] = [name, self.chosen[at - 1]]
                self._show()
                self._changed()

        return move

    def _show(self) -> None:
        self._quiet = True
        for name, chip in self.chips.items():
            at = self.chosen.index(name) + 1 if name in self.chosen else 0
            chip.value = bool(at)
            chip.description = f"{at} {name}" if at else f"+ {name}"
            theme.mark(self.earlier[name], "machina-hidden", on=at < 2)  # noqa: PLR2004 - the first cannot go earlier
        self._quiet = False
