"""
The IPython extension: `%load_ext machina_lab`.

The functions that magics call are here too, under the magics' names: what `%build user`
returns, `machina_lab.notebook.build("user")` returns.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from machina_lab.notebook.extension import (
    load_ipython_extension,
    unload_ipython_extension,
)


_FUNCTIONS = {
    "build": "building",
    "build_list": "building",
    "build_pair": "building",
    "build_rows": "building",
    "commit": "labwork",
    "connect": "labwork",
    "derived": "views",
    "diagram": "exploring",
    "export_fixtures": "fixturing",
    "factories": "exploring",
    "factory": "exploring",
    "insert": "inserting",
    "insert_list": "inserting",
    "insert_pair": "inserting",
    "insert_rows": "inserting",
    "load_fixtures": "fixturing",
    "log": "labwork",
    "overrides": "views",
    "params_for": "building",
    "params_with_assocs": "building",
    "reset_sequences": "exploring",
    "rollback": "labwork",
    "scaffold": "scaffolds",
    "scaffold_check": "scaffolds",
    "scaffold_update": "scaffolds",
    "schema": "exploring",
    "schema_explorer": "views",
    "seed": "labwork",
    "sequence_inspector": "views",
    "sequences": "exploring",
    "set_sequence": "exploring",
    "status": "labwork",
    "string_params_for": "building",
    "string_params_with_assocs": "building",
    "undo": "inserting",
    "use": "labwork",
    "workbench": "views",
}

__all__ = [  # noqa: PLE0604 - one table says which function is where
    "load_ipython_extension",
    "unload_ipython_extension",
    *_FUNCTIONS,
]


def __getattr__(name: str) -> Any:
    if name not in _FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FUNCTIONS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
