"""
One valid row: whether the automatic factory of every table can insert.
"""

from __future__ import annotations

import warnings

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from machina_lab import Lab
from machina_lab.core.sequences import sequences
from machina_lab.schema import TableFactories


@dataclass
class Report:
    """
    What a schema's tables let in.

    Attributes:
        inserted: Tables that took every row.
        failed: Tables that did not -> the reason on one line.
    """

    inserted: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """
        The share of tables that took every row.
        """
        total = len(self.inserted) + len(self.failed)
        return len(self.inserted) / total if total else 1.0

    def __str__(self) -> str:
        """
        Name what failed.
        """
        lines = [f"{len(self.inserted)} of {len(self.inserted) + len(self.failed)}"]
        return "\n".join([*lines, *(f"  {k}: {v}" for k, v in self.failed.items())])


@contextmanager
def crafted(target: Any, models: Any = None) -> Iterator[tuple[Lab, TableFactories]]:
    """
    Open a lab on *target* that has every table as a factory; nothing of it stays.
    """
    lab = Lab()
    repo = lab.connect(target, models=models)
    try:
        yield lab, lab.tables()
    finally:
        lab.rollback()
        repo.close()


def one_valid_row(target: Any, *, rows: int = 1, models: Any = None) -> Report:
    """
    Insert rows into every table of a database, parents first, and take them back.

    Args:
        target: The database.
        rows: How many each table gets, where it has room for so many.
        models: Its classes, if not those made for the tables.
    """
    report = Report()
    with sequences.isolated(), warnings.catch_warnings():
        warnings.simplefilter("error")
        with crafted(target, models) as (lab, factories):
            for table in factories.schema:
                if not table.view and not table.columns:
                    report.failed[table.key] = "it has no columns"
            for name in factories.names():
                _insert(lab, factories, name, rows, report)
    return report


def _insert(
    lab: Lab, factories: TableFactories, name: str, rows: int, report: Report
) -> None:
    try:
        made = factories.define(name)
        lab.insert_list(min(rows, made.limit or rows), name)
    except Exception as error:  # noqa: BLE001 - the report is about every fault
        reason = str(error).strip().splitlines()
        text = f"{type(error).__name__}: {reason[0] if reason else ''}"
        report.failed[name] = text
    else:
        report.inserted.append(made.table.key)
