"""
Which records must be there before a row of a table, and how they fit together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from machina_lab.core.tables import ForeignKey, Table
from machina_lab.schema.guesses import Wish, guess
from machina_lab.schema.layout import literal
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
        held = {plan.names.attributes[name] for name in fk.columns} | {attribute}
        if is_optional(plan.table, fk) and not held & plan.names.required:
            if attribute:
                plan.variants.append((f"with_{attribute}", attribute, factory))
            for name in fk.columns:
                if plan.table.column(name).nullable and name not in plan.left:
                    plan.left[name] = (
                        f"optional: +with_{attribute}" if attribute else "may be NULL"
                    )
            return
        if fk.table == plan.table.key:
            self._point_at_itself(plan, fk)
            return
        if Late(plan.table.key, fk) in self.hard:
            self._close_ring(plan, fk, self.hard[Late(plan.table.key, fk)])
            return
        if not attribute:
            self._by_key(plan, fk, factory)
        elif not (set(fk.columns) <= plan.linked and self._same_row(plan, fk)):
            shared = self._shared(plan, fk)
            plan.parents.append(Parent(attribute, factory, fk, shared))

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

        Of a key of several columns, the parent gives the last; the others are chosen
        first and handed to it. Those that it has from a parent of its own come first.
        """
        upward = {
            name for fk in self.tables[fk.table].foreign_keys for name in fk.columns
        }
        pairs = list(zip(fk.columns, fk.references, strict=True))
        *others, (last, key) = sorted(pairs, key=lambda pair: pair[1] not in upward)
        shared: dict[str, str] = {}
        for name, referenced in others:
            self._choose(plan, fk, name, referenced)
            shared |= self._handed(plan, fk, name, referenced)
        # What gave the last column so far knows nothing of this parent.
        plan.parents = [
            each
            for each in plan.parents
            if not (each.key and each.foreign_key.columns == (last,))
        ]
        alone = replace(fk, columns=(last,), references=(key,))
        theirs = self.names[fk.table].attributes
        plan.parents.append(
            Parent(plan.names.attributes[last], factory, alone, shared, key=theirs[key])
        )

    def _choose(self, plan: Plan, fk: ForeignKey, name: str, referenced: str) -> None:
        """
        Plan one column of a longer key before there is a parent.
        """
        if name in plan.linked or name in plan.values:
            return
        parent, names = self.tables[fk.table], self.names[fk.table]
        mine = dict(zip(fk.references, fk.columns, strict=True))
        for up in sorted(parent.foreign_keys, key=lambda up: -len(up.columns)):
            known = up.table in self.names and up.table != plan.table.key
            if known and referenced in up.columns and mine.keys() >= set(up.columns):
                above = replace(up, columns=tuple(mine[each] for each in up.columns))
                self._by_key(plan, above, self.names[up.table].factory)
                return
        wish = Wish(
            parent,
            parent.column(referenced),
            names.factory,
            names.attributes[referenced],
            names.sequence(referenced),
            unique=True,
        )
        value = guess(wish)
        if value is not None:
            plan.values[name] = value.because("its parent gets the same")

    def _handed(
        self, plan: Plan, fk: ForeignKey, name: str, referenced: str
    ) -> dict[str, str]:
        """
        Return what hands one column of *plan* to the parent: attribute, expression.
        """
        me = plan.names.factory
        for each in plan.parents:
            if name in each.foreign_key.columns and not each.key:
                link = self._link(fk.table, referenced)
                if link is None or link[1] != each.foreign_key.table:
                    return {}
                return {link[0]: f"{me}.{each.attribute}"}
        theirs = self.names[fk.table].attributes[referenced]
        return {theirs: f"{me}.{plan.names.attributes[name]}"}

    def _point_at_itself(self, plan: Plan, fk: ForeignKey) -> None:
        """
        Let a row whose key must point into its own table point at itself.
        """
        attributes = plan.names.attributes
        for name, referenced in zip(fk.columns, fk.references, strict=True):
            if name == referenced:
                continue
            column = plan.table.column(referenced)
            sequence = plan.names.sequence(referenced)
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
        start = cycle.tables.index(plan.table.key)
        ring = [*cycle.tables[start + 1 :], *cycle.tables[:start]]
        attribute = plan.names.parents.get(fk, "")
        back = self._back(ring, plan) if attribute else None
        if back is None or cycle.cure == "none":
            constraint = f" ({fk.name})" if fk.name else ""
            plan.needs.append(f"{cycle}{constraint}")
        if back is None:
            return
        parent = self.names[ring[0]].factory
        plan.parents.append(Parent(attribute, parent, fk, back, ring=True))

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
            given = ", ".join(f"{name}={code}" for name, code in inner.items())
            following = literal(self.names[ring[1]].factory)
            return {attribute: f"assoc({following}, {given})"}
        mine = self.names[ring[0]].attributes
        found = {attribute: "None"}
        for name, referenced in zip(fk.columns, fk.references, strict=True):
            self._give(plan, referenced)
            theirs = plan.names.attributes[referenced]
            found[mine[name]] = f"{plan.names.factory}.{theirs}"
        return found

    @staticmethod
    def _give(plan: Plan, name: str) -> None:
        """
        Let a key be given that others count on before the row is there.
        """
        column = plan.table.column(name)
        value = unlike(plan.names.sequence(name), column.type.kind)
        if value is not None and name not in plan.values:
            plan.values[name] = value.because("given, because its parent needs it")
        if column.generated == "identity always":
            plan.needs.append(f"{name} is GENERATED ALWAYS, and its parent needs it")
