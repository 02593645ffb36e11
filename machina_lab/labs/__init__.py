"""
The façade: `Lab` joins the rooms.
"""

from __future__ import annotations

from machina_lab.labs.exports import export_fixtures
from machina_lab.labs.facade import Lab, lab
from machina_lab.labs.loads import load_fixtures, read_fixtures


__all__ = ["Lab", "export_fixtures", "lab", "load_fixtures", "read_fixtures"]
