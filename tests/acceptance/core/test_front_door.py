"""
What `import machina_lab` offers, in whatever order it is asked for.
"""

import subprocess
import sys

import pytest

import machina_lab


NAMES = (
    *("Factory", "Lab", "Strategy", "assoc", "assoc_list", "casters"),
    *("evaluate_lazy_attributes", "lab", "lazy", "literal", "merge_attributes"),
    *("name_from_record", "sequence", "sequences"),
)
ERRORS = (
    *("AssociationCycleError", "CastError", "DuplicateFactoryError", "FixtureError"),
    *("ForeignKeyConflictError", "HookError", "InsertError", "LazyCycleError"),
    *("LintError", "MachinaError", "NothingToUndo", "OptionError"),
    *("UndefinedFactoryError", "UndoError", "UnknownAttributeError", "VariantError"),
)


@pytest.mark.parametrize("name", [*NAMES, *ERRORS])
def test_is_exported(name):
    """
    Every public name is at the top, and listed.
    """
    assert getattr(machina_lab, name) is not None
    assert name in dir(machina_lab)
    assert name in machina_lab.__all__


@pytest.mark.parametrize("name", ERRORS)
def test_errors_have_one_base(name):
    """
    Every error is a `MachinaError`, and lives in `machina_lab.errors`.
    """
    error = getattr(machina_lab, name)

    assert issubclass(error, machina_lab.MachinaError)
    assert "machina_lab.errors" == error.__module__


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("UndefinedFactoryError", LookupError),
        ("UnknownAttributeError", KeyError),
        ("UnknownAttributeError", TypeError),
        ("OptionError", TypeError),
        ("HookError", TypeError),
        ("VariantError", LookupError),
        ("InsertError", ValueError),
        ("ForeignKeyConflictError", ValueError),
        ("CastError", ValueError),
        ("NothingToUndo", machina_lab.UndoError),
    ],
)
def test_errors_are_builtins_too(name, builtin):
    """
    Each error is also the built-in that it resembles.
    """
    assert issubclass(getattr(machina_lab, name), builtin)


@pytest.mark.parametrize("first", ["Lab", "sequences", "lab", "casters", "Strategy"])
def test_order_does_not_matter(first):
    """
    Whatever is imported first, every name is the object, never a file of its name.
    """
    code = (
        "import types, machina_lab\n"
        f"machina_lab.{first}\n"
        f"got = [getattr(machina_lab, name) for name in {NAMES!r}]\n"
        "print([each.__name__ for each in got if isinstance(each, types.ModuleType)])"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("[]\n", "") == (done.stdout, done.stderr)


def test_import_brings_nothing_that_can_wait():
    """
    The import alone costs next to nothing: libraries, and even `typing`, come later.
    """
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import machina_lab\n"
        "print(*set(sys.modules) - before)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    brought = set(done.stdout.split())
    assert "machina_lab" in brought
    assert brought.isdisjoint(
        {"IPython", "ipywidgets", "pandas", "pyarrow", "sqlalchemy"}
        | {"dataclasses", "inspect", "typing", "machina_lab.core.records"}
    )


def test_unknown_name():
    """
    What is not there is an AttributeError that names it.
    """
    with pytest.raises(AttributeError, match="'nonsense'"):
        machina_lab.nonsense
