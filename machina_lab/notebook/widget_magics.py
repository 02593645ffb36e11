"""
%overrides, %derived and %workbench: the lab's widgets.
"""

from __future__ import annotations

from IPython.core.magic import magics_class

from machina_lab.notebook.base import LineMagics, one_line


@magics_class
class WidgetMagics(LineMagics):
    """
    Work on the lab by hand.
    """

    @one_line
    def overrides(self) -> None:
        """
        Show a form for a factory: one control for each attribute, with a live preview.

        %overrides FACTORY[+VARIANT...]

        Examples::

            %overrides user
            form = %overrides user+admin

        The same in Python: machina_lab.notebook.overrides("user")
        """

    @one_line
    def derived(self) -> None:
        """
        Show which factories stand on which, their variants and hooks, as a tree.

        %derived

        Examples::

            %derived

        The same in Python: machina_lab.notebook.derived()
        """

    @one_line
    def workbench(self) -> None:
        """
        Show forms, factories, sequences, tables and the journal in one window.

        %workbench

        Examples::

            %workbench

        The same in Python: machina_lab.notebook.workbench()
        """
