"""
Doors: every kind of thing that leads to a database, as one.

A *door* opens a session and says whose the transaction behind it is. What it shows of
itself never holds a secret.
"""

from __future__ import annotations

import re

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.pool import QueuePool

from machina_lab.core.secrets import MASK, is_secret
from machina_lab.errors import MissingDependencyError, RepoError


if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

#: Drivers that come with one of our extras.
_EXTRAS: Final = {
    "psycopg": "postgres",
    "asyncpg": "async",
    "aiosqlite": "async",
    "greenlet": "async",
}
_EXAMPLE: Final = "sqlite:///file.db or postgresql+psycopg://user:password@host/name"
_INNER_SECRET: Final = re.compile(
    r"(?i)[\w.]*(?:passw|pwd|token|secret)[\w.]*\s*=\s*(\{[^}]*\}|[^;&\s]+)"
)
_memories = count(1)


@dataclass(slots=True)
class Door:
    """
    The way to one database.

    Attributes:
        label: Where it leads, for people; no secret in it.
        owned: Whether the session and its transaction are the repo's own.
        open: Returns the session to use now.
        open_async: The same for asynchronous doors, None for all others.
        engine: The engine behind it, where one is known.
        dispose: Closes what was opened for this door alone.
        dispose_async: The same where closing has to be awaited.
    """

    label: str
    owned: bool
    open: Callable[[], Session]
    open_async: Callable[[], AsyncSession] | None = None
    engine: Any = None
    dispose: list[Callable[[], Any]] = field(default_factory=list)
    dispose_async: list[Callable[[], Awaitable[Any]]] = field(default_factory=list)


def door_to(target: Any) -> Door:  # noqa: PLR0911 - one way for each kind
    """
    Return the door that *target* is or leads to.

    Raises:
        RepoError: It leads nowhere: not a URL, no such dialect, no connection.
        MissingDependencyError: The driver is not installed.
    """
    if isinstance(target, str | URL):
        return _url_door(target)
    if isinstance(target, Engine):
        return _engine_door(target)
    if isinstance(target, Connection):
        return _connection_door(target)
    if isinstance(target, Session):
        return Door(_bound_label(target), owned=False, open=lambda: target)
    if isinstance(target, scoped_session):
        return Door(_bound_label(target), owned=False, open=target)
    if type(target).__module__.startswith("sqlalchemy.ext.asyncio"):
        return _async_door(target)
    if isinstance(target, sessionmaker) or callable(target):
        return _called_door(target)
    raise RepoError(
        f"no way to a database leads through a {type(target).__name__}. Pass a URL"
        f" ({_EXAMPLE}), an Engine, Connection, Session, sessionmaker, scoped_session,"
        " AsyncEngine, AsyncSession, or a function that returns a session."
    )


# --- kinds --------------------------------------------------------------------


def _url_door(target: str | URL) -> Door:
    url = _url(target)
    try:
        door = _opened(url)
    except (SQLAlchemyError, ImportError, OSError, ValueError, TypeError) as error:
        problem = _explained(error, url)
    else:
        door.label = safe_url(url)
        return door
    # Outside of the handler: the original, secrets and all, must not hang on to it.
    raise problem


def _opened(url: URL) -> Door:
    if url.get_dialect().is_async:
        door = _async_engine_door(_async_engine(url))
        door.dispose_async.append(door.engine.dispose)
        return door
    engine = _new_engine(url)
    door = _engine_door(engine)
    # A wrong URL shall be found now, not at the first insert.
    anchor = engine.connect()
    if url.get_backend_name() == "sqlite" and is_memory(url):
        # A shared memory lives as long as one connection to it.
        door.dispose.append(anchor.close)
    else:
        anchor.close()
    door.dispose.append(engine.dispose)
    return door


def _engine_door(engine: Engine) -> Door:
    return Door(
        safe_url(engine.url),
        owned=True,
        open=lambda: Session(engine, expire_on_commit=False),
        engine=engine,
    )


def _connection_door(connection: Connection) -> Door:
    session = Session(
        connection, expire_on_commit=False, join_transaction_mode="rollback_only"
    )

    def opened() -> Session:
        # Else the session would begin, and think that it may also end, what is not its.
        if not connection.in_transaction():
            connection.begin()
        return session

    return Door(
        safe_url(connection.engine.url),
        owned=False,
        open=opened,
        engine=connection.engine,
        dispose=[session.close],
    )


def _called_door(maker: Callable[[], Any]) -> Door:
    def opened() -> Session:
        session = maker()
        if isinstance(session, scoped_session):
            session = session()
        if isinstance(session, Session):
            return session
        raise RepoError(
            f"{_name_of(maker)} returned a {type(session).__name__}, not a Session."
        )

    bind = getattr(maker, "kw", {}).get("bind")
    label = _bound_label(maker) if bind is None else safe_url(bind.engine.url)
    return Door(label, owned=True, open=opened, engine=getattr(bind, "engine", None))


