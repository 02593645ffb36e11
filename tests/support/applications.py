"""
The models of real applications: nobody wrote them with factories in mind.
"""

from __future__ import annotations

import warnings

from importlib import import_module
from typing import Any, Final


#: Application -> where its declarative base is, and how many tables it has.
APPLICATIONS: Final = {
    "jupyterhub": ("jupyterhub.orm", "Base", 15),
    "optuna": ("optuna.storages._rdb.models", "BaseModel", 12),
}


def application(name: str) -> tuple[Any, int]:
    """
    Return the declarative base of an application and the number of its tables.
    """
    module, base, tables = APPLICATIONS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, not ours
        return getattr(import_module(module), base), tables
