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

    def source(self, *keys: str, realistic: bool = False) -> str:
        """
        Return a module with the factories of these tables, imports first.
        """
        bodies = [self.body(key, realistic=realistic) for key in keys]
        imports = import_lines(self.imports(keys, realistic=realistic))
        return "\n\n\n".join([imports, *bodies]) + "\n"

    def body(self, key: str, *, realistic: bool = False) -> str:
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
        left = self._left(plan)
        if entries:
            lines += ["    return {", *entries, *left, "    }"]
        else:
            lines += [line[4:] for line in left] + ["    return {}"]
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

    def entries(self, key: str, *, realistic: bool = False) -> dict[str, str]:
        """
        Return the lines of each attribute: parents first, then columns as declared.
        """
        plan = self.plan(key)
        found = {
            each.attribute: self._entry(
                each.attribute, _parent_piece(plan, each), _reason(each)
            )
            for each in plan.parents
        }
        for column in plan.table.columns:
            attribute = plan.names.attributes[column.name]
            if column.name in plan.lazies:
                code, reason = plan.lazies[column.name]
                found[attribute] = self._entry(attribute, code, reason)
            elif column.name in plan.values:
                value = plan.values[column.name]
                faked = realistic and column.name not in plan.solved
                piece = (faked and value.fake) or value.piece
                found[attribute] = self._entry(attribute, piece, value.rule)
        return found

    @staticmethod
    def _entry(attribute: str, piece: Piece, reason: str) -> str:
        code = lay_out(piece, indent=2, before=f"{literal(attribute)}: ", after=",")
        return with_reason(code, reason, indent=2)

    @staticmethod
    def _left(plan: Plan) -> list[str]:
        """
        Say what is left out, columns with the same reason together.
        """
        by_reason: dict[str, list[str]] = {}
        for column in plan.table.columns:
            reason = plan.left.get(column.name)
            if reason:
                name = plan.names.attributes[column.name]
                by_reason.setdefault(reason, []).append(name)
        return [
            line
            for reason, names in by_reason.items()
            for line in comment(f"left out: {', '.join(names)} ({reason})", indent=2)
        ]

    def imports(self, keys: Iterable[str], *, realistic: bool = False) -> set[str]:
        """
        Return what the source of these tables needs, as `datetime.date`.
        """
        needed = {"machina_lab.lab"}
        for plan in map(self.plan, keys):
            if plan.parents or plan.variants:
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


def _reason(parent: Parent) -> str:
    if parent.key:
        return "required, and the class has no association for it"
    if parent.ring:
        return "required, as this row is by its parent: both are made together"
    if parent.shared:
        return f"required; has {' and '.join(parent.shared)} in common"
    return ""
