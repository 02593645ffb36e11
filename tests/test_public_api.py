"""
The front door: what may be imported from it, and what importing it costs.
"""

import ast
import subprocess
import sys

from pathlib import Path

import pytest

import machina_lab


ROOT = Path(__file__).parents[1]
HEAVY = ("sqlalchemy", "pandas", "IPython", "ipywidgets", "pyarrow", "numpy", "mimesis")

#: What users, notebooks and outside tests rely on.
PROMISED = {
    *("Lab", "Factory", "Strategy", "lab", "name_from_record"),
    *("sequence", "sequences", "assoc", "assoc_list", "lazy", "literal", "casters"),
    *("merge_attributes", "evaluate_lazy_attributes"),
    *("frame", "export_fixtures", "load_fixtures", "read_fixtures"),
    *("MachinaError", "UndefinedFactoryError", "UnknownAttributeError"),
    *("DuplicateFactoryError", "LazyCycleError", "AssociationCycleError"),
    *("OptionError", "HookError", "VariantError", "InsertError", "CastError"),
    *("ForeignKeyConflictError", "UndoError", "NothingToUndo", "LintError"),
    *("FixtureError", "load_ipython_extension", "unload_ipython_extension"),
}


def test_names_are_sorted_and_once():
    """
    The list of public names is in order, and has each of them once.
    """
    assert machina_lab.__all__ == sorted(set(machina_lab.__all__))


def test_promised_names_are_there():
    """
    No name that the documentation promises is missing.
    """
    assert sorted(PROMISED - set(machina_lab.__all__)) == []


def test_type_checkers_see_the_same_names():
    """
    What a type checker may import is what a program may import.
    """
    tree = ast.parse(Path(machina_lab.__file__).read_text())
    seen = [
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 0
        for alias in node.names
        if alias.asname and not alias.asname.startswith("_")
    ]

    assert sorted(seen) == machina_lab.__all__


@pytest.mark.parametrize("name", machina_lab.__all__)
def test_name_is_importable(name):
    """
    Each public name is what its room defines, and the same object every time.
    """
    first = getattr(machina_lab, name)

    assert first is getattr(machina_lab, name)
    assert first is vars(machina_lab)[name]


def test_dir_lists_the_public_names():
    """
    `dir` shows the public names and no more.
    """
    assert dir(machina_lab) == machina_lab.__all__


def test_a_star_import_gives_them_all():
    """
    `from machina_lab import *` works and gives every public name.
    """
    names: dict[str, object] = {}
    exec("from machina_lab import *", names)

    assert sorted(names.keys() - {"__builtins__"}) == machina_lab.__all__


def test_an_unknown_name_is_an_attribute_error():
    """
    A name that is not public raises what any module raises.
    """
    with pytest.raises(AttributeError, match=r"module 'machina_lab' .* 'Factroy'"):
        machina_lab.Factroy


@pytest.mark.parametrize(
    "source",
    [
        "import machina_lab",
        "import machina_lab.pytest_plugin",
        "import machina_lab.errors",
        "from machina_lab import Lab, lab, assoc, sequence, Strategy, MachinaError",
        """if True:
        from machina_lab import Lab, assoc
        lab = Lab()
        lab.define(lambda: {"name": "Ada"}, name="user")
        lab.define(lambda: {"title": "Tea", "author": assoc("user")}, name="post")
        assert lab.build("post", title="x")["author"] == {"name": "Ada"}
        lab.string_params_for("post")
        lab.lint()""",
    ],
    ids=["package", "plugin", "errors", "names", "building"],
)
def test_nothing_heavy_is_imported(source):
    """
    No library is loaded before something needs it, in a process of its own.
    """
    tell = f"print(sorted({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{source}\nimport sys\n{tell}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.strip() == "[]"
