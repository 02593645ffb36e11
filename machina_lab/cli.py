"""
The command line: `machina-lab export`, `load`, `check`, `lint`, `scaffold`, `schema`.

Exit codes: 0, 1 (a check failed, or nothing could be done), 2 (called wrongly). Errors
are one line on standard error.
"""

from __future__ import annotations

import json
import sys

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from machina_lab.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    FixtureError,
    LintError,
    MachinaError,
    OptionError,
    RepoError,
    UnknownNameError,
)


#: Errors that mean that the command was called wrongly.
_USAGE: Final = (ArgumentTypeError, ArgumentValueError, OptionError, UnknownNameError)

app = typer.Typer(
    name="machina-lab",
    help="Craft test data: factories to fixture files, files to rows, databases to"
    " factories.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Place = Annotated[
    str, typer.Argument(metavar="LAB", help="Where the lab is: myapp.factories:lab")
]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The fixture set")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def main() -> None:
    """
    Run the command line.
    """
    app()


@contextmanager
def _told() -> Iterator[None]:
    """
    Print our own errors as one line (a check's problems as one line each) and exit.
    """
    try:
        yield
    except _USAGE as error:
        _fail(error, 2)
    except MachinaError as error:
        _fail(error, 1)
    except OSError as error:
        if error.filename is None:
            raise
        _fail(MachinaError(f"{error.filename}: {error.strerror}."), 1)


def _fail(error: MachinaError, code: int) -> None:
    lines = str(error).strip().splitlines()
    text = " ".join(lines[0].split())
    typer.echo(f"machina-lab: {text}", err=True)
    if isinstance(error, FixtureError | LintError):
        for line in lines[1:]:
            typer.echo(line.rstrip(), err=True)
    raise typer.Exit(code)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str, int], None]]:
    """
    Show a bar on a terminal; nothing where the output is piped.
    """
    if not sys.stderr.isatty():
        yield lambda _table, _rows: None
        return
    from tqdm import tqdm

    with tqdm(desc=title, unit=" rows", unit_scale=True, leave=False) as bar:

        def advance(table: str, rows: int) -> None:
            bar.set_postfix_str(table, refresh=False)
            bar.update(rows)

        yield advance


@app.command(
    epilog="Example: machina-lab export myapp.factories:lab user=10 comment=200"
    " --seed 1 --out fixtures/shop"
)
def export(  # noqa: PLR0913 - the options of the command
    lab: Place,
    counts: Annotated[
        list[str], typer.Argument(metavar="FACTORY=N...", help="What, and how many")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the files go")],
    seed: Annotated[int | None, typer.Option(help="Repeat random values")] = None,
    format: Annotated[  # noqa: A002 - the word users write
        str, typer.Option(help="csv, parquet, jsonl or sql")
    ] = "csv",
    as_json: AsJson = False,  # noqa: FBT002 - typer's way to write a flag
) -> None:
    """
    Build records and write them as a fixture set.

    With a database, the rows are inserted, written and rolled back; without one the
    records are built, and keys numbered from 1.
    """
    with _told():
        from machina_lab.labs import export_fixtures
        from machina_lab.labs.isolation import isolated
        from machina_lab.labs.places import lab_at

        found = lab_at(lab)
        wanted = [_count(found, each) for each in counts]
        with isolated(found), _progress("export") as progress:
            if seed is not None:
                found.seed(seed)
            options: dict[str, Any] = {"format": format, "progress": progress}
            if found.connected:
                for name, n in wanted:
                    found.insert_list(n, name)
                written = found.export_fixtures(out, **options)
            else:
                made = {name: found.build_list(n, name) for name, n in wanted}
                written = export_fixtures(made, out, **options)
        rows = {each.table.key: each.rows for each in written.resources}
        _report("wrote", out, rows, as_json=as_json)


def _count(lab: Any, text: str) -> tuple[str, int]:
    name, equals, number = text.partition("=")
    if equals and not number.isdigit():
        raise ArgumentValueError(f"{text!r}: write FACTORY=N, as in user=10.")
    lab.find(name)
    return name, int(number) if equals else 1


def _report(verb: str, folder: Path, rows: Any, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "rows": dict(rows)}))
        return
    for table, count in rows.items():
        typer.echo(f"{table}: {count}")
    typer.echo(f"{verb} {sum(rows.values())} rows of {len(rows)} tables: {folder}")


