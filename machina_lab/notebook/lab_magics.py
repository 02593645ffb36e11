"""
%lab: the lab itself.
"""

from __future__ import annotations

from IPython.core.magic import magics_class

from machina_lab.notebook.base import LineMagics, one_line


@magics_class
class LabMagics(LineMagics):
    """
    Look after the lab: its database, its transaction, its journal.
    """

    @one_line
    def lab(self) -> None:
        """
        Show the current lab, or look after its database.

        %lab [status|connect|use|commit|rollback|log|seed] ...

        Examples::

            %lab                                what it holds, what is pending
            %lab connect sqlite:///shop.db
            %lab connect $SHOP_URL              a variable, or an environment variable
            %lab use myapp.factories:lab        work with the lab of a module
            %lab commit                         keep what is pending
            %lab rollback                       take back everything since the commit
            %lab log                            the steps done so far
            %lab log --pytest                   ... as a pytest fixture, in a new cell
            %lab seed 42                        repeat everything drawn at random

        The same in Python: status, connect, use, commit, rollback, log and seed of
        machina_lab.notebook
        """
