"""
Keeping secrets out of what a database says when it refuses.

SQLAlchemy's errors repeat the parameters of a statement, and the database's own text
may repeat whole rows. Where a row holds a secret, by the name of one of its columns,
the parameters are hidden and the values in the text are masked.
"""

from __future__ import annotations

import re

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import StatementError

from machina_lab.core.secrets import MASK, is_secret


#: What names the table or column that a message is about.
_RELATION: Final = re.compile(r'(?:relation|COPY) "?([^",]+)')
#: A key and its values, as PostgreSQL shows them: with the names of the columns.
_KEY: Final = re.compile(r"(Key \((.*?)\)=)\(.*?\)(?=[ .]|$)", re.DOTALL)
#: Places where values stand: PostgreSQL's rows, lines of COPY and wrong values,
#: MySQL's duplicate and wrong values.
_VALUES: Final = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"(?<=Failing row contains )\(.*?\)(?=\.?\s*(?:\n|$))",
        r'(?<=: )"(?:[^"]|"")*"(?=\s*(?:\n|$))',
        r"(?<=Duplicate entry )'.*'(?= for key)",
        r"(?<=value: )'.*'(?= for column)",
    )
)


@contextmanager
def concealing(model: type | None = None) -> Iterator[None]:
    """
    Let no error of SQLAlchemy leave the block with a secret in its text.

    Args:
        model: The class whose tables, and those beside them, may be written.
    """
    try:
        yield
    except StatementError as error:
        conceal(error, model)
        raise


def conceal(error: StatementError, model: type | None) -> None:
    """
    Mask the secrets in *error* and in the errors that it comes from.
    """
    secret = _holds_secrets(error, model)
    if secret:
        error.hide_parameters = True
    for each in _chain(error):
        each.args = tuple(
            _scrubbed(part, secret=secret) if isinstance(part, str) else part
            for part in each.args
        )
        detail = getattr(each, "detail", None)  # asyncpg's
        if isinstance(detail, str):
            vars(each)["detail"] = _scrubbed(detail, secret=secret)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _holds_secrets(error: StatementError, model: type | None) -> bool:
    if is_secret(error.statement or ""):
        return True
    metadata = getattr(getattr(model, "registry", None), "metadata", None)
    named = set(_RELATION.findall(str(error.orig)))
    return any(
        is_secret(column.name)
        for table in (metadata.tables.values() if metadata is not None else ())
        if table.name in named
        for column in table.columns
    )


def _scrubbed(text: str, *, secret: bool) -> str:
    text = _KEY.sub(_key, text)
    for pattern in _VALUES if secret else ():
        text = pattern.sub(MASK, text)
    return text


def _key(found: re.Match[str]) -> str:
    hidden = is_secret(found[2])
    return f"{found[1]}({MASK})" if hidden else found[0]
