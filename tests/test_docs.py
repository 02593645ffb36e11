"""
The documentation cannot go stale: whatever exists is told, whatever is told exists.
"""

import inspect
import pkgutil
import re

from pathlib import Path

import nbformat
import pytest

import machina_lab

from machina_lab import Lab, errors
from machina_lab.core.hooks import HOOKS
from machina_lab.core.options import DEFAULTS, FACTORY_ONLY, LAB_ONLY
from machina_lab.notebook.grammars import CELLS, LINES
from tests.support.shells import shell


ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

#: The words of the design, one for each thing, in the order they build on each other.
WORDS = [
    "lab",
    "factory",
    "record",
    "params",
    "overrides, attrs",
    "lazy",
    "sequence",
    "association",
    "variant",
    "hook",
    "strategy",
    "repo",
    "step",
    "frame",
    "fixture set",
]
#: Words for the same things elsewhere, which would only confuse here.
OTHER_WORDS = ["trait", "callback", "blueprint", "subfactory", "post-generation"]
#: Names that people never write: `%load_ext` and `%unload_ext` call them.
CALLED_BY_IPYTHON = {"load_ipython_extension", "unload_ipython_extension"}


def _read(path):
    cells = nbformat.read(path, 4).cells
    return "\n".join(cell.source for cell in cells)


TOUR = {path.stem: _read(path) for path in NOTEBOOKS}
TOLD = "\n".join([README, *TOUR.values()])


def _magics():
    """
    Return IPython's magics, and those the extension adds: (kind, name) -> function.
    """
    with shell() as ip:
        manager = ip.magics_manager
        own = _flat(manager.magics)
        ip.run_line_magic("load_ext", "machina_lab")
        both = _flat(manager.magics)
        ip.run_line_magic("unload_ext", "machina_lab")
    return own, {key: both[key] for key in both.keys() - own.keys()}


def _flat(magics):
    return {
        (kind, name): f for kind, named in magics.items() for name, f in named.items()
    }


IPYTHONS, MAGICS = _magics()
LINE_MAGICS = sorted(name for kind, name in MAGICS if kind == "line")
CELL_MAGICS = sorted(name for kind, name in MAGICS if kind == "cell")


def _help(name, kind="line"):
    return inspect.getdoc(MAGICS[kind, name]) or ""


def _tells(text, word):
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _arguments(function):
    """
    Return the names that the `Args:` of a docstring explain.
    """
    text = inspect.getdoc(function) or ""
    block = re.search(r"^Args:\n((?:    .*\n|\n)+)", text, re.MULTILINE)
    return re.findall(r"^    (\w+):", block[1], re.MULTILINE) if block else []


class TestMagics:
    def test_extension_adds_magics(self):
        """
        There are magics to look at, for lines and for cells.
        """
        assert {"build", "insert", "lab", "undo"} <= set(LINE_MAGICS)
        assert CELL_MAGICS == sorted(CELLS)

    @pytest.mark.parametrize("name", LINE_MAGICS)
    def test_has_help(self, name):
        """
        `%name?` says what it does, how the line goes, and gives an example.
        """
        text = _help(name)
        example = text.partition("Examples::")[2]

        assert text.splitlines()[0].endswith(".")
        assert re.search(rf"^\s+%{name}\b", example, re.MULTILINE)

    @pytest.mark.parametrize("name", CELL_MAGICS)
    def test_help_shows_the_cell(self, name):
        """
        A cell magic's help shows the form with two signs.
        """
        assert f"%%{name}" in _help(name, "cell")

    @pytest.mark.parametrize("name", LINE_MAGICS)
    def test_is_told(self, name):
        """
        A reader of the README and the notebooks meets every magic.
        """
        assert _tells(TOLD, f"%{name}")

    @pytest.mark.parametrize(
        "grammar", [*LINES.values(), *CELLS.values()], ids=lambda each: each.magic
    )
    def test_help_tells_every_flag(self, grammar):
        """
        Each flag that a line takes is in its help, or in the help that it points to.
        """
        name = grammar.magic.partition(" ")[0]
        text = _help(name)
        pointed = [other for other in LINE_MAGICS if f"%{other}?" in text]
        known = "\n".join([text, *map(_help, pointed)])

        flags = [f"--{each.name}" for each in grammar.flags]
        assert [flag for flag in flags if flag not in known] == []

    @pytest.mark.parametrize("name", LINE_MAGICS)
    def test_python_form_exists(self, name):
        """
        The Python functions that a magic's help names can be called.
        """
        from machina_lab import notebook

        same = _help(name).partition("The same in Python:")[2]
        same = re.sub(r" \(which [^)]*\)", "", same)
        listed = re.match(r"([\w,\s]+?) of\s+machina_lab\.notebook", same.strip())
        names = re.findall(r"machina_lab\.notebook\.(\w+)", same)
        if listed:
            names += re.findall(r"\w+", re.sub(r"\band\b", "", listed[1]))

        assert names
        assert [each for each in names if not callable(getattr(notebook, each))] == []

    @pytest.mark.parametrize("place", ["README", *TOUR])
    def test_told_magics_exist(self, place):
        """
        No text names a magic that is not there.
        """
        text = README if place == "README" else TOUR[place]
        used = set(re.findall(r"(?:^|`)%{1,2}([a-z_]\w+)", text, re.MULTILINE))
        known = {name for _, name in (*IPYTHONS, *MAGICS)}
        for verb in re.findall(r'function_name="(\w+)"', text):
            known |= {verb, f"{verb}_pair", f"{verb}_list"}

        assert sorted(used - known) == []


