"""
A session's steps as code: `%lab log --pytest`.
"""

from __future__ import annotations

import datetime as dt
import enum

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from machina_lab.core.secrets import is_secret


#: Class -> the import that its repr needs.
_IMPORTS: Final[dict[type, str]] = {
    dt.date: "import datetime",
    dt.time: "import datetime",
    dt.timedelta: "import datetime",
    dt.datetime: "import datetime",
    Decimal: "from decimal import Decimal",
    UUID: "from uuid import UUID",
}
#: What steps may be called; each is a verb of the lab.
_VERBS: Final = (
    *("insert", "insert_pair", "insert_list", "insert_rows"),
    *("params_with_assocs", "string_params_with_assocs"),
)
_PLAIN: Final = (bool, int, float, str, bytes, type(None))


class _Unwritable(Exception):  # noqa: N818 - never leaves this module
    """
    A value that has no text of its own, such as a record.
    """


def pytest_source(lab: Any, name: str = "data") -> str:
    """
    Return a pytest fixture that does the steps of the lab's journal again.

    The fixture takes the plugin's `lab`, which each test finds rolled back. Values that
    cannot be written as code (records, secrets) are named in a comment.
    """
    imports: set[str] = set()
    body = [line for step in lab.journal for line in _step_lines(step, imports)]
    head = [*sorted(imports), "" if imports else None, "import pytest", "", ""]
    lines = [
        *(line for line in head if line is not None),
        "@pytest.fixture",
        f"def {name}(lab):",
        '    """',
        "    Insert what was tried out in the notebook.",
        '    """',
        *(f"    {line}" for line in body),
        "    return lab",
    ]
    return "\n".join(lines) + "\n"


def _step_lines(step: Any, imports: set[str]) -> Iterator[str]:
    if step.verb == "load_fixtures":
        given = ", ".join(f"{name}={value!r}" for name, value in step.overrides.items())
        yield f"lab.load_fixtures({given})"
        return
    if not step.factory or step.verb not in _VERBS:
        yield f"# {step.label}: not a factory's insert; add it by hand"
        return
    arguments = [repr(step.factory)]
    if step.verb == "insert_list":
        arguments.insert(0, str(step.count))
    if step.verb == "insert_rows":
        yield "# what these rows held is not in the journal; give it by hand"
        arguments.append(f"[{{}}] * {step.count}")
    written: dict[str, str] = {}
    for key, value in step.overrides.items():
        try:
            written[key] = _written(key, value, imports)
        except _Unwritable as error:
            yield f"# {key} was {error}; give it by hand"
    if written:
        items = ", ".join(f"{key!r}: {text}" for key, text in written.items())
        arguments.append(f"{{{items}}}")
    yield f"lab.{step.verb}({', '.join(arguments)})"


def _written(key: str, value: Any, imports: set[str]) -> str:
    """
    Return *value* as Python code; what it needs is added to *imports*.
    """
    if is_secret(key):
        raise _Unwritable("a secret")
    if isinstance(value, enum.Enum):
        return _written(key, value.value, imports)
    if isinstance(value, Mapping):
        items = (f"{k!r}: {_written(str(k), v, imports)}" for k, v in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(key, each, imports) for each in value) + "]"
    if type(value) in _IMPORTS:
        imports.add(_IMPORTS[type(value)])
        return repr(value)
    if type(value) in _PLAIN:
        return repr(value)
    raise _Unwritable(f"a {type(value).__name__}")
