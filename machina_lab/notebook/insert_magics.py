"""
%insert, %insert_pair, %insert_list and %undo.
"""

from __future__ import annotations

from IPython.core.magic import magics_class

from machina_lab.notebook.base import LineMagics, cell_or_line, one_line


@magics_class
class InsertMagics(LineMagics):
    """
    Insert records, and take them back.
    """

    @one_line
    def insert(self) -> None:
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

        {options}

        The same in Python: machina_lab.notebook.insert("user", role="admin")
        """

    @one_line
    def insert_pair(self) -> None:
        """
        Build two records, insert them, and show them as a DataFrame.

        %insert_pair [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %insert_pair user
            %insert_pair comment article=$article

        Values as in %build?.

        {options}

        The same in Python: machina_lab.notebook.insert_pair("user")
        """

    @cell_or_line
    def insert_list(self) -> None:
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

        Values as in %build?.

        {options}

        The same in Python: machina_lab.notebook.insert_list(5, "comment")
        and machina_lab.notebook.insert_rows("comment", [{"body": "Yes"}])
        """

    @one_line
    def undo(self) -> None:
        """
        Take back the newest insert steps, and show what they were.

        %undo [--force] [STEPS]

        Examples::

            %undo
            %undo 3

        A step is one insert call with all its rows; sequences go back too. What is
        committed cannot be taken back.

        {options}

        The same in Python: machina_lab.notebook.undo(3)
        """
