"""
Getting through to the database that a schema is read from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from machina_lab.errors import ArgumentTypeError, RepoError


@contextmanager
def connected(target: Any) -> Iterator[sa.Connection]:
    """
    Yield a connection to *target*; one that was opened here is closed again.

    Raises:
        RepoError: It cannot be reached; the text holds no password.
    """
    if isinstance(target, sa.Connection):
        yield target
    elif callable(getattr(target, "connection", None)):
        yield target.connection()
    elif isinstance(target, sa.Engine):
        with _opened(target) as connection:
            yield connection
    else:
        engine = _engine(target)
        try:
            with _opened(engine) as connection:
                yield connection
        finally:
            engine.dispose()


@contextmanager
def _opened(engine: sa.Engine) -> Iterator[sa.Connection]:
    try:
        connection = engine.connect()
    except (SQLAlchemyError, OSError) as error:
        shown = engine.url.render_as_string(hide_password=True)
        reason = one_line(getattr(error, "orig", None) or error)
        secret = engine.url.password
        text = f"cannot connect to {shown}: {reason}"
        raise RepoError(text.replace(str(secret), "***") if secret else text) from None
    with connection:
        yield connection


def _engine(target: Any) -> sa.Engine:
    if not isinstance(target, str | sa.URL):
        raise ArgumentTypeError(
            "a database is given as URL, Engine, Connection or Session, not as"
            f" {type(target).__name__}."
        )
    try:
        return sa.create_engine(target, poolclass=NullPool)
    except ArgumentError:
        raise RepoError(
            "that is no database URL. One looks like sqlite:///shop.db or"
            " postgresql+psycopg://user@host/shop."
        ) from None
    except ImportError as error:
        raise RepoError(
            f"the driver of this database is missing: {error}. Install it, for example"
            " pip install 'machina_lab[postgres]'."
        ) from None


def one_line(error: BaseException) -> str:
    """
    Return the first line of what an error says.
    """
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
