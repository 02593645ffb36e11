"""
Fixture sets, as magics and as plain functions do it.
"""

from __future__ import annotations

from typing import Any

from machina_lab.notebook.desk import desk


def export_fixtures(directory: Any, **options: Any) -> Any:
    """
    Write what the lab inserted as a fixture set (`%export_fixtures`).

    Args:
        directory: Where the files go.
        options: Options of `Lab.export_fixtures`.

    Returns:
        A summary: files, tables and rows.
    """
    return desk.lab.export_fixtures(directory, **options)


def load_fixtures(directory: Any, **options: Any) -> Any:
    """
    Check a fixture set and insert it into the lab's database (`%load_fixtures`).

    Args:
        directory: Where the files are.
        options: Options of `Lab.load_fixtures`, such as `strict` and `keys`.

    Returns:
        A summary: tables and rows.
    """
    return desk.lab.load_fixtures(directory, **options)
