"""
Bringing scaffolded source up to date without touching what a person wrote.

New columns and tables are added; whatever is there stays, line by line. A column that
only a comment mentions (`left out: …`) counts as there.
"""

from __future__ import annotations

import ast
import re

from collections.abc import Iterable
from dataclasses import dataclass

from machina_lab.schema.scaffolding import Scaffold, import_lines


@dataclass(frozen=True, slots=True)
class Update:
    """
    Source brought up to date.

    Attributes:
        text: The source.
        added: What is new in it: `user.email`, `user`.
        left: Factories that lack attributes and are written in a way of their own.
    """

    text: str
    added: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """
        Tell whether anything was missing.
        """
        return bool(self.added or self.left)


def update(text: str, scaffold: Scaffold, keys: Iterable[str]) -> Update:
    """
    Add to *text* what the tables have and it does not mention.

    Raises:
        SyntaxError: *text* is no Python.
    """
    keys = list(keys)
    tree = ast.parse(text)
    lines = text.splitlines()
    functions = _factories(tree)
    added: list[str] = []
    left: list[str] = []
    changed: list[str] = []
    inserts: dict[int, list[str]] = {}
    appended: list[str] = []
    for key in keys:
        factory = scaffold.names[key].factory
        function = functions.get(factory)
        if function is None:
            appended.append(scaffold.body(key))
            added.append(factory)
            changed.append(key)
            continue
        missing = _missing(scaffold, key, function, lines)
        if not missing:
            continue
        found = _returned(function)
        if found is None or found.lineno == found.end_lineno:
            left.append(f"{factory}: {', '.join(missing)}")
            continue
        assert found.end_lineno is not None
        inserts[found.end_lineno - 1] = list(missing.values())
        added += [f"{factory}.{name}" for name in missing]
        changed.append(key)
    for at in sorted(inserts, reverse=True):
        lines[at:at] = inserts[at]
    _import(lines, tree, scaffold.imports(changed) if changed else set())
    body = "\n".join(lines).rstrip("\n")
    whole = "\n\n\n".join([body, *appended] if body else appended)
    return Update(whole + "\n" if added else text, tuple(added), tuple(left))


def _factories(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """
    Return the functions that are decorated as factories, by the factory's name.
    """
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(call, ast.Attribute) and call.attr == "factory":
                found[_name(node, decorator)] = node
    return found


def _name(node: ast.FunctionDef, decorator: ast.expr) -> str:
    given: list[ast.expr] = []
    if isinstance(decorator, ast.Call):
        given = decorator.args + [
            k.value for k in decorator.keywords if k.arg == "name"
        ]
    for each in given:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            return each.value
    return node.name.removesuffix("_factory")


def _missing(
    scaffold: Scaffold, key: str, function: ast.FunctionDef, lines: list[str]
) -> dict[str, str]:
    written = lines[function.lineno - 1 : function.end_lineno]
    mentioned = {
        word
        for line in written
        if "# left out:" in line
        for word in re.findall(r"\w+", line.partition("# left out:")[2])
    }
    body = _returned(function)
    if body is None:
        mentioned |= set(re.findall(r"\w+", "\n".join(written)))
    else:
        mentioned |= {k.value for k in body.keys if isinstance(k, ast.Constant)}
    entries = scaffold.entries(key)
    return {name: entry for name, entry in entries.items() if name not in mentioned}


def _returned(function: ast.FunctionDef) -> ast.Dict | None:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
            return node.value
    return None


def _import(lines: list[str], tree: ast.Module, needed: set[str]) -> None:
    """
    Add the imports that are not there, behind the last one.
    """
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    known = {a.asname or a.name for n in imports for a in n.names}
    new = {name for name in needed if name.rpartition(".")[2] not in known}
    if new:
        at = max((n.end_lineno or 0 for n in imports), default=0)
        lines[at:at] = import_lines(new).splitlines()
