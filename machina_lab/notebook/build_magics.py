"""
%build, %build_pair, %build_list and the four params magics.
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
class BuildMagics(LineMagics):
    """
    Build records and params without a database.
    """

    @needs_local_scope
    @no_var_expand
    @line_magic
    def build(self, line: str, local_ns: Any = None) -> Any:
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

        Options:
            --seed N     draw the same random values again
            --records    the record, not a DataFrame
            --deep       a column for each attribute of an association

        The same in Python: machina_lab.notebook.build("user", role="admin")
        """
        return self.answer("build", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def build_pair(self, line: str, local_ns: Any = None) -> Any:
        """
        Build two records and show them as a DataFrame.

        %build_pair [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %build_pair user
            %build_pair user+admin role=owner

        Values and options as in %build?.

        The same in Python: machina_lab.notebook.build_pair("user")
        """
        return self.answer("build_pair", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_cell_magic
    def build_list(
        self, line: str, cell: str | None = None, local_ns: Any = None
    ) -> Any:
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

        Values and options as in %build?; --into VARIABLE keeps what a cell makes.

        The same in Python: machina_lab.notebook.build_list(5, "user")
        and machina_lab.notebook.build_rows("user", [{"name": "Jane"}])
        """
        return self.answer("build_list", line, local_ns, cell)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def params_for(self, line: str, local_ns: Any = None) -> Any:
        """
        Show a record's attributes as one would type them in a form, as a dict.

        %params_for [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %params_for user
            %params_for user+admin name=Jane --keep-none

        Options:
            --seed N       draw the same random values again
            --keep-none    keep attributes that are None

        The same in Python: machina_lab.notebook.params_for("user")
        """
        return self.answer("params_for", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def string_params_for(self, line: str, local_ns: Any = None) -> Any:
        """
        Show params with text keys and values that JSON takes, as a dict.

        %string_params_for [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %string_params_for user

        Options as in %params_for?.

        The same in Python: machina_lab.notebook.string_params_for("user")
        """
        return self.answer("string_params_for", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def params_with_assocs(self, line: str, local_ns: Any = None) -> Any:
        """
        Insert a record's parents and show its params with their keys, as a dict.

        %params_with_assocs [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %params_with_assocs comment
            %params_with_assocs comment article=$article

        Options as in %params_for?. %undo takes the parents back.

        The same in Python: machina_lab.notebook.params_with_assocs("comment")
        """
        return self.answer("params_with_assocs", line, local_ns)

    @needs_local_scope
    @no_var_expand
    @line_magic
    def string_params_with_assocs(self, line: str, local_ns: Any = None) -> Any:
        """
        Like %params_with_assocs, with text keys and values that JSON takes.

        %string_params_with_assocs [options] FACTORY[+VARIANT...] [ATTR=VALUE ...]

        Examples::

            %string_params_with_assocs comment

        Options as in %params_for?.

        The same in Python: machina_lab.notebook.string_params_with_assocs("comment")
        """
        return self.answer("string_params_with_assocs", line, local_ns)
