"""
Records and DataFrames: the only home of pandas.
"""

from __future__ import annotations

from machina_lab.frames import accessor as _accessor
from machina_lab.frames.conversion import frame
from machina_lab.frames.recordframes import RecordFrame, RecordFrames


__all__ = ["RecordFrame", "RecordFrames", "frame"]

_accessor.register()
