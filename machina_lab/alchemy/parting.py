"""
Which drafts are written together: those that send the same columns, and no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import NoneType
from typing import Any, Final

from sqlalchemy.sql.expression import ClauseElement

from machina_lab.alchemy.plainness import Sheet, misfits
from machina_lab.core.drafts import Draft


_DRAFTS: Final = {Draft, NoneType}


def parted(
    sheet: Sheet | str, group: list[Draft], keys: Sequence[str]
) -> tuple[list[Draft], list[Draft]]:
    """
    Return the drafts of *group* that can be written as rows, and those to make.

    A draft has to be made where its class is not plain, an attribute is more than a
    column or is an SQL expression, or a child is a record or mapping: only the ordinary
    way knows these.
    """
    if isinstance(sheet, str) or misfits(sheet, keys):
        return [], group
    if all(_all_hold_rows(sheet, key, group) for key in keys):
        return group, []
    parts: tuple[list[Draft], list[Draft]] = [], []
    for each in group:
        plain = all(_holds_rows(sheet, k, v) for k, v in each.attributes.items())
        parts[0 if plain else 1].append(each)
    return parts


def _all_hold_rows(sheet: Sheet, key: str, group: list[Draft]) -> bool:
    """
    Return whether it shows at a glance that *key* hinders none of *group*.
    """
    kinds = {type(each.attributes[key]) for each in group}
    link = sheet.links.get(key)
    if link is None:
        return not any(map(_is_sql, kinds))
    return link.upward and kinds <= _DRAFTS


def _holds_rows(sheet: Sheet, key: str, value: Any) -> bool:
    link = sheet.links.get(key)
    if link is None:
        return not _is_sql(type(value))
    if link.upward:
        return type(value) in _DRAFTS or hasattr(value, "_sa_instance_state")
    items = value if type(value) in (list, tuple) else [value]
    return {type(item) for item in items} <= _DRAFTS


def _is_sql(kind: type) -> bool:
    return issubclass(kind, ClauseElement) or hasattr(kind, "__clause_element__")


def uniform(
    sheet: Sheet, group: list[Draft], values: dict[str, Sequence[Any]]
) -> Iterator[tuple[list[Draft], dict[str, Sequence[Any]]]]:
    """
    Yield parts of *group* that send the same columns.

    None does not stand for NULL in a generated key and where the server has a default:
    there it means that nothing is sent.
    """
    loose = [key for key in values if key == sheet.key or key in sheet.served]
    loose = [key for key in loose if None in values[key]]
    if not loose:
        yield group, values
        return
    parts: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in range(len(group)):
        parts[tuple(key for key in loose if values[key][at] is None)].append(at)
    for unsent, places in parts.items():
        yield (
            [group[at] for at in places],
            {
                key: [listed[at] for at in places]
                for key, listed in values.items()
                if key not in unsent
            },
        )
