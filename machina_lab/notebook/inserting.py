"""
Inserting and taking back, as magics and as plain functions do it.

Like `building`, on the notebook's current lab. An asynchronous repo is waited for, so
the functions are called the same way with every database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from machina_lab.errors import OptionError
from machina_lab.notebook.building import checked, seeded, shown
from machina_lab.notebook.desk import desk
from machina_lab.notebook.display import Grid, Page, rows_by_table
from machina_lab.notebook.labels import attributes_label
from machina_lab.notebook.waiting import find, waited


_OPTIONS: Final = (
    "seed",
    "records",
    "deep",
    "dry_run",
    "returning",
    "schema",
    "bulk",
)


def insert(
    name_or_record: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Insert one record with its parents and return it as a DataFrame (`%insert`).

    Args:
        name_or_record: Factory, variant or composed name, a handle, or a built record.
        attrs: Attributes as a mapping.
        opts: `seed`, `records` and `deep` as for `build`; `returning`: read back what
            the database filled in; `schema`: the database schema to write to;
            `dry_run`: show what would be written and write nothing.
        overrides: Attributes as keywords; they win.
    """
    is_name = isinstance(name_or_record, str) or hasattr(name_or_record, "path")
    return _inserted(
        "insert",
        name_or_record if is_name else None,
        opts,
        lambda own: [waited("insert", name_or_record, attrs, own, **overrides)],
        one=True,
    )


def insert_pair(
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Insert two records and return them as a DataFrame (`%insert_pair`).
    """
    return _inserted(
        "insert_pair",
        name,
        opts,
        lambda own: waited("insert_pair", name, attrs, own, **overrides),
    )


def insert_list(
    n: int,
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Insert *n* records in one step and return them as a DataFrame (`%insert_list`).

    `bulk` among the options writes many rows the fast way.
    """
    return _inserted(
        "insert_list",
        name,
        opts,
        lambda own: waited("insert_list", n, name, attrs, own, **overrides),
    )


def insert_rows(
    name: Any,
    rows: Iterable[Mapping[str, Any]],
    opts: Mapping[str, Any] | None = None,
    /,
) -> Any:
    """
    Insert a record for each row in one step, the row as attributes (`%%insert_list`).
    """
    given = list(rows)
    return _inserted(
        "insert_rows", name, opts, lambda own: waited("insert_rows", name, given, own)
    )


def undo(steps: int = 1, *, force: bool = False) -> Page:
    """
    Take back the newest insert steps (`%undo`).

    Args:
        steps: How many.
        force: Also when others wrote on the connection since; their rows go too.

    Raises:
        NothingToUndo: There is no such step since the last commit.
    """
    taken = waited("undo", steps, force=force)
    what = "1 step" if len(taken) == 1 else f"{len(taken)} steps"
    return Page(f"Took back {what}", (steps_grid("", taken),), {"steps": taken})


def steps_grid(heading: str, steps: Iterable[Any]) -> Grid:
    """
    Return steps of the journal as a table.
    """
    rows = [
        (
            f"{step.time:%H:%M:%S}",
            step.label,
            attributes_label(step.overrides),
            rows_by_table(step.rows),
        )
        for step in steps
    ]
    return Grid(heading, ("time", "step", "attributes", "rows"), rows)


def _inserted(
    verb: str,
    name: Any,
    opts: Mapping[str, Any] | None,
    run: Callable[[dict[str, Any]], list[Any]],
    *,
    one: bool = False,
) -> Any:
    """
    Run an insert and show what it made, with a caption of the rows by table.
    """
    given = checked(opts, _OPTIONS, verb)
    if name is not None:
        find(name)
    dry = given.get("dry_run", False)
    if dry:
        _check_dry_run()
    known = {step.number for step in desk.lab.journal}
    with seeded(given.get("seed")):
        records = run(_lab_options(given))
    steps = [step for step in desk.lab.journal if step.number not in known]
    try:
        caption = _caption(steps, dry=dry)
        return shown(records, name, given, one=one, caption=caption)
    finally:
        if dry and steps:
            undo(len(steps))


def _lab_options(given: Mapping[str, Any]) -> dict[str, Any]:
    options = {key: given[key] for key in ("returning", "bulk") if given.get(key)}
    if given.get("schema"):
        options["prefix"] = given["schema"]
    if given.get("bulk") and given.get("records"):
        options["records"] = True
    return options


def _check_dry_run() -> None:
    if getattr(desk.lab.repo, "autocommit", False):
        raise OptionError(
            "dry_run inserts and takes back, and this database commits after every"
            " insert. Connect it without autocommit."
        )


def _caption(steps: list[Any], *, dry: bool) -> str:
    rows: dict[str, int] = {}
    for step in steps:
        for table, count in step.rows.items():
            rows[table] = rows.get(table, 0) + count
    what = rows_by_table(rows) or "nothing"
    if dry:
        return f"would insert {what}; nothing was written"
    return f"inserted {what} · {transaction_state()}"


def transaction_state() -> str:
    """
    Return whether what was just inserted is committed, and if not, who does it.
    """
    repo = desk.lab.repo
    if getattr(repo, "autocommit", False):
        return "committed"
    if getattr(repo, "owned", True):
        return "pending until %lab commit"
    return "pending in your session"
