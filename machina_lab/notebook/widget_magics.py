"""
%overrides, %derived and %workbench: the lab's widgets.
"""

from __future__ import annotations

from typing import Any

from IPython.core.magic import (
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from machina_lab.notebook.base import LineMagics


@magics_class
class WidgetMagics(LineMagics):
    """
    Work on the lab by hand.
    """

    @needs_local_scope
    @no_var_expand
    @line_magic
    def overrides(self, line: str, local_ns: Any = None) -> Any:
        """
        Show a form for a factory: one control for each attribute, with a live preview.

        %overrides FACTORY[+VARIANT...]

        Examples::

            %overrides user
            form = %overrides user+admin

        The same in Python: machina_lab.notebook.overrides("user")
        """
        return self.answer("overrides", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def derived(self, line: str, local_ns: Any = None) -> Any:
        """
        Show which factories stand on which, their variants and hooks, as a tree.

        %derived

        Examples::

            %derived

        The same in Python: machina_lab.notebook.derived()
        """
        return self.answer("derived", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def workbench(self, line: str, local_ns: Any = None) -> Any:
        """
        Show forms, factories, sequences, tables and the journal in one window.

        %workbench

        Examples::

            %workbench

        The same in Python: machina_lab.notebook.workbench()
        """
        return self.answer("workbench", line, local_ns)
