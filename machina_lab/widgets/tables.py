"""
Records as tables in widgets: the lab's own frames, secrets masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from machina_lab.core.secrets import MASK, is_secret


def records_html(lab: Any, records: Sequence[Any], *, rows_shown: int = 10) -> str:
    """
    Return records as an HTML table, values with the name of a secret masked.
    """
    frame = lab.frame(records, rows_shown=rows_shown)
    frames = frame.values() if isinstance(frame, Mapping) else [frame]
    for each in frames:
        for name in each.columns:
            if is_secret(name):
                each[name] = MASK
    html: str = frame._repr_html_()
    return html


def masked_value(name: str, value: Any) -> Any:
    """
    Return *value*, or a mask where its name says that it is secret.
    """
    return MASK if value is not None and is_secret(name) else value
