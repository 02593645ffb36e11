"""
What tables, columns and foreign keys are called in Python.

Pure names, no classes: `mapping` makes classes that bear them, `scaffolding` writes
them into source, and `mapped` reads them off classes that exist already.
"""

from __future__ import annotations

import keyword

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from machina_lab.core.tables import ForeignKey, Table
from machina_lab.schema.words import camel, identifier, plural, singular, snake


#: Attributes that a mapped class has for itself.
_TAKEN: Final = frozenset({"metadata", "registry"})
_KEY_ENDINGS: Final = ("_id", "_key", "_code", "_uuid", "_no", "_fk", "_pk")


@dataclass(frozen=True, slots=True)
class Names:
    """
    The names of one table in Python.

    Attributes:
        factory: Its factory: `order_detail`.
        model: Its class: `OrderDetail`.
        attributes: Column -> attribute.
        parents: Foreign key -> attribute that holds the record pointed at; a foreign
            key without one is not in it.
        children: Foreign key of another table, with that table's key, -> attribute that
            holds the records that point here.
        module: Where the class can be imported from; "" for one that was made here.
        owners: Inherited column -> the factory whose table it is in.
        written: Column -> why the class takes no value for it: it writes it by itself,
            or does not map it.
        required: Attributes that the class's constructor insists on.
    """

    factory: str
    model: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[ForeignKey, str] = field(default_factory=dict)
    children: Mapping[tuple[str, ForeignKey], str] = field(default_factory=dict)
    module: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    def sequence(self, column: str) -> str:
        """
        Return the name of the sequence that counts for *column*.

        Classes of one hierarchy share the columns of their base, and so its numbers.
        """
        owner = self.owners.get(column, self.factory)
        return f"{owner}.{self.attributes[column]}"


def name_tables(tables: Iterable[Table]) -> dict[str, Names]:
    """
    Return the names of all *tables* by key; views and tables without columns have none.
    """
    listed = [table for table in tables if not table.view and table.columns]
    factories = name_factories(listed)
    attributes = {table.key: _attributes(table) for table in listed}
    taken = {key: {*names.values(), *_TAKEN} for key, names in attributes.items()}
    parents: dict[str, dict[ForeignKey, str]] = {table.key: {} for table in listed}
    children: dict[str, dict[tuple[str, ForeignKey], str]] = {
        table.key: {} for table in listed
    }
    for table in listed:
        for fk in table.foreign_keys:
            if fk.table in factories and fk.columns:
                wish = _parent_wishes(table, fk, attributes[table.key], factories)
                parents[table.key][fk] = _pick(wish, taken[table.key])
    for table in listed:
        for fk, name in parents[table.key].items():
            wish = _child_wishes(table, fk, name, factories, parents[table.key])
            children[fk.table][table.key, fk] = _pick(wish, taken[fk.table])
    return {
        table.key: Names(
            factory=factories[table.key],
            model=camel(factories[table.key].rstrip("_")),
            attributes=attributes[table.key],
            parents=parents[table.key],
            children=children[table.key],
        )
        for table in listed
    }


def name_factories(tables: Iterable[Table]) -> dict[str, str]:
    """
    Return the factory name of each table by key: singular, snake case, each one once.

    A name that two tables want goes to the default schema, then to the first; the other
    one is called by its schema and name, by its plain name or by a number.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for table in sorted(tables, key=_claim):
        plain = identifier(table.name, "table").rstrip("_")
        wishes = [singular(plain)]
        if table.schema:
            wishes.append(f"{identifier(table.schema)}_{singular(plain)}")
        wishes.append(plain)
        found[table.key] = _pick([_no_keyword(wish) for wish in wishes], taken)
    return found


def _claim(table: Table) -> tuple[bool, bool]:
    """
    Let the default schema go first, and a table that is called by its singular.
    """
    plain = identifier(table.name, "table").rstrip("_")
    return table.schema is not None, plain != singular(plain)


def _attributes(table: Table) -> dict[str, str]:
    """
    Name the columns; one that is a good name as it stands keeps it.
    """
    wishes = {column.name: identifier(column.name) for column in table.columns}
    taken = set(_TAKEN)
    found: dict[str, str] = {}
    for name in sorted(wishes, key=lambda name: wishes[name] != name):
        found[name] = _pick([wishes[name], f"{wishes[name]}_"], taken)
    return {column.name: found[column.name] for column in table.columns}


def _parent_wishes(
    table: Table,
    fk: ForeignKey,
    attributes: Mapping[str, str],
    factories: Mapping[str, str],
) -> list[str]:
    """
    Name the record a foreign key points to: by the column if it has a telling name.
    """
    target = factories[fk.table].rstrip("_")
    same = [each for each in table.foreign_keys if each.table == fk.table]
    stem = _stem(snake(attributes[fk.columns[-1]]))
    if len(fk.columns) > 1:
        stem = "" if len(same) == 1 else stem
    wishes = [stem] if stem else []
    if len(same) == 1 and fk.table != table.key:
        wishes.append(target)
    column = attributes[fk.columns[-1]].rstrip("_")
    wishes += [f"{target}_record" if column == target else f"{column}_{target}"]
    wishes += [f"{target}_of_{column}"]
    return [_no_keyword(wish) for wish in wishes]


def _stem(attribute: str) -> str:
    """
    Return `user` for `user_id`, and "" for a column that does not end like a key.
    """
    for ending in _KEY_ENDINGS:
        if attribute.endswith(ending) and len(attribute) > len(ending):
            return attribute.removesuffix(ending)
    return ""


def _child_wishes(
    table: Table,
    fk: ForeignKey,
    parent: str,
    factories: Mapping[str, str],
    parents: Mapping[ForeignKey, str],
) -> list[str]:
    """
    Name the records that point here: their plural, or by what they call this one.
    """
    name = plural(factories[table.key].rstrip("_"))
    alone = sum(each.table == fk.table for each in parents) == 1
    wishes = [name] if alone and fk.table != table.key else []
    return [*wishes, f"{name}_by_{parent}", f"{name}_of_{parent}"]


def _no_keyword(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _pick(wishes: list[str], taken: set[str]) -> str:
    """
    Take the first name that is free; the last one is numbered if none is.
    """
    name = next((wish for wish in wishes if wish not in taken), "")
    number = 2
    while not name:
        numbered = f"{wishes[-1]}_{number}"
        name = numbered if numbered not in taken else ""
        number += 1
    taken.add(name)
    return name