def _async_door(target: Any) -> Door:
    from sqlalchemy.ext.asyncio import (
        AsyncEngine,
        AsyncSession,
        async_scoped_session,
        async_sessionmaker,
    )

    if isinstance(target, AsyncEngine):
        return _async_engine_door(target)
    if isinstance(target, async_sessionmaker):
        return _awaited_door(target, owned=True)
    if isinstance(target, AsyncSession):
        return _awaited_door(lambda: target, owned=False, label=_bound_label(target))
    if isinstance(target, async_scoped_session):
        return _awaited_door(target, owned=False)
    raise RepoError(
        f"an {type(target).__name__} is no repo: pass its AsyncEngine or AsyncSession."
    )


def _async_engine_door(engine: Any) -> Door:
    from sqlalchemy.ext.asyncio import AsyncSession

    door = _awaited_door(
        lambda: AsyncSession(engine, expire_on_commit=False),
        owned=True,
        label=safe_url(engine.url),
    )
    door.engine = engine
    return door


def _awaited_door(
    opened: Callable[[], AsyncSession], *, owned: bool, label: str = "async session"
) -> Door:
    return Door(
        label, owned=owned, open=lambda: opened().sync_session, open_async=opened
    )


def _async_engine(url: URL) -> Any:
    try:
        from sqlalchemy.ext.asyncio import create_async_engine

        return create_async_engine(url)
    except ValueError as error:  # SQLAlchemy's words for a missing greenlet
        raise MissingDependencyError(
            "greenlet", needed_for="an asynchronous repo", extra="async"
        ) from error


def _new_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite" or not is_memory(url):
        return create_engine(url)
    # One memory, many connections: on a shared one, whoever closes takes rows back.
    name = f"file:machina-{next(_memories)}"
    query = {"mode": "memory", "cache": "shared", "uri": "true"}
    engine = create_engine(
        url.set(database=name, query=query),
        poolclass=QueuePool,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _read_uncommitted)
    return engine


def _read_uncommitted(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA read_uncommitted = ON")


def is_memory(url: URL) -> bool:
    """
    Return whether a SQLite URL means a private database in memory.
    """
    return url.database in (None, "", ":memory:") and not url.query


# --- labels and errors --------------------------------------------------------


def safe_url(url: URL) -> str:
    """
    Return *url* as text without any secret.

    Not only the password: values of query parameters that are named like one, and
    those that hold a whole connection string, are masked too.
    """
    query = {
        key: MASK if _hides(key, value) else value for key, value in url.query.items()
    }
    if "@" in (url.host or ""):  # before it: more of the password
        url = url.set(host=str(url.host).rpartition("@")[2])
    text = url.set(query=query).render_as_string(hide_password=True)
    return text.replace("%2A%2A%2A", MASK)


def secrets_of(url: URL) -> tuple[str, ...]:
    """
    Return the secrets in *url*, longest first.
    """
    found = [str(url.password)] if url.password else []
    if "@" in (url.host or ""):
        found.append(str(url.host).rpartition("@")[0])
    for key, value in url.query.items():
        if _hides(key, value):
            found += [value] if isinstance(value, str) else value
    for text in tuple(found):
        found += _INNER_SECRET.findall(text)
    return tuple(sorted({text for text in found if text}, key=len, reverse=True))


def _hides(key: str, value: str | tuple[str, ...]) -> bool:
    texts = (value,) if isinstance(value, str) else value
    return (
        is_secret(key)
        or key.lower() == "odbc_connect"
        or any(_INNER_SECRET.search(text) for text in texts)
    )


def scrubbed(text: str, hidden: tuple[str, ...]) -> str:
    """
    Return *text* with every secret masked.
    """
    for secret in hidden:
        text = text.replace(secret, MASK)
    return text


def _url(target: str | URL) -> URL:
    url = None
    with suppress(ArgumentError, ValueError):
        url = make_url(target)
    if url is not None and "@" not in (url.host or ""):
        return url
    # Neither text nor original error may be shown: both may hold a password.
    raise RepoError(
        f"that is not the URL of a database. One looks like {_EXAMPLE};"
        " write special characters of a password as %40 (@), %2F (/) or %3A (:)."
    )


def _explained(error: Exception, url: URL) -> Exception:
    """
    Return our error for one of opening *url*, without its secrets.
    """
    if isinstance(error, MissingDependencyError):
        return error
    if isinstance(error, NoSuchModuleError):
        return RepoError(
            f"SQLAlchemy knows no database called {url.drivername!r}."
            f" A URL looks like {_EXAMPLE}."
        )
    if isinstance(error, ModuleNotFoundError):
        library = str(error.name)
        extra = _EXTRAS.get(library, "")
        return MissingDependencyError(library, needed_for=safe_url(url), extra=extra)
    said = str(getattr(error, "orig", None) or error).strip()
    return RepoError(
        f"no connection to {safe_url(url)}: {scrubbed(said, secrets_of(url))}"
    )


def _bound_label(session: Any) -> str:
    bind = getattr(session, "bind", None)
    url = getattr(getattr(bind, "engine", None), "url", None)
    return safe_url(url) if url is not None else _name_of(session)


def _name_of(target: Any) -> str:
    return str(getattr(target, "__name__", None) or type(target).__name__)
