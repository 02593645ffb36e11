"""
Fixture sets, as magics and as plain functions do it.
"""

from __future__ import annotations

from typing import Any

from machina_lab.notebook.display import Facts, Page, rows_by_table
from machina_lab.notebook.inserting import transaction_state
from machina_lab.notebook.waiting import waited


def export_fixtures(directory: Any, **options: Any) -> Page:
    """
    Write what the lab inserted as a fixture set (`%export_fixtures`).

    Args:
        directory: Where the files go.
        options: Options of `Lab.export_fixtures`.

    Returns:
        A summary; its `data["package"]` is the manifest.

    Raises:
        FixtureError: There is nothing to write, or the folder holds something else.
    """
    package = waited("export_fixtures", directory, **options)
    rows = {each.table.key: each.rows for each in package.resources}
    facts = Facts({"rows": rows_by_table(rows) or "none"})
    return Page(f"Wrote {directory}", (facts,), {"package": package, "rows": rows})


def load_fixtures(directory: Any, **options: Any) -> Page:
    """
    Check a fixture set and insert it into the lab's database (`%load_fixtures`).

    Args:
        directory: Where the files are.
        options: Options of `Lab.load_fixtures`, such as `strict` and `keys`.

    Returns:
        A summary; its `data["loaded"]` says rows, edited files and notes.

    Raises:
        FixtureError: Something is wrong; `.problems` holds every problem found.
    """
    loaded = waited("load_fixtures", directory, **options)
    rows = rows_by_table(loaded.rows) or "none"
    facts = {"rows": f"{rows} · {transaction_state()}"}
    if loaded.edited:
        facts["edited"] = ", ".join(loaded.edited)
    if loaded.notes:
        facts["notes"] = "; ".join(loaded.notes)
    return Page(f"Loaded {directory}", (Facts(facts),), {"loaded": loaded})
