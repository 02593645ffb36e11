"""
What an error of an insert says besides its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import StatementError

from machina_lab.core.jobs import InsertJob
from machina_lab.core.merging import is_record
from machina_lab.core.secrets import masked


#: Characters of a value that a note shows.
_LONGEST: Final = 60


def explain(error: BaseException, job: InsertJob) -> None:
    """
    Add a note to *error*: which factory, which attributes, which step.
    """
    if not isinstance(error, StatementError):
        return
    what = f"factory {job.factory!r}" if job.factory else "a record"
    count = "" if job.count == 1 else f", {job.count} records"
    given = ", ".join(f"{k}={_short(v)}" for k, v in masked(job.overrides).items())
    error.add_note(
        f"while inserting {what} ({job.verb}{count}); given: {given or 'nothing'}."
        " Nothing of this step was kept, earlier steps were."
    )


def _short(value: object) -> str:
    if is_record(value) and not isinstance(value, Mapping):  # its repr tells all
        return f"<{type(value).__name__}>"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
