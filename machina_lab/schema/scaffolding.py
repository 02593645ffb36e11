"""
Factory source for tables: what a person would write, each choice with its reason.

The source is what the automatic factory of a table is made from: what one reads is what
runs.
"""

from __future__ import annotations

import builtins
import keyword

from collections.abc import Iterable, Mapping
from typing import Final

from machina_lab.schema.layout import (
    Call,
    Items,
    Named,
    Piece,
    comment,
    lay_out,
    literal,
    with_reason,
)
from machina_lab.schema.model import Schema
from machina_lab.schema.naming import Names
from machina_lab.schema.parents import Parents
from machina_lab.schema.planning import Planner, Validators
from machina_lab.schema.plans import Parent, Plan


#: Names that the source needs for itself.
_USED: Final = frozenset(
    {
        "UTC",
        "UUID",
        "Decimal",
        "assoc",
        "date",
        "datetime",
        "generator_of",
        "lab",
        "sequence",
        "time",
        "timedelta",
    }
)


#: Tables with room for so few rows are shared by those that need one.
_SCARCE: Final = 36


class Scaffold:
    """
    Source for the factories of a schema.

    Args:
        schema: The tables.
        names: What they are called in Python, by key.
        validators: What their classes ask of attributes; see `Planner`.
    """

    def __init__(
        self,
        schema: Schema,
        names: Mapping[str, Names],
        validators: Validators = lambda _key, _name: None,
    ) -> None:
        self.schema = schema
        self.names = names
        tables = {table.key: table for table in schema if table.key in names}
        hard = {
            step: cycle
            for cycle in schema.insert_order().cycles
            for step in cycle.steps(tables)
            if cycle.cure != "late"
        }
        self._planner = Planner(
            Parents(tables, names, hard), schema.dialect, validators
        )
        self._plans: dict[str, Plan] = {}

    def plan(self, key: str) -> Plan:
        """
        Return the plan of one table, made once.
        """
        if key not in self._plans:
            self._plans[key] = self._planner.plan(key)
        return self._plans[key]

    def source(self, *keys: str, realistic: bool | str = False) -> str:
        """
        Return a module with the factories of these tables, imports first.

        Args:
            keys: The tables.
            realistic: Draw realistic values; a text is their locale (`"de"`).
        """
        bodies = [self.body(key, realistic=realistic) for key in keys]
        imports = import_lines(self.imports(keys, realistic=realistic))
        return "\n\n\n".join([imports, *bodies]) + "\n"

    def body(self, key: str, *, realistic: bool | str = False) -> str:
        """
        Return the source of one factory with its variants, without imports.
        """
        plan = self.plan(key)
        names = plan.names
        function = function_name(names.factory)
        lines = [
            line
            for want in plan.wants
            for line in comment(f"Needs you: {want}.", indent=0)
        ]
        lines.append(f"@lab.factory(model={model_path(names)})")
        lines.append(f"def {function}():")
        entries = list(self.entries(key, realistic=realistic).values())
        left = self.left_lines(key, self.left(key), indent=2 if entries else 1)
        if entries:
            lines += ["    return {", *entries, *left, "    }"]
        else:
            lines += [*left, "    return {}"]
        text = "\n".join(lines)
        variants = [
            lay_out(
                Call(
                    "lab.variant",
                    (
                        literal(names.factory),
                        literal(name),
                        Named(
                            "defaults=",
                            Items(
                                (
                                    Named(
                                        f"{literal(attribute)}: ",
                                        Call("assoc", (literal(factory),)),
                                    ),
                                ),
                                "{}",
                            ),
                        ),
                    ),
                )
            )
            for name, attribute, factory in plan.variants
        ]
        return "\n\n\n".join([text, "\n".join(variants)]) if variants else text

    def entries(self, key: str, *, realistic: bool | str = False) -> dict[str, str]:
        """
        Return the lines of each attribute: parents first, then columns as declared.
        """
        plan = self.plan(key)
        found = {}
        for each in plan.parents:
            room = self._room(plan, each)
            piece = _parent_piece(plan, each) if room is None else _shared_piece(each)
            reason = _reason(each) if room is None else _scarce(room)
            found[each.attribute] = self._entry(each.attribute, piece, reason)
        for column in plan.table.columns:
            attribute = plan.names.attributes[column.name]
            if column.name in plan.lazies:
                code, reason = plan.lazies[column.name]
                found[attribute] = self._entry(attribute, code, reason)
            elif column.name in plan.values:
                value = plan.values[column.name]
                faked = realistic and column.name not in plan.solved
                piece = (faked and _localised(value.fake, realistic)) or value.piece
                found[attribute] = self._entry(attribute, piece, value.rule)
        return found

    def limit(self, key: str, *seen: str) -> int | None:
        """
        Return how many rows a table has room for; None if that is not known.

        A table whose key is a foreign key has no more room than the other one.
        """
        plan = self.plan(key)
        limits = [plan.limit]
        for parent in plan.parents:
            above = parent.foreign_key.table
            if _is_alone(plan, parent) and above not in (key, *seen):
                limits.append(self.limit(above, key, *seen))
        return min((each for each in limits if each is not None), default=None)

    def _room(self, plan: Plan, parent: Parent) -> int | None:
        """
        Return how many rows a parent's table has room for, if they must be shared.
        """
        key = parent.foreign_key.table
        if parent.shared or parent.ring or key == plan.table.key:
            return None
        limit = self.limit(key)
        most = 1 if _is_alone(plan, parent) else _SCARCE
        return limit if limit is not None and limit <= most else None

    @staticmethod
    def _entry(attribute: str, piece: Piece, reason: str) -> str:
        code = lay_out(piece, indent=2, before=f"{literal(attribute)}: ", after=",")
        return with_reason(code, reason, indent=2)

    def left(self, key: str) -> dict[str, str]:
        """
        Return the attributes that a factory gives nothing for, and why.
        """
        plan = self.plan(key)
        return {
            plan.names.attributes[column.name]: plan.left[column.name]
            for column in plan.table.columns
            if plan.left.get(column.name)
        }

    def left_lines(self, key: str, names: Iterable[str], *, indent: int) -> list[str]:
        """
        Say that *names* are left out, those with the same reason together.
        """
        reasons = self.left(key)
        by_reason: dict[str, list[str]] = {}
        for name in names:
            by_reason.setdefault(reasons[name], []).append(name)
        return [
            line
            for reason, names in by_reason.items()
            for line in comment(
                f"left out: {', '.join(names)} ({reason})", indent=indent
            )
        ]

    def imports(
        self, keys: Iterable[str], *, realistic: bool | str = False
    ) -> set[str]:
        """
        Return what the source of these tables needs, as `datetime.date`.
        """
        needed = {"machina_lab.lab"}
        for plan in map(self.plan, keys):
            parents = [p for p in plan.parents if not p.key]
            if plan.variants or any(self._room(plan, p) is None for p in parents):
                needed.add("machina_lab.assoc")
            for name, value in plan.values.items():
                faked = realistic and value.fake and name not in plan.solved
                needed |= set() if faked else set(value.imports)
            if plan.names.module not in ("", "__main__"):
                needed.add(f"{plan.names.module}.{plan.names.model.partition('.')[0]}")
        return needed


