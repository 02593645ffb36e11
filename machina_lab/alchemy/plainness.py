"""
Which classes may be written past the unit of work, and why others may not.

A class is *plain* if nothing would notice: one table, the constructor that declarative
gives, no listeners, no validators, values that need no SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from types import CellType
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Insert, Table, event, insert
from sqlalchemy.orm import Mapper, Session, registry

from machina_lab.alchemy.plans import plan_of
from machina_lab.alchemy.rings import ring_of
from machina_lab.alchemy.shapes import Link, shape_of


_MAPPER_EVENTS: Final = ("before_insert", "after_insert")
_INSTANCE_EVENTS: Final = ("init", "load")
_SESSION_EVENTS: Final = (
    "before_flush",
    "after_flush",
    "after_flush_postexec",
    "before_attach",
    "after_attach",
    "transient_to_pending",
    "pending_to_persistent",
)
#: The constructor that declarative gives to classes which have none.
_DEFAULT_INIT: Final = registry().constructor
#: Marks the repo's own listeners: they skip nothing.
OURS: Final = "machina_lab_listener"


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    A plain class, as rows are written.

    Attributes:
        model: The class.
        table: Its table.
        columns: Attribute -> column.
        links: Associations that can be written, by attribute.
        extra: Attributes that are kept on objects and stored nowhere.
        key: The attribute of a generated whole-number key, or "".
        keys: The attributes of the primary key.
        made: Attributes with a default that Python computes, with the function.
        fixed: Attributes with one default value for all.
        served: Attributes whose value the server makes if none is sent.
        inserts: Attributes -> the INSERT that gives their values back.
    """

    model: type
    table: Table
    columns: dict[str, Column[Any]]
    links: dict[str, Link]
    extra: frozenset[str]
    key: str
    keys: tuple[str, ...]
    made: dict[str, Any]
    fixed: dict[str, Any]
    served: frozenset[str]
    inserts: dict[tuple[str, ...], Insert] = field(default_factory=dict)

    def insert_returning(self, keys: tuple[str, ...]) -> Insert:
        """
        Return the INSERT that gives the values of *keys* back, in the order of rows.

        SQLAlchemy works out once what it needs to know of a statement.
        """
        if keys not in self.inserts:
            columns = self.model.__mapper__.columns  # type: ignore[attr-defined]  # its mark
            wanted = [self.table.c[columns[key].key] for key in keys]
            self.inserts[keys] = insert(self.table).returning(
                *wanted, sort_by_parameter_order=True
            )
        return self.inserts[keys]


_sheets: WeakKeyDictionary[Mapper[Any], Sheet | str] = WeakKeyDictionary()


@event.listens_for(Mapper, "after_configured")
def _forget() -> None:
    _sheets.clear()


def sheet_of(model: type) -> Sheet | str:
    """
    Return the sheet of a plain class, or the reason why it is not plain.
    """
    plan = plan_of(model)
    reason = _listened(plan.mapper)
    if reason:
        return reason
    found = _sheets.get(plan.mapper)
    if found is None:
        found = _sheets[plan.mapper] = _why_not(plan.mapper) or _sheet(plan.mapper)
    return found


def listened_session(session: Session) -> str:
    """
    Return which listener of the session would be skipped, or "".
    """
    for name in _SESSION_EVENTS:
        if _noticed(getattr(session.dispatch, name)):
            return f"the session has a listener for {name}"
    return ""


def _noticed(listeners: Collection[Any]) -> bool:
    """
    Return whether there are listeners besides ours and those of the mapping itself.
    """
    return bool(listeners) and not all(map(_internal, listeners))


def _internal(listener: Any) -> bool:
    module = str(getattr(listener, "__module__", ""))
    if module != "sqlalchemy.orm.events":
        return module.startswith("sqlalchemy.orm")
    # A wrapper around somebody's listener: look whose.
    cells = getattr(listener, "__closure__", None) or ()
    return any(hasattr(_contents(cell), OURS) for cell in cells)


def _contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a name that was never set
        return None


def _listened(mapper: Mapper[Any]) -> str:
    name = mapper.class_.__name__
    for each in _MAPPER_EVENTS:
        if _noticed(getattr(mapper.dispatch, each)):
            return f"{name} has a listener for {each}"
    for each in _INSTANCE_EVENTS:
        if _noticed(getattr(mapper.class_manager.dispatch, each)):
            return f"{name} has a listener for {each}"
    for key in mapper.columns.keys():  # noqa: SIM118 - no mapping
        attribute = mapper.class_manager.get(key)
        if attribute is not None and _noticed(attribute.dispatch.set):
            return f"{name}.{key} has a listener"
    return ""


def _why_not(mapper: Mapper[Any]) -> str:
    name = mapper.class_.__name__
    plan = plan_of(mapper.class_)
    reasons = {
        "is in several tables": len(mapper.tables) != 1
        or not isinstance(mapper.local_table, Table),
        "is one of several classes in its table": mapper.polymorphic_on is not None,
        "has a constructor of its own": plan.init is not _DEFAULT_INIT,
        "counts versions": mapper.version_id_col is not None,
        "has validators": bool(mapper.validators),
        "is on a ring of keys that may not be NULL": any(map(ring_of, mapper.tables)),
        "has a default that needs the database": any(
            _needs_sql(column)
            for column in mapper.columns
            if isinstance(column, Column)
        ),
    }
    return next((f"{name} {reason}" for reason, true in reasons.items() if true), "")


def _needs_sql(column: Column[Any]) -> bool:
    if getattr(column.type, "_has_bind_expression", False):
        return True
    default: Any = column.default
    if default is None or default.is_scalar or default.is_sequence:
        return False
    # A function that wants SQLAlchemy's context is called as it is, others wrapped.
    return not default.is_callable or not hasattr(default.arg, "__wrapped__")


def _sheet(mapper: Mapper[Any]) -> Sheet:
    shape, plan = shape_of(mapper), plan_of(mapper.class_)
    table = mapper.local_table
    assert isinstance(table, Table)
    columns = {
        key: column
        for key, column in shape.columns.items()
        if isinstance(column, Column) and column.computed is None
    }
    named = {column: key for key, column in columns.items()}
    counted = table.autoincrement_column
    defaults: dict[str, Any] = {
        k: c.default for k, c in columns.items() if c.default is not None
    }
    return Sheet(
        model=mapper.class_,
        table=table,
        columns=columns,
        links={link.key: link for link in shape.links if _writable(link)},
        extra=plan.plain_names,
        key=named.get(counted, "") if counted is not None else "",
        keys=tuple(named[column] for column in table.primary_key if column in named),
        made={k: d.arg for k, d in defaults.items() if d.is_callable},
        fixed={k: d.arg for k, d in defaults.items() if d.is_scalar},
        served=frozenset(
            key
            for key, column in shape.columns.items()
            if isinstance(column, Column)
            and (column.server_default is not None or column.computed is not None)
            and column is not counted
        ),
    )


def _writable(link: Link) -> bool:
    relationship = link.relationship
    if relationship.secondary is not None or link.cut:
        return False
    pairs = relationship.local_remote_pairs or []
    return not link.upward or len(link.keys) == len(pairs)


def misfits(sheet: Sheet, keys: Iterable[str]) -> list[str]:
    """
    Return the attributes in *keys* that cannot be written without making the object.
    """
    return [
        key
        for key in keys
        if key not in sheet.columns
        and key not in sheet.links
        and key not in sheet.extra
    ]
