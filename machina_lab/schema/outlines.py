"""
The fields of the records of a table, as the table tells them: no class is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from machina_lab.core.datatypes import DataType
from machina_lab.core.records import Field, Role
from machina_lab.core.tables import Table
from machina_lab.schema.naming import Names


_RECORD = DataType("record")


def outline(table: Table, names: Names) -> dict[str, Field]:
    """
    Return columns, parents and children of *table* under their names in Python.

    The associations have no target: that would be a class.
    """
    foreign = {name for fk in table.foreign_keys for name in fk.columns}
    found = {}
    for column in table.columns:
        name = names.attributes.get(column.name, column.name)
        role: Role = "foreign_key" if column.name in foreign else "value"
        if column.primary_key:
            role = "key"
        nullable = column.nullable
        found[name] = Field(
            name, column.type, role, nullable=nullable, column=column.name
        )
    for name in names.parents.values():
        found[name] = Field(name, _RECORD, "to_one")
    many = DataType("array", list, item=_RECORD)
    for name in names.children.values():
        found[name] = Field(name, many, "to_many")
    return found


def other_end(names: Names, attribute: str) -> str | None:
    """
    Return the key of the table that an association leads to, or None if it is none.
    """
    return _ends(names).get(attribute)


def _ends(names: Names) -> Mapping[str, str]:
    parents = {name: fk.table for fk, name in names.parents.items()}
    return parents | {name: key for (key, _), name in names.children.items()}
