"""
How a frame of records looks in a cell: a table of few rows and short, escaped cells.

The HTML holds nothing that an untrusted notebook removes, follows the front end's theme
(the table's class is the one every front end styles), and needs no script.
"""

from __future__ import annotations

import numbers
import shutil
import unicodedata

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any, Final

import pandas as pd

from machina_lab.frames.cells import NOTHING, cell_text, cell_values


_MORE: Final = "…"
#: Shown at most where pandas' own option `display.max_columns` is 0, "as fits".
_COLUMNS: Final = 40
_GAP: Final = "  "
#: Cells up to this length stay on one line.
_SHORT: Final = 30


@dataclass(frozen=True, slots=True)
class Table:
    """
    What of a frame is shown, as text.

    Attributes:
        corner: The name of the row labels, or "".
        labels: The labels of the shown rows.
        columns: The shown columns.
        note: What the cells do not tell: that rows are left out, or none there.
    """

    corner: str
    labels: list[str]
    columns: list[Column]
    note: str


@dataclass(frozen=True, slots=True)
class Column:
    """
    One shown column.

    Attributes:
        head: Its name.
        cells: Its cells, one for each shown row.
        numeric: Whether the cells are numbers, which line up at the right.
    """

    head: str
    cells: list[str]
    numeric: bool


def escaped(text: object) -> str:
    """
    Return *text* as HTML that shows it and does nothing else.
    """
    return escape(str(text))


def text(df: pd.DataFrame, caption: str, rows_shown: int | None) -> str:
    """
    Return *df* for a terminal.
    """
    if not _plain(df):
        return pd.DataFrame(df).__repr__()
    return _text(_table(df, rows_shown), caption)


def html(df: pd.DataFrame, caption: str, rows_shown: int | None) -> str:
    """
    Return *df* for a notebook.
    """
    if not _plain(df):
        plain: Any = pd.DataFrame(df)
        return str(plain._repr_html_())
    return _html(_table(df, rows_shown), caption)


def bundle(df: pd.DataFrame, caption: str, rows_shown: int | None) -> dict[str, str]:
    """
    Return *df* in every form, for the front end to choose from.
    """
    if not _plain(df):
        return {"text/plain": text(df, "", None), "text/html": html(df, "", None)}
    table = _table(df, rows_shown)
    return {"text/plain": _text(table, caption), "text/html": _html(table, caption)}


def _text(table: Table, caption: str) -> str:
    foot = [line for line in (table.note, caption) if line]
    return "\n".join([*_text_lines(table, shutil.get_terminal_size().columns), *foot])


def _html(table: Table, caption: str) -> str:
    foot = " · ".join(line for line in (table.note, caption) if line)
    rows = [
        _row_html(label, [column.cells[at] for column in table.columns], table)
        for at, label in enumerate(table.labels)
    ]
    below = f"<p>{escaped(foot)}</p>" if foot else ""
    return (
        f'<div><table class="dataframe">{_head_html(table)}'
        f"<tbody>{''.join(rows)}</tbody></table>{below}</div>"
    )


def _plain(df: pd.DataFrame) -> bool:
    # What people made of it (levels, named columns) pandas shows as they expect.
    columns = df.columns
    return df.index.nlevels == columns.nlevels == 1 and columns.name is None


def _head_html(table: Table) -> str:
    heads = "".join(
        f'<th scope="col"{_side(column)}>{escaped(column.head)}</th>'
        for column in table.columns
    )
    corner = f"<th>{escaped(table.corner)}</th>" if table.corner else "<td></td>"
    return f"<thead><tr>{corner}{heads}</tr></thead>"


def _row_html(label: str, row: list[str], table: Table) -> str:
    cells = "".join(
        f"<td{_side(column)}>{_cell_html(cell)}</td>"
        for cell, column in zip(row, table.columns, strict=True)
    )
    return f'<tr><th scope="row">{escaped(label)}</th>{cells}</tr>'