@app.command(epilog="Example: machina-lab load fixtures/shop sqlite:///shop.db")
def load(
    folder: Folder,
    database: Annotated[str, typer.Argument(metavar="URL", help="The database")],
    strict: Annotated[  # noqa: FBT002 - typer's way to write a flag
        bool, typer.Option("--strict", help="Refuse files that were edited.")
    ] = False,
    keys: Annotated[str, typer.Option(help="keep, or new")] = "keep",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """
    Load a fixture set into a database, all of it or nothing.
    """
    with _told():
        from machina_lab.labs import load_fixtures

        with _progress("load") as progress:
            loaded = load_fixtures(
                folder,
                database,
                strict=strict,
                keys=keys,  # type: ignore[arg-type]  # checked by load_fixtures
                progress=progress,
            )
        _report("loaded", folder, loaded.rows, as_json=as_json)


@app.command(epilog="Example: machina-lab check fixtures/shop --strict")
def check(
    folder: Folder,
    database: Annotated[
        str,
        typer.Option("--database", "-d", metavar="URL", help="Check it against this"),
    ] = "",
    strict: Annotated[  # noqa: FBT002 - typer's way to write a flag
        bool, typer.Option("--strict", help="Refuse files that were edited.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """
    Check a fixture set: types, keys, foreign keys, edits. Nothing is loaded.
    """
    with _told():
        from machina_lab.labs.loads import check_fixtures

        try:
            checked = check_fixtures(folder, database or None, strict=strict)
        except FixtureError as error:
            if as_json:
                problems = list(error.problems) or [str(error)]
                typer.echo(json.dumps({"valid": False, "problems": problems}))
            raise
        rows = {file.target.key: file.resource.rows for file in checked.files}
        if as_json:
            about = {"valid": True, "rows": rows, "edited": checked.edited}
            typer.echo(json.dumps(about))
            return
        for path in checked.edited:
            typer.echo(f"edited since the export: {path}")
        typer.echo(f"{folder} is right: {len(rows)} tables, {sum(rows.values())} rows")


@app.command(epilog="Example: machina-lab lint myapp.factories:lab")
def lint(
    lab: Place,
    as_json: AsJson = False,  # noqa: FBT002 - typer's way to write a flag
) -> None:
    """
    Build every factory and variant, and insert them where there is a database.

    Nothing stays in the database.
    """
    with _told():
        from machina_lab.labs.places import lab_at

        found = lab_at(lab)
        try:
            found.lint()
        except LintError as error:
            if as_json:
                failures = {
                    n: f"{type(e).__name__}: {e}" for n, e in error.failures.items()
                }
                typer.echo(json.dumps({"valid": False, "failures": failures}))
            raise
        names = found.names()
        if as_json:
            typer.echo(json.dumps({"valid": True, "factories": names}))
        else:
            typer.echo(f"{len(names)} factories are right")


@app.command(epilog="Example: machina-lab schema sqlite:///shop.db --diagram shop.svg")
def schema(
    database: Annotated[str, typer.Argument(metavar="URL", help="The database")],
    diagram: Annotated[
        Path | None, typer.Option(help="Draw it: .svg, .mmd (Mermaid) or .dot")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002 - typer's way to write a flag
) -> None:
    """
    Show what a database looks like: tables, columns, relations.
    """
    with _told():
        from machina_lab.schema import Schema

        found = Schema.reflect(database)
        if diagram is not None:
            kinds = {".svg": "svg", ".mmd": "mermaid", ".dot": "dot"}
            kind = kinds.get(diagram.suffix)
            if kind is None:
                raise OptionError(f"{diagram}: write .svg, .mmd or .dot.")
            diagram.write_text(str(found.diagram(kind)), encoding="utf-8")
        rows = found.rows()
        if as_json:
            typer.echo(json.dumps(rows, default=str))
            return
        for row in rows:
            typer.echo("  ".join(str(value) for value in row.values()))


@app.command(epilog="Example: machina-lab scaffold sqlite:///shop.db users -o app.py")
def scaffold(
    database: Annotated[str, typer.Argument(metavar="URL", help="The database")],
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="[TABLE...]", help="Default: all")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A new file; default: print")
    ] = None,
) -> None:
    """
    Write factories for the tables of a database, as code to keep and edit.
    """
    with _told():
        from machina_lab.labs import Lab

        if out is not None and out.exists():
            raise ArgumentValueError(f"{out} exists; it is not overwritten.")
        made: Any = Lab(database)
        if not made.schema.tables:
            raise RepoError(f"{made.repo.label} has no tables.")
        source = str(made.scaffold(*(tables or ())))
        if out is None:
            typer.echo(source, nl=False)
            return
        out.write_text(source, encoding="utf-8")
        typer.echo(f"wrote {out}")


if __name__ == "__main__":
    main()
