"""
%export_fixtures and %load_fixtures.
"""

from __future__ import annotations

from IPython.core.magic import magics_class

from machina_lab.notebook.base import LineMagics, one_line


@magics_class
class FixtureMagics(LineMagics):
    """
    Write fixture files, and load them.
    """

    @one_line
    def export_fixtures(self) -> None:
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

    @one_line
    def load_fixtures(self) -> None:
        """
        Check a fixture set and insert it into the lab's database.

        %load_fixtures [options] DIR

        Examples::

            %load_fixtures tests/fixtures/shop
            %load_fixtures tests/fixtures/shop --keys new

        {options}

        The same in Python: machina_lab.notebook.load_fixtures("tests/fixtures/shop")
        """