def _side(column: Column) -> str:
    # Front ends align to the right by themselves: good for numbers only. And they break
    # dates and addresses at every hyphen; only what is long may be broken.
    if column.numeric:
        return ""
    short = all(len(cell) <= _SHORT for cell in column.cells)
    style = "text-align: left" + ("; white-space: nowrap" if short else "")
    return f' style="{style}"'


def _cell_html(cell: str) -> str:
    # A missing value is set apart from a text that reads the same.
    return f"<em>{escaped(cell)}</em>" if cell is NOTHING else escaped(cell)


def _text_lines(table: Table, width: int) -> list[str]:
    """
    Return the table as lines, in blocks of as many columns as *width* takes.
    """
    first = _padded(Column(table.corner, table.labels, numeric=False))
    blocks = [[first]]
    used = _wide(first[0])
    for column in map(_padded, table.columns):
        needed = _wide(column[0]) + len(_GAP)
        if used + needed > width and len(blocks[-1]) > 1:
            blocks.append([first])
            used = _wide(first[0])
        blocks[-1].append(column)
        used += needed
    shown = [
        [_GAP.join(row).rstrip() for row in zip(*block, strict=True)]
        for block in blocks
    ]
    return [
        line for at, lines in enumerate(shown) for line in ([""] * (at > 0) + lines)
    ]


def _padded(column: Column) -> list[str]:
    cells = [column.head, *column.cells]
    width = max(map(_wide, cells))
    spaces = [" " * (width - _wide(cell)) for cell in cells]
    return [
        space + cell if column.numeric else cell + space
        for space, cell in zip(spaces, cells, strict=True)
    ]


def _wide(cell: str) -> int:
    """
    Return how many places *cell* takes in a terminal.
    """
    if cell.isascii():
        return len(cell)
    return sum(
        2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in cell
        if not unicodedata.combining(each)
    )


def _table(df: pd.DataFrame, rows_shown: int | None) -> Table:
    rows = _ends(len(df), *_row_limits(rows_shown))
    limit = pd.get_option("display.max_columns") or _COLUMNS
    columns = _ends(df.shape[1], limit, limit)
    shown = df
    if None in rows or None in columns:
        shown = df.iloc[_known(rows), _known(columns)]
    series = iter(shown.items())
    return Table(
        corner="" if df.index.name is None else cell_text(df.index.name),
        labels=_with_gap([cell_text(label) for label in shown.index], rows),
        columns=[
            Column(_MORE, [_MORE] * len(rows), numeric=False)
            if at is None
            else _column(*next(series), rows)
            for at in columns
        ],
        note=_note(df, hidden=None in rows or None in columns),
    )


def _known(positions: list[int | None]) -> list[int]:
    return [at for at in positions if at is not None]


def _column(name: Any, series: pd.Series, rows: list[int | None]) -> Column:
    values = cell_values(series)
    cells = _with_gap([cell_text(value) for value in values], rows)
    known = [value for value in values if value is not None]
    numeric = all(map(_is_number, known)) if known else _is_numeric(series.dtype)
    return Column(cell_text(name), cells, numeric=numeric)


def _is_numeric(dtype: Any) -> bool:
    types = pd.api.types
    return types.is_numeric_dtype(dtype) and not types.is_bool_dtype(dtype)


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Number | Decimal) and not isinstance(value, bool)


def _with_gap(cells: list[str], rows: list[int | None]) -> list[str]:
    rest = iter(cells)
    return [_MORE if row is None else next(rest) for row in rows]


def _row_limits(rows_shown: int | None) -> tuple[int, int]:
    if rows_shown is not None:
        return rows_shown, rows_shown
    most = pd.get_option("display.max_rows") or 60
    return most, min(pd.get_option("display.min_rows") or most, most)


def _ends(count: int, most: int, shown: int) -> list[int | None]:
    """
    Return the positions to show, with None where some are left out.
    """
    if count <= most:
        return list(range(count))
    first, last = (shown + 1) // 2, shown // 2
    return [*range(first), None, *range(count - last, count)]


def _note(df: pd.DataFrame, *, hidden: bool) -> str:
    if hidden:
        return f"{len(df):,} rows × {df.shape[1]:,} columns"  # noqa: RUF001 - as in pandas
    return "" if len(df) else "no rows"
