"""
%factories, %factory, %sequences, %schema and %scaffold.
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
class ExploreMagics(LineMagics):
    """
    Look at factories, sequences and tables.
    """

    @needs_local_scope
    @no_var_expand
    @line_magic
    def factories(self, line: str, local_ns: Any = None) -> Any:
        """
        List the factories of the current lab as a DataFrame.

        %factories

        Examples::

            %factories

        The same in Python: machina_lab.notebook.factories()
        """
        return self.answer("factories", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def factory(self, line: str, local_ns: Any = None) -> Any:
        """
        Show one factory: source, fields, options and where each was said, a sample.

        %factory FACTORY[+VARIANT...]

        Examples::

            %factory user
            %factory user+admin

        The same in Python: machina_lab.notebook.factory("user")
        """
        return self.answer("factory", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def sequences(self, line: str, local_ns: Any = None) -> Any:
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
        return self.answer("sequences", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def schema(self, line: str, local_ns: Any = None) -> Any:
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
        return self.answer("schema", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def scaffold(self, line: str, local_ns: Any = None) -> Any:
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
        return self.answer("scaffold", line, local_ns)
