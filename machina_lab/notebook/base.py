"""
What all classes of magics share.

They hold no more than names and help: what a line does is in `answers`, which is loaded
when the first magic is used, so that `%load_ext` costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.magic import Magics, magics_class

from machina_lab.notebook.desk import Desk


@magics_class
class LineMagics(Magics):
    """
    Magics that work on the notebook's desk.
    """

    def __init__(self, shell: Any, desk: Desk) -> None:
        super().__init__(shell=shell)
        self.desk = desk

    def answer(
        self,
        magic: str,
        source: str,
        local_ns: Mapping[str, Any] | None,
        cell: str | None = None,
    ) -> Any:
        """
        Return what *magic* makes of a line, and of a cell below it.
        """
        from machina_lab.notebook.answers import answer

        return answer(self.desk, magic, source, local_ns, cell)
