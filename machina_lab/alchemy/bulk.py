"""
Inserting by the hundred thousand: rows past the unit of work.

Drafts are worked out page by page; parents are written before children, keys reserved,
rows written by COPY or executemany. Nothing is skipped by that: a class with listeners,
a constructor of its own or anything else that would notice goes the ordinary way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from machina_lab.alchemy.bulkrows import BulkRows, KeyBlock
from machina_lab.alchemy.guards import check_used
from machina_lab.alchemy.hydration import held_by, join, make_persistent
from machina_lab.alchemy.journal import Made
from machina_lab.alchemy.keys import refuse_conflict, value_of
from machina_lab.alchemy.parting import parted, uniform
from machina_lab.alchemy.plainness import Sheet, sheet_of
from machina_lab.alchemy.reserving import can_number
from machina_lab.alchemy.sending import Sender
from machina_lab.alchemy.shapes import Link, state_of, table_name
from machina_lab.core.drafts import Draft


#: Drafts in memory at a time.
PAGE: Final = 10_000


class BulkInsert:
    """
    One bulk insert.

    Args:
        session: The session whose transaction it is.
        connection: Its connection.
        made: Filled with what was made.
        store: Inserts records the ordinary way.
        casting: Whether values are cast.
        prefix: The schema they are written to, if not the table's own.
        records: Whether objects are made.
    """

    def __init__(  # noqa: PLR0913 - what one insert needs
        self,
        session: Session,
        connection: Connection,
        made: Made,
        store: Callable[[list[Any]], None],
        *,
        casting: bool,
        prefix: str | None,
        records: bool,
    ) -> None:
        self._session = session
        self._made = made
        self._store = store
        self._prefix = prefix
        self._records = records
        self._sender = Sender(connection, casting=casting)
        self._numbers = can_number(connection)
        self._sheets: dict[type, Sheet | str] = {}
        #: Id of a draft in the page -> the object made of it.
        self._objects: dict[int, Any] = {}
        #: Id -> the record, of those that were stored the ordinary way for the page.
        self._fresh: dict[int, Any] = {}
        #: Drafts of the page that are rows.
        self._stored: list[Draft] = []

    def insert(
        self, drafts: Iterable[Any], model: type, done: Callable[[int], Any]
    ) -> list[Any] | BulkRows:
        """
        Write *drafts* and return rows, or records.

        Args:
            drafts: The drafts; records among them go the ordinary way.
            model: Their class.
            done: Called with the size of each page that was written.
        """
        rows = BulkRows(model)
        with self._sender:
            records = self._insert(drafts, rows, done)
        return records if self._records else rows

    def _insert(
        self, drafts: Iterable[Any], rows: BulkRows, done: Callable[[int], Any]
    ) -> list[Any]:
        records = list[Any]()
        for page in _pages(drafts):
            self._objects.clear()
            self._fresh.clear()
            self._stored.clear()
            self._write_page(page, rows)
            rows.end_page(page)
            if self._records:
                records += [self._objects.get(id(each), each) for each in page]
            done(len(page))
        return records

    # --- one page -------------------------------------------------------------

    def _write_page(self, page: Sequence[Any], rows: BulkRows) -> None:
        try:
            self._write(page, rows)
        except BaseException:
            for each in self._stored:
                each.stored = False
            raise

    def _write(self, page: Sequence[Any], rows: BulkRows | None = None) -> None:
        """
        Write drafts and records of any classes.

        Equal ones are written together, and each only once.
        """
        groups: dict[tuple[type, tuple[str, ...]], list[Draft]] = defaultdict(list)
        others = []
        for each in page:
            if type(each) is not Draft:
                state = state_of(each)
                if state.key is None:
                    others.append(each)
                else:
                    check_used(self._session, state)
            else:
                groups[each.model, tuple(each.attributes)].append(each)
        if others:
            self._store(others)
            self._fresh.update((id(each), each) for each in others)
            _show(others, others, rows)
        for (model, keys), group in groups.items():
            sheet = self._sheet(model)
            plain, rest = parted(sheet, self._waiting(group), keys)
            if plain:
                self._write_group(sheet, plain, keys, rows)  # type: ignore[arg-type]  # no text if plain
            if rest:
                self._make(rest, rows)

    def _sheet(self, model: type) -> Sheet | str:
        """
        Return the sheet of a class, or why its rows cannot be written by themselves.
        """
        if model not in self._sheets:
            self._sheets[model] = self._read_sheet(model)
        return self._sheets[model]

    def _read_sheet(self, model: type) -> Sheet | str:
        sheet = sheet_of(model)
        if isinstance(sheet, str) or not (sheet.key or sheet.served):
            return sheet
        return sheet if self._numbers else "the database does not tell its values"

    def _waiting(self, group: list[Draft]) -> list[Draft]:
        """
        Return the drafts that are no rows yet, each once.
        """
        return [each for each in _distinct(group) if not each.stored]

    def _make(self, group: list[Draft], rows: BulkRows | None) -> None:
        """
        Insert drafts the ordinary way.
        """
        drafts = [draft for each in group for draft in each.tree()]
        for draft in drafts:
            if draft.stored and id(draft) not in self._objects:
                self._objects[id(draft)] = held_by(self._session, draft)
        records = [each.make(self._objects) for each in group]
        self._store(records)
        for draft in drafts:
            draft.stored = True
            self._stored.append(draft)
            draft.attributes.update(columns_of(self._objects[id(draft)]))
        _show(group, records, rows)

    def _write_group(
        self,
        sheet: Sheet,
        group: list[Draft],
        keys: tuple[str, ...],
        rows: BulkRows | None,
    ) -> None:
        links = [sheet.links[key] for key in keys if key in sheet.links]
        upward = [link for link in links if link.upward]
        for link in upward:
            self._write(_distinct(each.attributes[link.key] for each in group))
        group = self._waiting(group)  # one of them may have been a parent
        if not group:
            return
        values: dict[str, Sequence[Any]] = {
            key: [each.attributes[key] for each in group]
            for key in keys
            if key in sheet.columns
        }
        for link in upward:
            _copy_keys(sheet, group, link, values)
        for part, part_values in uniform(sheet, group, values):
            self._sender.send(sheet, len(part), part_values)
            self._note(sheet, part, part_values)
            if self._records:
                self._make_objects(sheet, part, part_values, keys)
            elif rows is not None:
                rows.add(part, part_values)
        for link in links:
            if not link.upward:
                self._write_children(group, link)
            if self._records:
                join(group, link, self._objects, self._fresh)

    def _note(
        self, sheet: Sheet, group: list[Draft], values: dict[str, Sequence[Any]]
    ) -> None:
        """
        Keep in mind which rows were written, and tell their drafts.
        """
        if not self._records:
            self._made.counts[table_name(sheet.table)] += len(group)
            keys = [values[key] for key in sheet.keys]
            self._made.rows.append(KeyBlock(sheet.table, self._prefix, keys))
        for key in sheet.keys:
            for draft, value in zip(group, values[key], strict=True):
                draft.attributes[key] = value
                draft.stored = True
        self._stored += group

    def _make_objects(
        self,
        sheet: Sheet,
        group: list[Draft],
        values: dict[str, Sequence[Any]],
        keys: tuple[str, ...],
    ) -> None:
        made = make_persistent(self._session, sheet, group, values, self._objects)
        states = [state_of(record) for record in made]
        self._made.states += states
        blank = frozenset(values) - frozenset(keys)
        self._made.blanks |= dict.fromkeys(states, blank)

    # --- associations ---------------------------------------------------------

    def _write_children(self, group: list[Draft], link: Link) -> None:
        pairs = _pairs(link)
        children: list[Any] = []
        for each in group:
            value = each.attributes[link.key]
            items = value if isinstance(value, list | tuple) else [value]
            for item in (one for one in items if one is not None):
                for back in link.reverse:
                    item.attributes.pop(back, None)
                for local, remote in pairs:
                    item.attributes[remote] = each.attributes[local]
                children.append(item)
        self._write(children)


# --- pieces -------------------------------------------------------------------


def _pages(drafts: Iterable[Any]) -> Iterator[list[Any]]:
    stream = iter(drafts)
    while page := list(islice(stream, PAGE)):
        yield page


def _copy_keys(
    sheet: Sheet,
    group: list[Draft],
    link: Link,
    values: dict[str, Sequence[Any]],
) -> None:
    """
    Add the keys of the parents at the other end of *link* to *values*.
    """
    parents = [each.attributes[link.key] for each in group]
    for key, other in link.keys:
        keyed = [_key(parent, other) for parent in parents]
        given = values.get(key)
        if given is not None:
            keyed = [
                refuse_conflict(sheet.model.__name__, link.key, key, mine, theirs)
                for mine, theirs in zip(given, keyed, strict=True)
            ]
        values[key] = keyed


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list({id(each): each for each in values if each is not None}.values())


def _key(parent: Any, name: str) -> Any:
    if parent is None:
        return None
    if type(parent) is Draft:
        return parent.attributes[name]
    return value_of(state_of(parent), name)


def _pairs(link: Link) -> list[tuple[str, str]]:
    relationship = link.relationship
    here, there = relationship.parent, relationship.mapper
    return [
        (here.get_property_by_column(a).key, there.get_property_by_column(b).key)
        for a, b in relationship.local_remote_pairs or []
    ]


def columns_of(record: Any) -> dict[str, Any]:
    """
    Return the loaded column values of a record.
    """
    loaded = record.__dict__
    keys = state_of(record).mapper.column_attrs.keys()
    return {key: loaded[key] for key in keys if key in loaded}


def _show(
    sources: Sequence[Any], records: Sequence[Any], rows: BulkRows | None
) -> None:
    if rows is None:
        return
    for source, record in zip(sources, records, strict=True):
        rows.add([source], {k: [v] for k, v in columns_of(record).items()})
