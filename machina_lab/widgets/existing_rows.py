"""
Finding a row that exists, by its key or by a part of its texts.
"""

from __future__ import annotations

import operator

from collections.abc import Callable, Mapping
from functools import reduce
from time import perf_counter
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.core.casting import cast_text
from machina_lab.core.records import Field, kind_of
from machina_lab.core.secrets import is_secret
from machina_lab.errors import CastError
from machina_lab.widgets import theme
from machina_lab.widgets.deeds import Deeds
from machina_lab.widgets.handlers import on_change, summary
from machina_lab.widgets.markup import line


#: How many rows are offered at a time.
ROWS: Final = 50
#: A search that takes longer than this no longer follows every key.
_SLOW: Final = 0.2
#: No key is larger, and some drivers fail on what is.
_BIGGEST: Final = 2**63
#: How many of a row's values are shown beside its key.
_TOLD: Final = 2


class ExistingRows:
    """
    A box to type in, and the rows of a table that it finds.

    Attributes:
        key: The foreign key of the chosen row, by attribute; None: none is chosen.
        error: Why there are no rows to choose from, or "".
        find: Where one types.
        rows: The rows that were found.
        widget: Both.
    """

    def __init__(
        self,
        field: Field,
        fields: Mapping[str, Field],
        deeds: Deeds,
        changed: Callable[[], None],
    ) -> None:
        self._field, self._fields = field, fields
        self._deeds, self._changed = deeds, changed
        self._found: list[tuple[str, dict[str, Any]]] = []
        self._quiet = False
        self.key: dict[str, Any] | None = None
        self.error = ""
        self._label = ""
        self.find = widgets.Text(
            description=f"find {field.name}", placeholder="key, or part of a text"
        )
        self.rows = widgets.Dropdown(description=f"{field.name} row")
        self.widget = theme.row(self.find, self.rows, name="machina-finder")
        on_change(self.find, self.search)
        on_change(self.rows, self._choose)

    def search(self) -> None:
        """
        Ask for the rows that have what is typed.
        """
        text, target = self.find.value.strip(), self._field.target
        started = perf_counter()

        def show(records: list[Any]) -> None:
            self.find.continuous_update = perf_counter() - started <= _SLOW
            # What was typed since is asked for already.
            if text == self.find.value.strip():
                self._offer(records, text)

        self._deeds.ask(
            lambda session: rows_like(session, target, text), show, self._fail
        )

    def _offer(self, records: list[Any], text: str) -> None:
        shown, before = records[:ROWS], (self.key, self.error)
        self.error = ""
        self._found = [(row_label(each), self._key_of(each)) for each in shown]
        if text and len(records) == 1:
            self._label, self.key = self._found[0]
        self._show(more=len(records) > ROWS)
        if (self.key, self.error) != before:
            self._changed()

    def _fail(self, error: Exception) -> None:
        self.error = summary(error)
        self._changed()

    def _show(self, *, more: bool = False) -> None:
        count = len(self._found)
        head = (
            f"the first {ROWS}: type to find others"
            if more
            else f"choose one of {count}"
        )
        if self.key is not None and all(key != self.key for _, key in self._found):
            self._found.insert(0, (self._label, self.key))
        options = [(head if count else "no such row", -1)]
        options += [(label, at) for at, (label, _) in enumerate(self._found)]
        self._quiet = True
        self.rows.options = options
        self.rows.value = self._place()
        self._quiet = False

    def _place(self) -> int:
        places = (at for at, (_, key) in enumerate(self._found) if key == self.key)
        return next(places, -1)

    def _choose(self) -> None:
        if self._quiet:
            return
        at = self.rows.value
        self._label, self.key = self._found[at] if at != -1 else ("", None)
        self._changed()

    def _key_of(self, record: Any) -> dict[str, Any]:
        """
        Return the foreign key that points to *record*, by attribute.

        The record itself would tie what is only built to the session.
        """
        target = type(record)
        fields = kind_of(target).fields(target)
        columns = {field.column or name: name for name, field in fields.items()}
        return {
            name: getattr(record, columns[_column_of(self._fields[name])])
            for name in self._field.through
        }

    def state(self) -> Any:
        """
        Return what `restore` needs to choose the same row.
        """
        return (self._label, self.key)

    def restore(self, state: Any) -> None:
        """
        Choose the row of an earlier state.
        """
        self._label, self.key = state
        self._show()


def _column_of(field: Field) -> str:
    return field.references.rpartition(".")[2]


def rows_like(session: Any, target: Any, text: str) -> list[Any]:
    """
    Return rows whose key is *text*, then those with a text that has it in it.

    At most one more than `ROWS`; without a text the first ones by their key.
    """
    fields = kind_of(target).fields(target)
    keys = [name for name, field in fields.items() if field.role == "key"]
    with session.no_autoflush:
        rows = session.query(target).order_by(*(getattr(target, key) for key in keys))
        if not text:
            return list(rows.limit(ROWS + 1))
        found = []
        for conditions in (
            _by_key(target, fields, keys, text),
            _by_text(target, fields, text),
        ):
            if conditions:
                found += rows.filter(reduce(operator.or_, conditions)).limit(ROWS + 1)
    return list(dict.fromkeys(found))[: ROWS + 1]


def _by_key(
    target: Any, fields: Mapping[str, Field], keys: list[str], text: str
) -> list[Any]:
    conditions = []
    for name in keys:
        try:
            value = cast_text(text, fields[name].type)
        except CastError:
            continue
        if not isinstance(value, int) or abs(value) < _BIGGEST:
            conditions.append(getattr(target, name) == value)
    return conditions


def _by_text(target: Any, fields: Mapping[str, Field], text: str) -> list[Any]:
    return [
        getattr(target, name).icontains(text, autoescape=True)
        for name, field in fields.items()
        if field.column and field.type.kind == "text" and not is_secret(name)
    ]


def row_label(record: Any) -> str:
    """
    Return a record as it stands in a list: its key and its first telling values.

    Only what is loaded is read.
    """
    kind = kind_of(type(record))
    fields = kind.fields(type(record))
    told = [
        line(value, 30)
        for name, value in kind.read(record).items()
        if isinstance(value, str)
        and fields.get(name, Field(name)).role == "value"
        and not is_secret(name)
    ]
    return " · ".join([kind.identify(record), *told[:_TOLD]])
