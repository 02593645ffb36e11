"""
Coming into a shell, and leaving it as it was.
"""

from __future__ import annotations

import sys

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from machina_lab.errors import MachinaError
from machina_lab.notebook import matching
from machina_lab.notebook.desk import Desk, desk


if TYPE_CHECKING:
    from machina_lab.notebook.strategy_magics import StrategyMagics


class Extension:
    """
    What `%load_ext` put into one shell, and how to take it out again.
    """

    def __init__(self, shell: Any, desk: Desk) -> None:
        self.shell = shell
        self.desk = desk
        self._undo: list[Callable[[], None]] = []

    def load(self) -> None:
        """
        Put magics, completion, settings and the way errors look into the shell.
        """
        from machina_lab.notebook.settings import MachinaLab

        before = self.desk.laid_out()
        self._undo.append(lambda: self.desk.lay_out(before))
        settings = MachinaLab(parent=self.shell)
        self.desk.shell, self.desk.settings = self.shell, settings
        self.shell.configurables.append(settings)
        self._undo.append(lambda: self.shell.configurables.remove(settings))
        for cls in _magics_classes():
            self.add_magics(cls(self.shell, self.desk))
        strategies = self._add_strategies()
        self._undo.append(matching.install(self.shell, self.desk, strategies.lines))
        self._shorten_errors()

    def _shorten_errors(self) -> None:
        shell, settings = self.shell, self.desk.settings

        def render(error: MachinaError) -> list[str]:
            from machina_lab.notebook.tracebacks import Rendering

            return Rendering(error, shell, settings)()

        before = vars(MachinaError).get("_render_traceback_")
        MachinaError._render_traceback_ = render  # type: ignore[attr-defined]  # IPython asks for it

        def remove() -> None:
            del MachinaError._render_traceback_  # type: ignore[attr-defined]  # set above
            if before is not None:
                MachinaError._render_traceback_ = before  # type: ignore[attr-defined]

        self._undo.append(remove)

    def unload(self) -> None:
        """
        Take everything out again.
        """
        while self._undo:
            self._undo.pop()()
        if "machina_lab.notebook.loops" in sys.modules:
            from machina_lab.notebook.loops import loop

            loop.stop()

    def _add_strategies(self) -> StrategyMagics:
        from machina_lab.notebook.strategy_magics import StrategyMagics

        magics = StrategyMagics(self.shell, self.desk)
        self._undo.append(magics.clear)
        self.desk.on_use = magics.refresh
        for event in ("pre_run_cell", "post_run_cell"):
            self.shell.events.register(event, magics.refresh)
            self._undo.append(
                lambda event=event: self.shell.events.unregister(event, magics.refresh)  # type: ignore[misc]  # bound now
            )
        return magics

    def add_magics(self, magics: Any) -> None:
        """
        Register an object's magics, and remember what they hide.
        """
        manager = self.shell.magics_manager
        name = type(magics).__name__
        before = {
            (kind, magic): manager.magics[kind].get(magic)
            for kind, names in magics.magics.items()
            for magic in names
        }
        registered = manager.registry.get(name)
        manager.register(magics)

        def remove() -> None:
            for (kind, magic), hidden in before.items():
                _put_back(manager.magics[kind], magic, hidden)
            _put_back(manager.registry, name, registered)
            if magics in self.shell.configurables:
                self.shell.configurables.remove(magics)

        self._undo.append(remove)


def _put_back(table: dict[str, Any], name: str, hidden: Any) -> None:
    if hidden is None:
        table.pop(name, None)
    else:
        table[name] = hidden


def _magics_classes() -> list[Any]:
    from machina_lab.notebook.build_magics import BuildMagics
    from machina_lab.notebook.explore_magics import ExploreMagics
    from machina_lab.notebook.fixture_magics import FixtureMagics
    from machina_lab.notebook.insert_magics import InsertMagics
    from machina_lab.notebook.lab_magics import LabMagics
    from machina_lab.notebook.widget_magics import WidgetMagics

    return [
        BuildMagics,
        InsertMagics,
        ExploreMagics,
        LabMagics,
        FixtureMagics,
        WidgetMagics,
    ]


#: The extensions in use, by the id of their shell.
_loaded: Final[dict[int, Extension]] = {}


def load_ipython_extension(shell: Any) -> None:
    """
    Load the extension: `%load_ext machina_lab`.
    """
    unload_ipython_extension(shell)
    extension = Extension(shell, desk)
    _loaded[id(shell)] = extension
    extension.load()


def unload_ipython_extension(shell: Any) -> None:
    """
    Unload the extension, leaving nothing behind: `%unload_ext machina_lab`.
    """
    extension = _loaded.pop(id(shell), None)
    if extension is not None:
        extension.unload()
