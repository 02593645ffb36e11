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
    return _Updating(text, scaffold).run(list(keys))


class _Updating:
    """
    One pass over a module of factories.
    """

    def __init__(self, text: str, scaffold: Scaffold) -> None:
        self._text = text
        self._scaffold = scaffold
        self._tree = ast.parse(text)
        self._lines = text.splitlines()
        self._inserts: dict[int, list[str]] = {}
        self._appended: list[str] = []
        self._changed: list[str] = []
        self._added: list[str] = []
        self._left: list[str] = []

    def run(self, keys: list[str]) -> Update:
        """
        Look for what is new in the tables *keys*, and add it.
        """
        functions = _factories(self._tree)
        for key in keys:
            factory = self._scaffold.names[key].factory
            if factory in functions:
                self._complete(key, functions[factory])
            else:
                self._appended.append(self._scaffold.body(key))
                self._added.append(factory)
                self._changed.append(key)
        lines = list(self._lines)
        for at in sorted(self._inserts, reverse=True):
            lines[at:at] = self._inserts[at]
        needed = self._scaffold.imports(self._changed) if self._changed else set()
        _import(lines, self._tree, needed)
        body = "\n".join(lines).rstrip("\n")
        whole = "\n\n\n".join([body, *self._appended] if body else self._appended)
        text = whole + "\n" if self._added else self._text
        return Update(text, tuple(self._added), tuple(self._left))

    def _complete(self, key: str, function: ast.FunctionDef) -> None:
        """
        Add what one factory lacks: columns with a value, and mention of the others.
        """
        factory = self._scaffold.names[key].factory
        written = self._lines[function.lineno - 1 : function.end_lineno]
        known, mentions = _mentioned(function, written)
        entries = self._scaffold.entries(key)
        missing = [name for name in entries if name not in known]
        # Who took the comments out does not want them.
        left = self._scaffold.left(key) if mentions else {}
        unsaid = [name for name in left if name not in known]
        found = _returned(function)
        plain = found is not None and found.lineno != found.end_lineno
        if missing and not plain:
            self._left.append(f"{factory}: {', '.join(missing)}")
            return
        if found is None or not missing + unsaid:
            return
        assert found.end_lineno is not None
        indent = 2 if plain else 1
        lines = [entries[name] for name in missing]
        lines += self._scaffold.left_lines(key, unsaid, indent=indent)
        self._inserts[found.end_lineno - 1] = lines
        self._added += [f"{factory}.{name}" for name in missing + unsaid]
        self._changed += [key] if missing else []


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


def _mentioned(function: ast.FunctionDef, written: list[str]) -> tuple[set[str], bool]:
    """
    Return the names that a factory knows, and whether it says what it leaves out.
    """
    known: set[str] = set()
    mentions = inside = False
    for line in map(str.strip, written):
        inside = line.startswith("# left out:") or (inside and line.startswith("#"))
        mentions = mentions or inside
        known |= set(re.findall(r"\w+", line)) if inside else set()
    body = _returned(function)
    if body is None:
        known |= set(re.findall(r"\w+", "\n".join(written)))
    else:
        known |= {str(k.value) for k in body.keys if isinstance(k, ast.Constant)}
    return known, mentions


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
