"""
Building, as magics and as plain functions do it: what a lab builds, as a DataFrame.

Each function works on the notebook's current lab. Attributes come as a mapping or as
keywords, options in a mapping after it, so that no attribute's name is taken:
`build("user", {"name": "Jane"}, {"seed": 42})`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from machina_lab.errors import OptionError
from machina_lab.notebook.desk import desk
from machina_lab.notebook.params import Params
from machina_lab.notebook.waiting import find, waited_work


_OPTIONS: Final = ("seed", "records", "deep")
_PARAMS_OPTIONS: Final = ("seed", "keep_none")


def build(
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Build one record and return it as a DataFrame (`%build`).

    Args:
        name: Factory, variant or composed name (`user+admin`), or a handle.
        attrs: Attributes as a mapping.
        opts: `seed`: repeat random values; `records`: return the record itself;
            `deep`: a column for each attribute of an association.
        overrides: Attributes as keywords; they win.
    """
    return _built(1, name, attrs, opts, overrides, one=True)


def build_pair(
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Build two records and return them as a DataFrame (`%build_pair`).
    """
    return _built(2, name, attrs, opts, overrides)


def build_list(
    n: int,
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Build *n* records and return them as a DataFrame (`%build_list`).
    """
    return _built(n, name, attrs, opts, overrides)


def build_rows(
    name: Any,
    rows: Iterable[Mapping[str, Any]],
    opts: Mapping[str, Any] | None = None,
    /,
) -> Any:
    """
    Build a record for each row, the row as its attributes (`%%build_list`).
    """
    given = checked(opts, _OPTIONS, "build_rows")
    with seeded(given.get("seed")):
        records = desk.lab.build_rows(find(name), rows)
    return shown(records, name, given)


def _built(  # noqa: PLR0913 - what a verb was called with
    n: int,
    name: Any,
    attrs: Any,
    opts: Mapping[str, Any] | None,
    overrides: dict[str, Any],
    *,
    one: bool = False,
) -> Any:
    given = checked(opts, _OPTIONS, "build")
    with seeded(given.get("seed")):
        records = desk.lab.build_list(n, find(name), attrs, **overrides)
    return shown(records, name, given, one=one)


def shown(
    records: list[Any],
    name: Any,
    opts: Mapping[str, Any],
    *,
    one: bool = False,
    caption: str = "",
) -> Any:
    """
    Return *records* as the options ask: as a DataFrame, or as they are.
    """
    if opts.get("records"):
        return records[0] if one else records
    from machina_lab.frames import frame

    lab = desk.lab
    return frame(
        records,
        deep=bool(opts.get("deep")),
        caption=caption,
        lab=lab,
        model=None if name is None else find(name).model,
        rows_shown=desk.settings.rows,
    )


def params_for(
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Return params as one would type them in a form (`%params_for`).

    Args:
        name: Factory, variant or composed name, or a handle.
        attrs: Attributes as a mapping.
        opts: `seed`: repeat random values; `keep_none`: keep attributes that are None.
        overrides: Attributes as keywords; they win.
    """
    return _params("params_for", name, attrs, opts, overrides)


def string_params_for(
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Return params with values that JSON takes (`%string_params_for`).
    """
    return _params("string_params_for", name, attrs, opts, overrides)


def params_with_assocs(
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Return params with the keys of inserted parents (`%params_with_assocs`).
    """
    return _params("params_with_assocs", name, attrs, opts, overrides)


def string_params_with_assocs(
    name: Any,
    attrs: Any = None,
    opts: Mapping[str, Any] | None = None,
    /,
    **overrides: Any,
) -> Any:
    """
    Return those with values that JSON takes (`%string_params_with_assocs`).
    """
    return _params("string_params_with_assocs", name, attrs, opts, overrides)


def _params(
    verb: str,
    name: Any,
    attrs: Any,
    opts: Mapping[str, Any] | None,
    overrides: dict[str, Any],
) -> Params:
    given = checked(opts, _PARAMS_OPTIONS, verb)
    seed = given.pop("seed", None)
    lab = desk.lab
    work = partial(lab.params_with_options, verb, find(name), attrs, given, overrides)
    with seeded(seed):
        return Params(waited_work(work) if verb.endswith("with_assocs") else work())


def checked(
    opts: Mapping[str, Any] | None, known: Iterable[str], verb: str
) -> dict[str, Any]:
    """
    Return a copy of *opts*, all of them known.

    Raises:
        OptionError: One is not.
    """
    given = dict(opts or {})
    unknown = [name for name in given if name not in known]
    if unknown:
        raise OptionError.unknown(unknown, known, where=verb)
    return given


@contextmanager
def seeded(seed: Any) -> Iterator[None]:
    """
    Let what is built inside the block draw the values of *seed*, if there is one.
    """
    if seed is None:
        yield
        return
    with desk.lab.seeded(seed):
        yield
