"""
Records of tables that need each other, where no foreign key may be NULL.

Their keys are known before they are rows, and each points at the other. No order of
INSERTs satisfies that, so the check has to wait: until the end of the transaction where
the constraint allows it (or SQLite is asked to), else until the end of one statement
that inserts them all (PostgreSQL).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, make_transient_to_detached

from machina_lab.alchemy.asides import Asides
from machina_lab.alchemy.flushing import savepoint
from machina_lab.alchemy.graphs import Graph, Node
from machina_lab.alchemy.journal import Made
from machina_lab.alchemy.keys import value_of
from machina_lab.alchemy.reserving import reserve
from machina_lab.alchemy.shapes import state_of
from machina_lab.errors import InsertError


_known: WeakKeyDictionary[sa.Table, frozenset[sa.Table]] = WeakKeyDictionary()


def ring_of(table: Any) -> frozenset[sa.Table]:
    """
    Return the tables on a ring of foreign keys that may not be NULL with *table*.
    """
    if not isinstance(table, sa.Table):
        return frozenset()
    if table not in _known:
        reached = _reached(table)
        ring = {other for other in reached if table in _reached(other)}
        _known[table] = frozenset(ring)
    return _known[table]


def _reached(table: sa.Table) -> set[sa.Table]:
    """
    Return the tables that a row of *table* cannot do without, however far away.
    """
    found: set[sa.Table] = set()
    waiting = [table]
    while waiting:
        for parent in _required(waiting.pop()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def _required(table: sa.Table) -> Iterator[sa.Table]:
    for constraint in table.foreign_key_constraints:
        if any(column.nullable for column in constraint.columns):
            continue
        try:
            parent = constraint.referred_table
        except SQLAlchemyError:  # a table that nobody declared
            continue
        if parent is not table:
            yield parent


def ringed(graph: Graph) -> list[Node]:
    """
    Return the records of *graph* that are on such a ring with others of it.
    """
    tables = {node.shape.mapper.local_table for node in graph.nodes.values()}
    return [
        node
        for node in graph.nodes.values()
        if ring_of(node.shape.mapper.local_table) & tables
    ]


@contextmanager
def checked_late(session: Session, nodes: list[Node]) -> Iterator[bool]:
    """
    Let foreign keys of the tables of *nodes* be checked after the block, if possible.

    Yields:
        Whether they are; if not, `together` inserts them.
    """
    connection = session.connection(bind_arguments={"mapper": nodes[0].shape.mapper})
    run = connection.exec_driver_sql
    if connection.dialect.name == "sqlite":
        before = run("PRAGMA defer_foreign_keys").scalar()
        run("PRAGMA defer_foreign_keys = ON")
        try:
            yield True
        finally:
            run(f"PRAGMA defer_foreign_keys = {int(before or 0)}")
        for table in dict.fromkeys(_table(node) for node in nodes):
            _refuse_lost(connection, table)
        return
    constraints = [
        constraint for node in nodes for constraint in _constraints(_table(node))
    ]
    if connection.dialect.name != "postgresql":
        yield True
    elif all(each.deferrable for each in constraints):
        run("SET CONSTRAINTS ALL DEFERRED")
        yield True
        if not any(_is_deferred(each) for each in constraints):
            run("SET CONSTRAINTS ALL IMMEDIATE")
    else:
        yield False


def _constraints(table: sa.Table) -> list[sa.ForeignKeyConstraint]:
    ring = ring_of(table)
    return [c for c in table.foreign_key_constraints if c.referred_table in ring]


def _is_deferred(constraint: sa.ForeignKeyConstraint) -> bool:
    return str(constraint.initially or "").upper() == "DEFERRED"


def _refuse_lost(connection: sa.Connection, table: sa.Table) -> None:
    """
    Raise if a row points nowhere: the transaction could not be committed.
    """
    quoted = connection.dialect.identifier_preparer.quote_identifier(table.name)
    schema = f'"{table.schema}".' if table.schema else ""
    run = connection.exec_driver_sql
    if not run("PRAGMA foreign_keys").scalar():
        return
    lost = run(f"PRAGMA {schema}foreign_key_check({quoted})").first()
    if lost is not None:
        raise InsertError(
            f"FOREIGN KEY constraint failed: row {lost[1]} of {table.name} points at a"
            f" row of {lost[2]} that is not there."
        )


def together(session: Session, graph: Graph, nodes: list[Node], made: Made) -> None:
    """
    Insert *nodes* by one statement, and before them what they need.

    Raises:
        InsertError: A key is missing that nothing can make beforehand.
    """
    ids = {id(node.record) for node in nodes}
    first = [node for node in _above(graph, nodes) if id(node.record) not in ids]
    asides = Asides()
    try:
        for node in first:
            _let_go(node, ids, asides)
        with savepoint(session):
            session.add_all([node.record for node in first])
            session.flush()
        _insert_all(session, nodes, made)
    finally:
        asides.put_back()


def _let_go(node: Node, ids: Collection[int], asides: Asides) -> None:
    """
    Take records of the ring out of what a parent holds: it would bring them along.
    """
    for link in node.shape.links:
        if link.upward or link.key not in node.state.dict:
            continue
        held = [e for e in node.shape.items(node.state, link) if id(e) in ids]
        if held and link.many:
            asides.take_out(node.state, link.key, held)
        elif held:
            asides.put(node.state, link.key)


def _insert_all(session: Session, nodes: list[Node], made: Made) -> None:
    connection = session.connection(bind_arguments={"mapper": nodes[0].shape.mapper})
    for node in nodes:
        _settle_key(connection, node)
    rows = [
        sa.insert(_table(node)).values(_values(connection, node)).cte(f"row_{at}")
        for at, node in enumerate(nodes)
    ]
    connection.execute(sa.select(sa.literal(1)).add_cte(*rows))
    for node in nodes:
        make_transient_to_detached(node.record)
        made.states.append(node.state)
    session.add_all([node.record for node in nodes])


def _table(node: Node) -> sa.Table:
    table = node.shape.mapper.local_table
    assert isinstance(table, sa.Table)
    return table


def _above(graph: Graph, nodes: Iterable[Node]) -> list[Node]:
    """
    Return the records that *nodes* point at, however far up.
    """
    found: dict[int, Node] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        for link in node.shape.upward:
            parent = graph.nodes.get(id(node.state.dict.get(link.key)))
            if parent is not None and id(parent.record) not in found:
                found[id(parent.record)] = parent
                waiting.append(parent)
    return list(found.values())


def _settle_key(connection: sa.Connection, node: Node) -> None:
    """
    Take a key for a record that has none yet.
    """
    mapper = node.shape.mapper
    for column in mapper.primary_key:
        key = mapper.get_property_by_column(column).key
        if node.state.dict.get(key) is not None:
            continue
        linked = any(key in dict(link.keys) for link in node.shape.upward)
        if linked:
            continue
        numbers = reserve(connection, _table(node), 1)
        if numbers is None:
            raise InsertError(
                f"{node.shape.name}.{key} must be given: its parent needs it before the"
                " row is there."
            )
        node.state.dict[key] = numbers[0]


def _values(connection: sa.Connection, node: Node) -> dict[str, Any]:
    """
    Return the row of a record: its keys from its parents, its defaults worked out.
    """
    loaded = node.state.dict
    for link in node.shape.upward:
        parent = loaded.get(link.key)
        for key, other in link.keys if parent is not None else ():
            loaded[key] = value_of(state_of(parent), other)
    found: dict[str, Any] = {}
    for key, column in node.shape.columns.items():
        if loaded.get(key) is not None:
            found[column.key] = loaded[key]
        elif column.default is not None:
            found[column.key] = loaded[key] = connection.scalar(column.default)
        else:
            loaded.pop(key, None)  # the server's default, to be read back
    return found
