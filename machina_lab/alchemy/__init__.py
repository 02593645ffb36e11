"""
Persistence: mapped classes read, made, cast and inserted, on any database.
"""

from machina_lab.alchemy.journal import Step
from machina_lab.alchemy.opening import open_repo
from machina_lab.alchemy.repos import Repo


__all__ = ["Repo", "Step", "open_repo"]
