"""
Code stays within reach: files and functions that fit into a head.
"""

import ast

from pathlib import Path

import pytest


PACKAGE = Path(__file__).parents[1] / "machina_lab"
FILES = sorted(PACKAGE.rglob("*.py"))
_FILE_LINES = 400
_FUNCTION_LINES = 60


def _name(path):
    return path.relative_to(PACKAGE).as_posix()


def test_there_is_code():
    """
    The files of every room are looked at.
    """
    rooms = {path.parent.name for path in FILES}

    assert {"core", "alchemy", "schema", "frames", "fixtures", "notebook"} <= rooms


@pytest.mark.parametrize("path", FILES, ids=_name)
class TestFile:
    def test_is_short(self, path):
        """
        A file has no more lines than can be read in one go.
        """
        lines = len(path.read_text(encoding="utf-8").splitlines())

        assert lines <= _FILE_LINES

    def test_has_short_functions(self, path):
        """
        No function is longer than a screen, its docstring not counted.
        """
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]

        sizes = {f"{each.name}:{each.lineno}": _length(each) for each in functions}
        assert {k: n for k, n in sizes.items() if n > _FUNCTION_LINES} == {}


def _length(function):
    first, last = function.lineno, function.end_lineno
    docstring = 0
    if ast.get_docstring(function, clean=False) is not None:
        text = function.body[0]
        docstring = text.end_lineno - text.lineno + 1
    return last - first + 1 - docstring
