"""
The façade: `Lab` joins the rooms.
"""

from __future__ import annotations

from machina_lab.labs.facade import Lab, lab


__all__ = ["Lab", "lab"]
