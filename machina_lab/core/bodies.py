"""
Reading a factory's body without running it.

Its text tells which class it returns, so that completion and generated functions know
its fields before anything is built; `outlines` reads more from it.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
import typing

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any, Protocol


def source_of(function: Callable[..., Any]) -> str:
    """
    Return the text of *function*, or "".
    """
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


def model_of(function: Callable[..., Any]) -> type | None:
    """
    Return the class whose records *function* returns, as far as its text tells.

    A return annotation counts if it names a class with fields (mapped, dataclass,
    attrs, pydantic, named tuple); else the class that every `return` calls. The
    function is not run.
    """
    annotated = _annotated(function)
    if annotated is not None:
        cls = annotated if isinstance(annotated, type) else None
        return cls if has_fields(cls) else None
    called = _called_in_returns(function)
    return called if called is not None and not _is_plain(called) else None


def has_fields(cls: object) -> bool:
    """
    Return whether *cls* is a class that tells its fields.
    """
    if not isinstance(cls, type):
        return False
    marks = ("__mapper__", "__dataclass_fields__", "__attrs_attrs__", "model_fields")
    named_tuple = issubclass(cls, tuple) and hasattr(cls, "_fields")
    return named_tuple or any(hasattr(cls, mark) for mark in marks)


def _is_plain(cls: type) -> bool:
    return cls.__module__ in ("builtins", "datetime", "decimal", "uuid")


def _annotated(function: Callable[..., Any]) -> object:
    annotation = getattr(function, "__annotations__", {}).get("return")
    if not isinstance(annotation, str):
        return annotation
    try:
        return typing.get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001 - a name that does not resolve is nobody's model
        return resolve(function, annotation)


def _called_in_returns(function: Callable[..., Any]) -> type | None:
    tree = parsed(function)
    if tree is None:
        return None
    found = {
        ast.unparse(each.value.func)
        if isinstance(each.value, ast.Call)
        and isinstance(each.value.func, ast.Name | ast.Attribute)
        else ""
        for each in _returns(tree)
    }
    if len(found) != 1:
        return None
    cls = resolve(function, found.pop())
    return cls if isinstance(cls, type) else None


def parsed(function: Callable[..., Any]) -> ast.FunctionDef | None:
    """
    Return the function's syntax tree, if its text is really the text of what runs.

    A file may have been edited since it was imported; then the text tells nothing.
    """
    text = source_of(function)
    try:
        tree = ast.parse(text) if text else None
    except SyntaxError:
        return None
    first = tree.body[0] if tree is not None and tree.body else None
    if not isinstance(first, ast.FunctionDef):
        return None
    # A decorated body runs its wrapper, whose code is not that of the text.
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return first if code is not None and _is_code_of(first, code) else None


def _is_code_of(tree: ast.FunctionDef, code: CodeType) -> bool:
    bare = ast.FunctionDef(**{**dict(ast.iter_fields(tree)), "decorator_list": []})
    # Names of an enclosing function are names of one here as well.
    cells = [ast.parse(f"{name} = None").body[0] for name in code.co_freevars]
    outer = ast.parse("def outer(): pass")
    enclosing = outer.body[0]
    assert isinstance(enclosing, ast.FunctionDef)
    enclosing.body = [*cells, bare]
    compiled = compile(ast.fix_missing_locations(outer), "<body>", "exec")
    (made,) = _nested(compiled)
    return any(_same_code(each, code) for each in _nested(made))


def _nested(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _same_code(one: CodeType, other: CodeType) -> bool:
    marks = ("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars")
    if any(getattr(one, mark) != getattr(other, mark) for mark in marks):
        return False
    if len(one.co_consts) != len(other.co_consts):
        return False
    return all(
        _same_code(a, b)
        if isinstance(a, CodeType) and isinstance(b, CodeType)
        else (type(a), a) == (type(b), b)
        for a, b in zip(one.co_consts, other.co_consts, strict=True)
    )


def _returns(tree: ast.FunctionDef) -> Iterator[ast.Return]:
    """
    Yield the `return` statements of the function itself, not of functions inside it.
    """
    open_nodes: list[ast.AST] = list(tree.body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.Return):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            open_nodes.extend(ast.iter_child_nodes(node))


class Scope(Protocol):
    """
    Where names are looked up: a module's globals, or the cells of a closure.
    """

    def get(self, name: str, /) -> Any:
        """
        Return what *name* stands for now, or None.
        """


class _Cells:
    """
    The names that a function takes from the one around it.
    """

    __slots__ = ("_cells",)

    def __init__(self, function: FunctionType) -> None:
        names = function.__code__.co_freevars
        self._cells = dict(zip(names, function.__closure__ or (), strict=True))

    def get(self, name: str) -> Any:
        """
        Return what the cell holds; None while nothing is in it.
        """
        try:
            return self._cells[name].cell_contents
        except ValueError:
            return None


def scope_of(function: Callable[..., Any], name: str) -> Scope:
    """
    Return where *function* looks up a name that it does not bind itself.
    """
    target = inspect.unwrap(getattr(function, "__func__", function))
    if not isinstance(target, FunctionType):
        return {}
    inner = name in target.__code__.co_freevars
    return _Cells(target) if inner else target.__globals__


def resolve(function: Callable[..., Any], dotted: str) -> Any:
    """
    Return what a dotted name in the text of *function* stands for now, or None.
    """
    first, *rest = dotted.split(".")
    value = scope_of(function, first).get(first)
    if value is None:
        value = vars(builtins).get(first)
    for name in rest:
        value = getattr(value, name, None)
    return value
