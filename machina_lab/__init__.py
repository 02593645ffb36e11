"""
Craft test data by hand and by the million: factories, SQLAlchemy, notebooks in one lab.

The front door: public names, each loaded from its room on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from machina_lab.core import datatypes as _datatypes
from machina_lab.core import records as _records


_EXPORTS = {
    "Factory": "core",
    "Lab": "labs",
    "Strategy": "core",
    "assoc": "core",
    "assoc_list": "core",
    "casters": "core",
    "evaluate_lazy_attributes": "core",
    "lab": "labs",
    "lazy": "core",
    "literal": "core",
    "merge_attributes": "core",
    "name_from_record": "core",
    "sequence": "core",
    "sequences": "core",
    "frame": "frames",
    "Schema": "schema",
    "register_type": "schema",
    "export_fixtures": "labs",
    "load_fixtures": "labs",
    "load_ipython_extension": "notebook",
    "unload_ipython_extension": "notebook",
}
_ERRORS = (
    "AssociationCycleError",
    "CastError",
    "DuplicateFactoryError",
    "FixtureError",
    "ForeignKeyConflictError",
    "HookError",
    "InsertError",
    "LazyCycleError",
    "LintError",
    "MachinaError",
    "NothingToUndo",
    "OptionError",
    "UndefinedFactoryError",
    "UndoError",
    "UnknownAttributeError",
    "VariantError",
)
_EXPORTS |= dict.fromkeys(_ERRORS, "errors")

__all__ = sorted(_EXPORTS)  # noqa: PLE0605 - one table says what is public and where


def __getattr__(name: str) -> Any:
    room = _EXPORTS.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def _is_mapped(cls: type) -> bool:
    return hasattr(cls, "__mapper__")


def _is_column_type(cls: type) -> bool:
    return any(base.__module__.startswith("sqlalchemy.") for base in cls.__mro__)


# Which room reads the objects of which library; the room is imported when one turns up.
_records.add_kind(
    _is_mapped, lambda: import_module("machina_lab.alchemy.mappers").MAPPED
)
_datatypes.add_reader(
    _is_column_type, lambda: import_module("machina_lab.alchemy.columns").data_type
)
