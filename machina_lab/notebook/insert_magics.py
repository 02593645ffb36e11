"""
%insert, %insert_pair, %insert_list and %undo.
"""

from __future__ import annotations

from typing import Any

from IPython.core.magic import (
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)

from machina_lab.notebook.base import LineMagics


@magics_class
class InsertMagics(LineMagics):
    """
    Insert records, and take them back.
    """

    @needs_local_scope
    @no_var_expand
    @line_magic
    def insert(self, line: str, local_ns: Any = None) -> Any:
        """
        Build one record, insert it with its parents, and show it as a DataFrame.

        %insert [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %insert user role=admin
            %insert comment article=$article
            %insert comment article.author.name="Jane Doe"
            %insert $user                    a record that was built before

        Nothing is committed: %lab commit keeps what is pending, %undo takes it back.
        Values as in %build?.

        Options:
            --dry-run        show what would be written, write nothing
            --returning      read back what the database filled in
            --schema NAME    the database schema to write to
            --seed N         draw the same random values again
            --records        the record, not a DataFrame
            --deep           a column for each attribute of an association

        The same in Python: machina_lab.notebook.insert("user", role="admin")
        """
        return self.answer("insert", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def insert_pair(self, line: str, local_ns: Any = None) -> Any:
        """
        Build two records, insert them, and show them as a DataFrame.

        %insert_pair [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %insert_pair user
            %insert_pair comment article=$article

        Values and options as in %insert?.

        The same in Python: machina_lab.notebook.insert_pair("user")
        """
        return self.answer("insert_pair", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_cell_magic
    def insert_list(
        self, line: str, cell: str | None = None, local_ns: Any = None
    ) -> Any:
        r"""
        Build many records, insert them in one step, and show them as a DataFrame.

        %insert_list [options] COUNT FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %insert_list 5 comment
            %insert_list 100000 comment article=$article --bulk

        As a cell magic, one record for each row of CSV; an empty cell leaves the
        attribute to the factory, \N is None::

            %%insert_list comment article=$article --into comments
            body,author.name
            "Well, yes",Jane
            No,

        Values and options as in %insert?; also --bulk, the fast way for many rows, and
        for cells --into VARIABLE, which keeps the result.

        The same in Python: machina_lab.notebook.insert_list(5, "comment")
        and machina_lab.notebook.insert_rows("comment", [{"body": "Yes"}])
        """
        return self.answer("insert_list", line, local_ns, cell)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def undo(self, line: str, local_ns: Any = None) -> Any:
        """
        Take back the newest insert steps, and show what they were.

        %undo [--force] [STEPS]

        Examples::

            %undo
            %undo 3

        A step is one insert call with all its rows; sequences go back too. What is
        committed cannot be taken back.

        Options:
            --force    also when others wrote on the connection since; theirs go too

        The same in Python: machina_lab.notebook.undo(3)
        """
        return self.answer("undo", line, local_ns)
