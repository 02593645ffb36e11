"""
Inserting records.

Build -> `before_insert` -> cast -> add and flush -> `after_insert`. What is flushed is
what was asked for: the records, their parents, children and partners. Plain classes
(`plainness`) need no unit of work: their rows are written first, and then made records
(`bulk`), which takes less time from the second record on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, null
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from machina_lab.alchemy import guards, keys, rings
from machina_lab.alchemy.asides import Asides
from machina_lab.alchemy.bulk import BulkInsert, columns_of
from machina_lab.alchemy.casting import cast_records
from machina_lab.alchemy.cycles import cut_cycles
from machina_lab.alchemy.flushing import flush, savepoint
from machina_lab.alchemy.graphs import Graph, Node, graph_of
from machina_lab.alchemy.journal import Made
from machina_lab.alchemy.pausing import collected_later
from machina_lab.alchemy.plainness import listened_session, sheet_of
from machina_lab.alchemy.progress import progress
from machina_lab.alchemy.provenance import explicit_nones
from machina_lab.alchemy.reading import read_back
from machina_lab.alchemy.settings import InsertOptions
from machina_lab.core.jobs import InsertJob
from machina_lab.errors import HookError


def insert(
    session: Session,
    connection: Connection,
    job: InsertJob,
    options: InsertOptions,
    made: Made,
) -> list[Any]:
    """
    Do *job* and return its records, persistent and loaded.

    Args:
        session: The session to insert with.
        connection: The connection that it uses.
        job: What to insert.
        options: How.
        made: Filled with what changed in memory, also when this fails.
    """
    records: list[Any]
    with session.no_autoflush, collected_later(job.count):
        if _past_the_unit_of_work(session, job, options):
            records = _in_bulk(session, connection, job, options, made)
            return records
        records = _ordinarily(session, connection, job, options, made)
    if options.bulk and not options.records:
        return [columns_of(record) for record in records]
    return records


def _ordinarily(
    session: Session,
    connection: Connection,
    job: InsertJob,
    options: InsertOptions,
    made: Made,
) -> list[Any]:
    records = hooked(job, job.before, "before_insert", job.build())
    guards.check_records(session, records, job)
    if job.cast:
        cast_records(records)
    with options.applied_to(connection):
        store(session, records, options, made)
        if options.returning:
            read_back(session, records)
    return hooked(job, job.after, "after_insert", records)


def _past_the_unit_of_work(
    session: Session, job: InsertJob, options: InsertOptions
) -> bool:
    """
    Return whether *job* is written as rows: nobody would notice but by the time.
    """
    if options.bulk is False or options.returning:
        return False
    if job.model is None or job.drafts is None:
        return False
    if job.before is not None or job.after is not None or listened_session(session):
        return False
    mapped = hasattr(job.model, "__mapper__")
    return mapped and not isinstance(sheet_of(job.model), str)


def _in_bulk(
    session: Session,
    connection: Connection,
    job: InsertJob,
    options: InsertOptions,
    made: Made,
) -> Any:
    assert job.drafts is not None
    assert job.model is not None

    def store_rest(records: list[Any]) -> None:
        if job.cast:
            cast_records(records)
        store(session, records, options, made)

    bulk = BulkInsert(
        session,
        connection,
        made,
        store_rest,
        casting=job.cast,
        prefix=options.prefix,
        records=options.records or not options.bulk,
    )
    with (
        options.applied_to(connection),
        progress(job.count, f"insert {job.factory}") as done,
    ):
        return bulk.insert(job.drafts(), job.model, done)


def store(
    session: Session, records: list[Any], options: InsertOptions, made: Made
) -> None:
    """
    Add *records* with what belongs to them, and flush.
    """
    graph = graph_of(records)
    guards.check_graph(session, graph)
    asides, nulls = Asides(), _Nulls()
    try:
        _leave_out(graph, asides)
        keys.settle(graph, asides)
        second = cut_cycles(graph, asides)
        _prepare(graph, options, made, nulls)
        _refresh_parents(session, graph)
        _flush_rings(session, graph, made)
        if second:
            second()
            with savepoint(session):
                session.flush()
    finally:
        nulls.put_back()
        asides.put_back()
    _load(session, graph)


def hooked(
    job: InsertJob,
    hook: Callable[[Any], Any] | None,
    name: str,
    records: list[Any],
) -> list[Any]:
    """
    Return what *hook* makes of each record.
    """
    if hook is None:
        return records
    return [_hooked(job, hook, name, record) for record in records]


def _hooked(job: InsertJob, hook: Callable[[Any], Any], name: str, record: Any) -> Any:
    result = hook(record)
    if result is None:
        raise HookError(
            f"hook {name} of {job.factory or 'the lab'!r} returned None;"
            " return the record."
        )
    return result


# --- around the flush ---------------------------------------------------------


class _Nulls:
    """
    Explicit None sent as NULL, so that no column default takes its place.
    """

    def __init__(self) -> None:
        self._sent: list[tuple[Node, str]] = []

    def send(self, node: Node) -> None:
        if not node.shape.defaults:
            return
        for key in explicit_nones(node.record):
            if key in node.shape.defaults:
                setattr(node.record, key, null())
                self._sent.append((node, key))

    def put_back(self) -> None:
        for node, key in self._sent:
            set_committed_value(node.record, key, None)
            node.state.expired_attributes.discard(key)


def _leave_out(graph: Graph, asides: Asides) -> None:
    for state, link, items in graph.left:
        left = [item for item in items if id(item) not in graph.nodes]
        if not left or link.key not in state.dict:
            continue
        if link.many:
            asides.take_out(state, link.key, left)
        else:
            asides.put(state, link.key)


def _prepare(graph: Graph, options: InsertOptions, made: Made, nulls: _Nulls) -> None:
    known: dict[frozenset[str], frozenset[str]] = {}
    for node in graph.nodes.values():
        values = node.state.dict
        blank = frozenset(k for k in node.shape.column_keys if values.get(k) is None)
        made.blanks[node.state] = known.setdefault(blank, blank)
        # Two schemas may hold the same key of the same class.
        node.state.identity_token = options.prefix
        nulls.send(node)
    made.changed += [
        state for state in graph.used.values() if state.modified and state.session
    ]


def _flush_rings(session: Session, graph: Graph, made: Made) -> None:
    """
    Flush; records whose tables need each other in a way of their own.
    """
    nodes = rings.ringed(graph)
    if not nodes:
        flush(session, graph)
        return
    with rings.checked_late(session, nodes) as late:
        if not late:
            rings.together(session, graph, nodes, made)
        flush(session, graph)


def _refresh_parents(session: Session, graph: Graph) -> None:
    """
    Let the collections of parents that were rows already be read anew.

    Before the flush: what they hold now are back-references, half of them to records
    that nobody asked to insert, and SQLAlchemy would warn about each.
    """
    done: set[tuple[int, str]] = set()
    for node in graph.nodes.values():
        for link in node.shape.upward:
            parent = node.state.dict.get(link.key)
            used = graph.used.get(id(parent))
            if used is None or used.session is not session:
                continue
            stale = [key for key in link.reverse if (id(parent), key) not in done]
            if stale and (used.modified or any(key in used.dict for key in stale)):
                session.expire(parent, stale)
            done.update((id(parent), key) for key in stale)


def _load(session: Session, graph: Graph) -> None:
    """
    Read values that the database made and did not return, so that showing needs no SQL.
    """
    for node in graph.nodes.values():
        missing = node.state.expired_attributes & node.shape.column_keys
        if missing:
            session.refresh(node.record, sorted(missing))
