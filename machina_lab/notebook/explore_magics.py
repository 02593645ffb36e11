"""
%factories, %factory, %sequences, %schema and %scaffold.
"""

from __future__ import annotations

from IPython.core.magic import magics_class

from machina_lab.notebook.base import LineMagics, one_line


@magics_class
class ExploreMagics(LineMagics):
    """
    Look at factories, sequences and tables.
    """

    @one_line
    def factories(self) -> None:
        """
        List the factories of the current lab as a DataFrame.

        %factories

        Examples::

            %factories

        The same in Python: machina_lab.notebook.factories()
        """

    @one_line
    def factory(self) -> None:
        """
        Show one factory: source, fields, options and where each was said, a sample.

        %factory FACTORY[+VARIANT...]

        Examples::

            %factory user
            %factory user+admin

        The same in Python: machina_lab.notebook.factory("user")
        """

    @one_line
    def sequences(self) -> None:
        """
        Show the sequences with the number that comes next, or move them.

        %sequences [reset|set] ...

        Examples::

            %sequences
            %sequences reset              all of them
            %sequences reset email name
            %sequences set email 100      100 comes next
            %sequences --widget           look and move by hand

        The same in Python: sequences, reset_sequences and set_sequence of
        machina_lab.notebook
        """

    @one_line
    def schema(self) -> None:
        """
        Show the tables of the database, one table's columns, or a diagram.

        %schema [--diagram] [--widget] [TABLE]

        Examples::

            %schema
            %schema users
            %schema --diagram
            %schema users --diagram       the table and its neighbours
            %schema --widget              walk through it by hand

        The same in Python: schema and diagram of machina_lab.notebook
        """

    @one_line
    def scaffold(self) -> None:
        """
        Write the source of a factory for a table into a new cell below.

        %scaffold [--update FILE] [--check FILE] TABLE

        Examples::

            %scaffold users
            %scaffold users --update factories.py    adds new columns, edits nothing
            %scaffold users --check factories.py     fails if there are any

        The same in Python: scaffold (which returns the source), scaffold_update and
        scaffold_check of machina_lab.notebook
        """
