"""
Reading a factory's body without running it.

Its text tells which class it returns, so that completion and generated functions know
its fields before anything is built, and which attributes can need working out, so that
a build does not have to look at the others. Names are looked up when a factory is first
built; one that is bound to something else later on is not noticed.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import typing

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass
from types import CodeType, FunctionType
from typing import Any, Final

from machina_lab.core.associations import assoc, assoc_list
from machina_lab.core.lazies import DEFERRED, lazy
from machina_lab.core.sequences import sequence


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
        return _resolve(function, annotation)


def _called_in_returns(function: Callable[..., Any]) -> type | None:
    tree = _parsed(function)
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
    cls = _resolve(function, found.pop())
    return cls if isinstance(cls, type) else None


def _parsed(function: Callable[..., Any]) -> ast.FunctionDef | None:
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


def _resolve(function: Callable[..., Any], dotted: str) -> object:
    first, *rest = dotted.split(".")
    target = inspect.unwrap(getattr(function, "__func__", function))
    if not isinstance(target, FunctionType):
        return None
    names = {**vars(sys.modules["builtins"]), **target.__globals__}
    for name, cell in zip(
        target.__code__.co_freevars, target.__closure__ or (), strict=True
    ):
        try:
            names[name] = cell.cell_contents
        except ValueError:
            # The name is bound later in the enclosing function.
            continue
    value = names.get(first)
    for name in rest:
        value = getattr(value, name, None)
    return value


@dataclass(frozen=True, slots=True)
class Outline:
    """
    What the text of a body tells of the attributes it returns.

    Attributes:
        cls: The class that it calls; `dict` for a dict display.
        keys: Every attribute that it gives.
        pending: Those that may be lazy or an association, in order.
    """

    cls: type
    keys: frozenset[str]
    pending: tuple[str, ...]


#: Calls whose results need working out.
_DEFERRING: Final = (lazy, assoc, assoc_list)
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


def outline_of(function: Callable[..., Any]) -> Outline | None:
    """
    Return the outline of a body that is one `return` of a dict display or of a call.

    None for any other body, whose results are looked at as they come.
    """
    tree = _parsed(function)
    if tree is None:
        return None
    statements = [each for each in tree.body if not _is_docstring(each)]
    if len(statements) != 1 or not isinstance(statements[0], ast.Return):
        return None
    made = statements[0].value
    if isinstance(made, ast.Dict):
        cls: Any = dict
        pairs = [
            (_text(key), value)
            for key, value in zip(made.keys, made.values, strict=True)
        ]
    elif isinstance(made, ast.Call) and not made.args:
        cls = _resolve(function, ast.unparse(made.func))
        pairs = [(each.arg, each.value) for each in made.keywords]
    else:
        return None
    if not isinstance(cls, type) or any(key is None for key, _ in pairs):
        return None
    pending = tuple(
        key for key, value in pairs if key and not _is_plain_value(function, value)
    )
    return Outline(cls, frozenset(key for key, _ in pairs if key), pending)


def makes_plainly(cls: type, keys: frozenset[str]) -> bool:
    """
    Return whether a call of *cls* with *keys* adds nothing that has to be worked out.

    True only for dataclasses whose constructor is generated and whose other defaults
    are plain values.
    """
    fields: dict[str, Any] | None = getattr(cls, "__dataclass_fields__", None)
    made_by = getattr(cls.__init__, "__code__", None)  # type: ignore[misc]  # of a class
    generated = made_by is not None and made_by.co_filename == "<string>"
    if fields is None or not generated or hasattr(cls, "__post_init__"):
        return False
    return all(
        type(each.default) not in DEFERRED
        and (each.default_factory is MISSING or each.default_factory in _COLLECTIONS)
        for name, each in fields.items()
        if name not in keys
    )


_COLLECTIONS: Final = (list, dict, set, tuple)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _text(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _is_plain_value(function: Callable[..., Any], node: ast.expr) -> bool:
    """
    Return whether *node* can be nothing but a plain value.
    """
    if isinstance(node, _PLAIN_NODES):
        return True
    if isinstance(node, ast.UnaryOp):
        return _is_plain_value(function, node.operand)
    if isinstance(node, ast.BinOp):
        return _is_plain_value(function, node.left)
    return isinstance(node, ast.Call) and _calls_plainly(function, node)


def _calls_plainly(function: Callable[..., Any], node: ast.Call) -> bool:
    on = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(on, ast.Constant):
        # A method of a text or a number.
        return True
    called = _resolve(function, ast.unparse(node.func)) if _is_name(node.func) else None
    if called is sequence:
        return _formats_plainly(function, node)
    return isinstance(called, type) and called.__module__ in _VALUE_MODULES


_VALUE_MODULES: Final = ("builtins", "datetime", "decimal", "uuid", "fractions")


def _is_name(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return _is_name(node.value)
    return isinstance(node, ast.Name)


def _formats_plainly(function: Callable[..., Any], node: ast.Call) -> bool:
    if len(node.args) < 2:  # noqa: PLR2004 - name and formatter
        return not node.keywords or all(
            each.arg == "start_at" for each in node.keywords
        )
    formatter = node.args[1]
    if isinstance(formatter, ast.Lambda):
        return _is_plain_value(function, formatter.body)
    if isinstance(formatter, ast.List | ast.Tuple):
        return all(_is_plain_value(function, each) for each in formatter.elts)
    if isinstance(formatter, ast.Attribute):
        return isinstance(formatter.value, ast.Constant)
    return _is_name(formatter) and _resolve(function, ast.unparse(formatter)) in (
        int,
        str,
    )
