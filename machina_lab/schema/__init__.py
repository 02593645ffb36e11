"""
Exploring a database: what is in it, and factories for every table of it.

* `Schema` says what a database looks like. `Schema.reflect(engine_or_url)`,
  `Schema.from_metadata(metadata)` and `Schema.from_models(Base)` read one;
  `schema["users"]`, `insert_order()`, `path("comment", "user")`, `implied()`,
  `neighbourhood("user")`, `rows()`, `column_rows("users")` and `diagram()` answer
  questions about it.
* `TableFactories` makes a factory of every table, on first use.
  `TableFactories.of_database(connection, lab=lab, run=repo.run)` maps the tables by
  itself, `TableFactories.of_models(Base, …)` takes the classes a person has. A lab adds
  it as a source of factories: `names()`, `define("user")`. It writes their source,
  `scaffold("users", realistic=False)`, keeps source up to date, `update(text)`, and
  says which rule chose a value, `explain("users", "email")`. `schema` and `models` are
  what it stands on; scaffolded source calls the latter `lab.models`.
* `register_type(Type, generator)` teaches values for types of one's own.
"""

from __future__ import annotations

from machina_lab.schema.crafting import TableFactories, TableFactory
from machina_lab.schema.diagrams import Diagram
from machina_lab.schema.guesses import generator_of, register_type
from machina_lab.schema.mapping import Models
from machina_lab.schema.model import Path, Relation, Schema, Skipped
from machina_lab.schema.ordering import Cycle, InsertOrder, Late, insert_order
from machina_lab.schema.updating import Update


__all__ = [
    "Cycle",
    "Diagram",
    "InsertOrder",
    "Late",
    "Models",
    "Path",
    "Relation",
    "Schema",
    "Skipped",
    "TableFactories",
    "TableFactory",
    "Update",
    "generator_of",
    "insert_order",
    "register_type",
]
