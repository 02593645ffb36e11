"""
Exploring a database: what is in it, and factories for every table of it.

* `Schema` says what a database looks like; `Schema.reflect`, `Schema.from_metadata` and
  `Schema.from_models` read one, `insert_order`, `path`, `neighbourhood`, `implied`,
  `diagram` answer questions about it.
"""

from __future__ import annotations

from machina_lab.schema.crafting import TableFactories, TableFactory
from machina_lab.schema.guesses import generator_of, register_type
from machina_lab.schema.model import Path, Relation, Schema, Skipped
from machina_lab.schema.ordering import Cycle, InsertOrder, Late, insert_order


__all__ = [
    "Cycle",
    "InsertOrder",
    "Late",
    "Path",
    "Relation",
    "Schema",
    "Skipped",
    "TableFactories",
    "TableFactory",
    "generator_of",
    "insert_order",
    "register_type",
]
