"""
Craft test data by hand and by the million: factories, SQLAlchemy, notebooks in one lab.

The front door: public names, each loaded from its room on first use.
"""

from __future__ import annotations

from importlib import import_module

from machina_lab.core import rooms as _rooms


# Not from `typing`, which is most of what the import would cost.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from machina_lab.core.associations import assoc as assoc
    from machina_lab.core.associations import assoc_list as assoc_list
    from machina_lab.core.casting import casters as casters
    from machina_lab.core.factories import Factory as Factory
    from machina_lab.core.lazies import lazy as lazy
    from machina_lab.core.lazies import literal as literal
    from machina_lab.core.merging import (
        evaluate_lazy_attributes as evaluate_lazy_attributes,
    )
    from machina_lab.core.merging import merge_attributes as merge_attributes
    from machina_lab.core.sequences import sequence as sequence
    from machina_lab.core.sequences import sequences as sequences
    from machina_lab.core.strategies import Strategy as Strategy
    from machina_lab.core.strategies import name_from_record as name_from_record
    from machina_lab.errors import AssociationCycleError as AssociationCycleError
    from machina_lab.errors import CastError as CastError
    from machina_lab.errors import DuplicateFactoryError as DuplicateFactoryError
    from machina_lab.errors import FixtureError as FixtureError
    from machina_lab.errors import ForeignKeyConflictError as ForeignKeyConflictError
    from machina_lab.errors import HookError as HookError
    from machina_lab.errors import InsertError as InsertError
    from machina_lab.errors import LazyCycleError as LazyCycleError
    from machina_lab.errors import LintError as LintError
    from machina_lab.errors import MachinaError as MachinaError
    from machina_lab.errors import NothingToUndo as NothingToUndo
    from machina_lab.errors import OptionError as OptionError
    from machina_lab.errors import UndefinedFactoryError as UndefinedFactoryError
    from machina_lab.errors import UndoError as UndoError
    from machina_lab.errors import UnknownAttributeError as UnknownAttributeError
    from machina_lab.errors import VariantError as VariantError
    from machina_lab.frames import frame as frame
    from machina_lab.labs import Lab as Lab
    from machina_lab.labs import export_fixtures as export_fixtures
    from machina_lab.labs import lab as lab
    from machina_lab.labs import load_fixtures as load_fixtures
    from machina_lab.labs import read_fixtures as read_fixtures
    from machina_lab.notebook import load_ipython_extension as load_ipython_extension
    from machina_lab.notebook import (
        unload_ipython_extension as unload_ipython_extension,
    )
    from machina_lab.schema import Schema as Schema
    from machina_lab.schema import register_type as register_type

_EXPORTS = {
    "Factory": "core.factories",
    "Lab": "labs",
    "Strategy": "core.strategies",
    "assoc": "core.associations",
    "assoc_list": "core.associations",
    "casters": "core.casting",
    "evaluate_lazy_attributes": "core.merging",
    "lab": "labs",
    "lazy": "core.lazies",
    "literal": "core.lazies",
    "merge_attributes": "core.merging",
    "name_from_record": "core.strategies",
    "sequence": "core.sequences",
    "sequences": "core.sequences",
    "frame": "frames",
    "Schema": "schema",
    "register_type": "schema",
    "export_fixtures": "labs",
    "load_fixtures": "labs",
    "read_fixtures": "labs",
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
_rooms.add_kind(_is_mapped, lambda: import_module("machina_lab.alchemy.mappers").MAPPED)
_rooms.add_reader(
    _is_column_type, lambda: import_module("machina_lab.alchemy.columns").data_type
)
