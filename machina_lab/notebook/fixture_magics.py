"""
%export_fixtures and %load_fixtures.
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
class FixtureMagics(LineMagics):
    """
    Write fixture files, and load them.
    """

    @needs_local_scope
    @no_var_expand
    @line_magic
    def export_fixtures(self, line: str, local_ns: Any = None) -> Any:
        """
        Write what the lab inserted as a fixture set: a CSV file a table.

        %export_fixtures DIR

        Examples::

            %export_fixtures tests/fixtures/shop
            %export_fixtures "my fixtures"
            %export_fixtures $folder

        A folder that holds something else is never overwritten.

        The same in Python: machina_lab.notebook.export_fixtures("tests/fixtures/shop")
        """
        return self.answer("export_fixtures", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def load_fixtures(self, line: str, local_ns: Any = None) -> Any:
        """
        Check a fixture set and insert it into the lab's database.

        %load_fixtures [options] DIR

        Examples::

            %load_fixtures tests/fixtures/shop
            %load_fixtures tests/fixtures/shop --keys new

        Options:
            --strict           refuse files that were edited since the export
            --keys keep|new    keep the primary keys (default), or let new ones be made

        The same in Python: machina_lab.notebook.load_fixtures("tests/fixtures/shop")
        """
        return self.answer("load_fixtures", line, local_ns)
