"""
Which records must be there before a row of a table, and how they fit together.
"""

from __future__ import annotations

from collections.abc import Mapping

from machina_lab.core.tables import ForeignKey, Table
from machina_lab.schema.naming import Names
from machina_lab.schema.ordering import Cycle, Late, is_optional
from machina_lab.schema.plans import Parent, Plan
from machina_lab.schema.values import counted_number, unlike


class Parents:
    """
    Plans foreign keys.

    Args:
        tables: Tables by key.
        names: Their names by key.
        hard: Foreign keys that close a cycle and cannot be left for later -> the cycle.
    """

    def __init__(
        self,
        tables: Mapping[str, Table],
        names: Mapping[str, Names],
        hard: Mapping[Late, Cycle],
    ) -> None:
        self.tables = tables
        self.names = names
        self.hard = hard

    def add(self, plan: Plan, fk: ForeignKey) -> None:
        """
        Decide what *plan* does about one foreign key.
        """
        if fk.table not in self.names or fk.implied:
            return
        attribute = plan.names.parents.get(fk, "")
        factory = self.names[fk.table].factory
        if is_optional(plan.table, fk):
            if attribute:
                plan.variants.append((f"with_{attribute}", attribute, factory))
            for name in fk.columns:
                if plan.table.column(name).nullable and name not in plan.left:
                    plan.left[name] = (
                        f"optional: +with_{attribute}" if attribute else ""
                    )
            return
        if fk.table == plan.table.key:
            self._point_at_itself(plan, fk)
            return
        if Late(plan.table.key, fk) in self.hard:
            self._close_ring(plan, fk, self.hard[Late(plan.table.key, fk)])
            return
        covered = {name for each in plan.parents for name in each.foreign_key.columns}
        if attribute and not (set(fk.columns) <= covered and self._same_row(plan, fk)):
            shared = self._shared(plan, fk)
            plan.parents.append(Parent(attribute, factory, fk, shared))
        elif not attribute:
            self._by_key(plan, fk, factory)

    def _same_row(self, plan: Plan, fk: ForeignKey) -> bool:
        """
        Tell whether a longer foreign key that is planned already brings this parent.
        """
        return any(
            set(fk.columns) <= set(each.foreign_key.columns)
            and self._reaches(each.foreign_key, fk)
            for each in plan.parents
        )

    def _reaches(self, longer: ForeignKey, fk: ForeignKey) -> bool:
        pairs = dict(zip(longer.columns, longer.references, strict=True))
        columns = tuple(pairs[name] for name in fk.columns)
        return any(
            each.columns == columns and each.table == fk.table
            for each in self.tables[longer.table].foreign_keys
        )

    def _by_key(self, plan: Plan, fk: ForeignKey, factory: str) -> None:
        """
        Plan the key itself, where the class has no association to hold the parent.
        """
        theirs = self.names[fk.table].attributes
        for name, referenced in zip(fk.columns, fk.references, strict=True):
            plan.parents.append(
                Parent(plan.names.attributes[name], factory, fk, key=theirs[referenced])
            )

    def _point_at_itself(self, plan: Plan, fk: ForeignKey) -> None:
        """
        Let a row whose key must point into its own table point at itself.
        """
        attributes = plan.names.attributes
        for name, referenced in zip(fk.columns, fk.references, strict=True):
            if name == referenced:
                continue
            column = plan.table.column(referenced)
            sequence = f"{plan.names.factory}.{attributes[referenced]}"
            value = unlike(sequence, column.type.kind) or counted_number(sequence)
            if column.generated:
                reason = "given, because the row points at itself"
                plan.values[referenced] = value.because(reason)
                if column.generated == "identity always":
                    plan.needs.append(f"{fk.name or name}: the row points at itself")
            factory = plan.names.factory
            plan.lazies[name] = (
                f"lambda {factory}: {factory}.{attributes[referenced]}",
                "required, and the first row has none but itself",
            )

    def _shared(self, plan: Plan, fk: ForeignKey) -> dict[str, str]:
        """
        Return what a parent must have in common with the parents planned before.
        """
        found: dict[str, str] = {}
        factory = plan.names.factory
        for other in plan.parents:
            mine = dict(zip(fk.columns, fk.references, strict=True))
            theirs = dict(
                zip(
                    other.foreign_key.columns, other.foreign_key.references, strict=True
                )
            )
            for column in mine.keys() & theirs.keys():
                value = f"{factory}.{other.attribute}"
                link = self._link(fk.table, mine[column])
                back = self._link(other.foreign_key.table, theirs[column])
                if link is None:
                    continue
                attribute, target, referenced = link
                if (other.foreign_key.table, theirs[column]) == (target, referenced):
                    found[attribute] = value
                elif back is not None and back[1:] == link[1:]:
                    found[attribute] = f"{value}.{back[0]}"
        return found

    def _link(self, table: str, column: str) -> tuple[str, str, str] | None:
        """
        Return the association of *table* behind one column: attribute, table, column.
        """
        for fk, attribute in self.names[table].parents.items():
            if fk.columns == (column,):
                return attribute, fk.table, fk.references[0]
        return None

    def _close_ring(self, plan: Plan, fk: ForeignKey, cycle: Cycle) -> None:
        """
        Let the parent point back at the row being made, by a key that is given.
        """
        if cycle.cure in ("statement", "none"):
            plan.needs.append(str(cycle))
        start = cycle.tables.index(plan.table.key)
        ring = [*cycle.tables[start + 1 :], *cycle.tables[:start]]
        back = self._back(ring, plan)
        attribute = plan.names.parents.get(fk, "")
        if back is None or not attribute:
            plan.needs.append(str(cycle))
            return
        for name in plan.table.primary_key:
            column = plan.table.column(name)
            sequence = f"{plan.names.factory}.{plan.names.attributes[name]}"
            value = unlike(sequence, column.type.kind)
            if value is not None and name not in plan.values:
                plan.values[name] = value.because("given, because its parent needs it")
        plan.parents.append(
            Parent(attribute, self.names[ring[0]].factory, fk, shared=back)
        )

    def _back(self, ring: list[str], plan: Plan) -> dict[str, str] | None:
        """
        Return what the tables of *ring* need so that the last points at the new row.
        """
        table = self.tables[ring[0]]
        target = ring[1] if len(ring) > 1 else plan.table.key
        fk = next(each for each in table.foreign_keys if each.table == target)
        attribute = self.names[ring[0]].parents.get(fk, "")
        if not attribute:
            return None
        if len(ring) > 1:
            inner = self._back(ring[1:], plan)
            if inner is None:
                return None
            pairs = ", ".join(f'"{name}": {code}' for name, code in inner.items())
            return {attribute: f"{{{pairs}}}"}
        mine = self.names[ring[0]].attributes
        keys = zip(fk.columns, fk.references, strict=True)
        found = {attribute: "None"}
        for name, referenced in keys:
            theirs = plan.names.attributes[referenced]
            found[mine[name]] = f"{plan.names.factory}.{theirs}"
        return found