class TestOptions:
    def test_a_lab_explains_its_options(self):
        """
        `Lab?` explains every option that a lab takes, and takes every one it explains.
        """
        explained = _arguments(Lab)
        taken = [
            each for each in inspect.signature(Lab).parameters if each != "unknown"
        ]

        assert explained == taken
        assert sorted(DEFAULTS.keys() - FACTORY_ONLY - set(explained)) == []

    def test_a_factory_names_its_options(self):
        """
        `lab.factory?` names every option that a factory takes.
        """
        text = inspect.getdoc(Lab.factory) or ""
        options = [*(DEFAULTS.keys() - LAB_ONLY), "hooks", "name"]

        assert [each for each in options if not _tells(text, each)] == []


class TestHooks:
    def test_readme_tells_them_in_their_order(self):
        """
        The README names all hooks, in the order they run.
        """
        told = re.findall(r"`((?:before|after)_\w+)`", README)

        assert tuple(told) == HOOKS

    @pytest.mark.parametrize("name", HOOKS)
    def test_tour_shows_it(self, name):
        """
        A notebook shows every hook.
        """
        assert any(_tells(text, name) for text in TOUR.values())


def _families():
    """
    Return each public error -> its nearest public base, and the built-ins it joins.
    """
    ours = {
        value: name
        for name, value in vars(errors).items()
        if isinstance(value, type)
        and issubclass(value, errors.MachinaError)
        and not name.startswith("_")
    }
    families = {}
    for cls, name in ours.items():
        parent = next((base for base in cls.__mro__[1:] if base in ours), object)
        new = [each for each in cls.__mro__ if not issubclass(parent, each)]
        own = [each for each in new if each.__module__ == errors.__name__]
        bases = {base for each in own for base in each.__bases__} - {*parent.__mro__}
        builtin = {each.__name__ for each in bases if each.__module__ == "builtins"}
        families[name] = parent.__name__, builtin
    return families


def _told_families():
    """
    Return the same as the tree at the top of errors.py tells it.
    """
    families = {}
    above = {-1: "Exception"}
    for line in re.findall(r"^ *\* .*$", errors.__doc__, re.MULTILINE):
        depth = line.index("*")
        parent = above[max(each for each in above if each < depth)]
        names = re.findall(r"([A-Z]\w+)(?: \(([^)]*)\))?", line)
        for name, beside in names:
            shared = beside or names[-1][1]
            families[name] = parent, set(re.findall(r"[A-Z]\w+", shared))
        above = {each: name for each, name in above.items() if each < depth}
        above[depth] = names[0][0]
    return families


class TestErrors:
    def test_family_tree_is_right(self):
        """
        The tree at the top of errors.py is the tree of the classes.
        """
        families, told = _families(), _told_families()
        del families["MachinaError"], told["MachinaError"]

        assert told == families

    @pytest.mark.parametrize("name", sorted(_families()))
    def test_says_when_it_is_raised(self, name):
        """
        Every error has words of its own, not those of its base.
        """
        own = vars(getattr(errors, name)).get("__doc__") or ""

        assert own.strip().splitlines()[0].endswith(".")


class TestNames:
    @pytest.mark.parametrize("name", machina_lab.__all__)
    def test_explains_itself(self, name):
        """
        `name?` says something about every public name.
        """
        value = getattr(machina_lab, name)

        assert (inspect.getdoc(value) or "").strip()

    @pytest.mark.parametrize(
        "name",
        sorted(set(machina_lab.__all__) - _families().keys() - CALLED_BY_IPYTHON),
    )
    def test_is_told(self, name):
        """
        A reader of the README and the notebooks meets every public name but errors.
        """
        assert _tells(TOLD, name)

    @pytest.mark.parametrize("place", ["README", *TOUR])
    def test_told_names_exist(self, place):
        """
        No text imports a name that is not there.
        """
        text = README if place == "README" else TOUR[place]
        lines = re.findall(
            r"^(?:>>> )?from machina_lab import ([\w, ]+)", text, re.MULTILINE
        )
        names = {name for line in lines for name in re.findall(r"\w+", line)}

        rooms = {each.name for each in pkgutil.iter_modules(machina_lab.__path__)}

        assert sorted(names - set(machina_lab.__all__) - rooms) == []


class TestReadme:
    def test_words_are_the_designs(self):
        """
        The table of words has the words of the design, in their order.
        """
        table = README.partition("## Words")[2].partition("\n## ")[0]
        words = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)

        assert words == ["word", *WORDS]

    @pytest.mark.parametrize("place", ["README", *TOUR])
    def test_one_word_for_one_thing(self, place):
        """
        No text uses another project's word for a thing that has one here.
        """
        text = README if place == "README" else TOUR[place]

        found = [
            w for w in OTHER_WORDS if re.search(rf"\b{w}s?\b", text, re.IGNORECASE)
        ]
        assert found == []

    def test_lists_every_notebook(self):
        """
        "Read on" has one line for each notebook, in their order, and no other.
        """
        section = README.partition("## Read on")[2].partition("\n## ")[0]
        line = re.compile(r"^\* \[\w+\]\(notebooks/(\w+\.ipynb)\): \S", re.MULTILINE)

        assert line.findall(section) == [path.name for path in NOTEBOOKS]

    @pytest.mark.parametrize("place", ["README", *TOUR])
    def test_links_lead_somewhere(self, place):
        """
        Every link to a file of the project finds it.
        """
        folder = ROOT if place == "README" else ROOT / "notebooks"
        text = README if place == "README" else TOUR[place]
        targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)

        assert [each for each in targets if not (folder / each).exists()] == []