def import_lines(needed: Iterable[str]) -> str:
    """
    Return `from … import …` lines: the standard library's first, then the others.
    """
    modules: dict[str, list[str]] = {}
    for name in sorted(needed):
        module, _, member = name.rpartition(".")
        modules.setdefault(module, []).append(member)
    standard = ("datetime", "decimal", "uuid")
    groups = [
        [
            _import(m, names)
            for m, names in sorted(modules.items())
            if (m in standard) is s
        ]
        for s in (True, False)
    ]
    return "\n\n".join("\n".join(group) for group in groups if group)


def _import(module: str, names: list[str]) -> str:
    ordered = sorted(
        names, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= 88:  # noqa: PLR2004 - the width of a line
        return line
    return f"from {module} import (\n" + "".join(f"    {n},\n" for n in ordered) + ")"


def function_name(factory: str) -> str:
    """
    Return the name of the function; some names would hide what the source needs.
    """
    hidden = factory in _USED or hasattr(builtins, factory)
    return f"{factory}_factory" if hidden or keyword.iskeyword(factory) else factory


def model_path(names: Names) -> str:
    """
    Return how the source names the class.
    """
    return names.model if names.module else f"lab.models.{names.model}"


def _parent_piece(plan: Plan, parent: Parent) -> Piece:
    shared = [f"{name}={code}" for name, code in parent.shared.items()]
    given = ", ".join([literal(parent.factory), *shared])
    me = f" {plan.names.factory}" if shared else ""
    if parent.key:
        return f"lambda{me}: lab.insert({given}).{parent.key}"
    if not shared:
        return Call("assoc", (literal(parent.factory),))
    return f"lambda{me}: assoc({given})"


def _localised(fake: str, realistic: bool | str) -> str:  # noqa: FBT001 - both say how
    """
    Let a realistic value be drawn in the locale asked for.
    """
    if not isinstance(realistic, str):
        return fake
    return fake.replace("lab.fake.", f"lab.fake_for({literal(realistic)}).")


def _is_alone(plan: Plan, parent: Parent) -> bool:
    """
    Tell whether each row needs a parent of its own: the foreign key is unique.
    """
    keys = [plan.table.primary_key, *(each.columns for each in plan.table.uniques)]
    columns = set(parent.foreign_key.columns)
    return any(key and set(key) <= columns for key in keys)


def _shared_piece(parent: Parent) -> Piece:
    shared = f"lab.shared({literal(parent.factory)})"
    if parent.key:
        return f"lambda: lab.insert({shared}).{parent.key}"
    return f"lambda: {shared}"


def _scarce(room: int) -> str:
    rows = "one row" if room == 1 else f"{room} rows"
    return f"required; shared, as there is room for {rows}"


def _reason(parent: Parent) -> str:
    if parent.key:
        return "required, and the class has no association for it"
    if parent.ring:
        return "required, as this row is by its parent: both are made together"
    if parent.shared:
        return f"required; has {' and '.join(parent.shared)} in common"
    return ""
