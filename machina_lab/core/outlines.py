"""
Telling from a body's text which attributes can need working out.

A build does not have to look at the others. What the text tells depends on what its
names stand for (`Person`, `sequence`, `date`); each name that was relied on is kept
with that, so that one which is bound to something else later on is noticed.
"""

from __future__ import annotations

import ast

from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

from machina_lab.core.bodies import Scope, parsed, resolve, scope_of
from machina_lab.core.lazies import DEFERRED
from machina_lab.core.sequences import sequence


@dataclass(frozen=True, slots=True)
class Outline:
    """
    What the text of a body tells of the attributes it returns.

    Attributes:
        cls: The class that it calls; `dict` for a dict display.
        keys: Every attribute that it gives.
        pending: Those that may be lazy or an association, in order.
        function: The body.
        code: The code that the text was read for.
        named: The name of the class, as in `names`; () for a dict display.
        names: The other names that the text was read by: where each is looked up, the
            name, and what it stood for there.
    """

    cls: type
    keys: frozenset[str]
    pending: tuple[str, ...]
    function: Callable[..., Any]
    code: CodeType
    named: tuple[tuple[Scope, str, Any], ...]
    names: tuple[tuple[Scope, str, Any], ...]

    def holds(self) -> bool:
        """
        Return whether the body is still the one read, and its names stand for the same.
        """
        return self.function.__code__ is self.code and all(
            scope.get(name) is value for scope, name, value in self.named + self.names
        )


def outline_of(function: Callable[..., Any]) -> Outline | None:
    """
    Return the outline of a body that is one `return` of a dict display or of a call.

    None for any other body, whose results are looked at as they come.
    """
    tree = parsed(function)
    if tree is None or any(isinstance(node, ast.NamedExpr) for node in ast.walk(tree)):
        return None
    statements = [each for each in tree.body if not _is_docstring(each)]
    if len(statements) != 1 or not isinstance(statements[0], ast.Return):
        return None
    made = statements[0].value
    text = _Text(function)
    cls: Any = dict
    named: tuple[tuple[Scope, str, Any], ...] = ()
    if isinstance(made, ast.Dict):
        pairs = [
            (_constant(key), value)
            for key, value in zip(made.keys, made.values, strict=True)
        ]
    elif isinstance(made, ast.Call) and not made.args:
        if isinstance(made.func, ast.Name):
            cls, named = resolve(function, made.func.id), (text.bound(made.func.id),)
        pairs = [(each.arg, each.value) for each in made.keywords]
    else:
        return None
    if not isinstance(cls, type) or any(key is None for key, _ in pairs):
        return None
    pending = tuple(key for key, value in pairs if key and not text.is_plain(value))
    return Outline(
        cls,
        frozenset(key for key, _ in pairs if key),
        pending,
        function,
        function.__code__,
        named,
        tuple(text.bound(name) for name in text.relied_on),
    )


_PLAIN_NODES: Final = (
    ast.Constant,
    ast.JoinedStr,
    ast.Compare,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Dict,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)
#: Modules whose classes make values, functions aside.
_VALUE_MODULES: Final = ("builtins", "datetime", "decimal", "uuid", "fractions")


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _constant(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


class _Text:
    """
    The text of one body, read for values that need no working out.

    Attributes:
        relied_on: The names that were looked up for that, in order.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.relied_on: dict[str, None] = {}

    def bound(self, name: str) -> tuple[Scope, str, Any]:
        """
        Return where a name is looked up, the name, and what it stands for there.
        """
        scope = scope_of(self._function, name)
        return scope, name, scope.get(name)

    def is_plain(self, node: ast.expr) -> bool:
        """
        Return whether *node* can be nothing but a plain value.
        """
        if isinstance(node, _PLAIN_NODES):
            return True
        if isinstance(node, ast.UnaryOp):
            return self.is_plain(node.operand)
        if isinstance(node, ast.BinOp):
            return self.is_plain(node.left)
        return isinstance(node, ast.Call) and self._calls_plainly(node)

    def _calls_plainly(self, node: ast.Call) -> bool:
        if isinstance(node.func, ast.Attribute):
            # A method of a text or a number.
            return isinstance(node.func.value, ast.Constant)
        called = self._value(node.func)
        if called is sequence:
            return self._formats_plainly(node)
        return (
            isinstance(called, type)
            and called.__module__ in _VALUE_MODULES
            and called not in DEFERRED
        )

    def _value(self, node: ast.expr) -> Any:
        """
        Return what a name stands for, and rely on it; None for any other expression.
        """
        if not isinstance(node, ast.Name):
            return None
        self.relied_on[node.id] = None
        return resolve(self._function, node.id)

    def _formats_plainly(self, node: ast.Call) -> bool:
        if len(node.args) < 2:  # noqa: PLR2004 - name and formatter
            return all(each.arg == "start_at" for each in node.keywords)
        formatter = node.args[1]
        if isinstance(formatter, ast.Lambda):
            return self._is_plain_lambda(formatter)
        if isinstance(formatter, ast.List | ast.Tuple):
            return all(map(self.is_plain, formatter.elts))
        if isinstance(formatter, ast.Attribute):
            return isinstance(formatter.value, ast.Constant)
        return self._value(formatter) in (int, str)

    def _is_plain_lambda(self, formatter: ast.Lambda) -> bool:
        # Its own parameters hide what the names stand for outside.
        hidden = {each.arg for each in ast.walk(formatter) if isinstance(each, ast.arg)}
        return self.is_plain(formatter.body) and hidden.isdisjoint(self.relied_on)
