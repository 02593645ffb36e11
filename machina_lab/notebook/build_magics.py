"""
%build, %build_pair, %build_list and the four params magics.
"""

from __future__ import annotations

from IPython.core.magic import magics_class

from machina_lab.notebook.base import LineMagics, cell_or_line, one_line


@magics_class
class BuildMagics(LineMagics):
    """
    Build records and params without a database.
    """

    @one_line
    def build(self) -> None:
        """
        Build one record and show it as a DataFrame.

        %build [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %build user
            %build user role=admin born=2024-01-31
            %build user name="Jane Doe" note='it''s quoted'
            %build user+admin
            %build post author=$jane             the variable's record
            %build post author.role=admin        an attribute of its author
            %build post words={40 + 2}           an expression
            df = %build user

        A value is text, cast by the type of its field; only $name and {expression} are
        Python objects. A ; at the end shows nothing.

        {options}

        The same in Python: machina_lab.notebook.build("user", role="admin")
        """

    @one_line
    def build_pair(self) -> None:
        """
        Build two records and show them as a DataFrame.

        %build_pair [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %build_pair user
            %build_pair user+admin role=owner

        Values as in %build?.

        {options}

        The same in Python: machina_lab.notebook.build_pair("user")
        """

    @cell_or_line
    def build_list(self) -> None:
        r"""
        Build many records and show them as a DataFrame.

        %build_list [options] COUNT FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %build_list 5 user
            %build_list $n user role=admin

        As a cell magic, one record for each row of CSV; an empty cell leaves the
        attribute to the factory, \N is None::

            %%build_list user role=admin --into users
            name,born
            Jane,2024-01-31
            "Doe, John",

        Values as in %build?.

        {options}

        The same in Python: machina_lab.notebook.build_list(5, "user")
        and machina_lab.notebook.build_rows("user", [{"name": "Jane"}])
        """

    @one_line
    def params_for(self) -> None:
        """
        Show a record's attributes as one would type them in a form, as a dict.

        %params_for [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %params_for user
            %params_for user+admin name=Jane --keep-none

        {options}

        The same in Python: machina_lab.notebook.params_for("user")
        """

    @one_line
    def string_params_for(self) -> None:
        """
        Show params with text keys and values that JSON takes, as a dict.

        %string_params_for [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %string_params_for user

        {options}

        The same in Python: machina_lab.notebook.string_params_for("user")
        """

    @one_line
    def params_with_assocs(self) -> None:
        """
        Insert a record's parents and show its params with their keys, as a dict.

        %params_with_assocs [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %params_with_assocs comment
            %params_with_assocs comment article=$article

        %undo takes the parents back.

        {options}

        The same in Python: machina_lab.notebook.params_with_assocs("comment")
        """

    @one_line
    def string_params_with_assocs(self) -> None:
        """
        Like %params_with_assocs, with text keys and values that JSON takes.

        %string_params_with_assocs [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %string_params_with_assocs comment

        {options}

        The same in Python: machina_lab.notebook.string_params_with_assocs("comment")
        """
