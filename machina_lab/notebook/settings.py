"""
What users can set about the notebook: `%config MachinaLab`.
"""

from __future__ import annotations

from traitlets import Bool, Enum, Int
from traitlets.config.configurable import Configurable


class MachinaLab(Configurable):
    """
    The notebook's settings; the name is what `%config` shows.

    Examples::

        %config MachinaLab
        %config MachinaLab.rows = 20
    """

    rows = Int(10, min=1, help="Rows of a DataFrame that a cell shows.").tag(
        config=True
    )
    short_errors = Bool(
        default_value=True,
        help="Show errors of the lab on one line, your own without the lab's frames.",
    ).tag(config=True)
    autocommit = Bool(
        default_value=False,
        help="Let `%lab connect` open databases that commit after every insert.",
    ).tag(config=True)
    theme = Enum(
        ["auto", "light", "dark"],
        default_value="auto",
        help="Colours of diagrams: of the front end, or always light or dark.",
    ).tag(config=True)
