"""
Widgets, as magics and as plain functions show them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from machina_lab.errors import MissingDependencyError, OptionError
from machina_lab.notebook.desk import desk
from machina_lab.notebook.loops import loop


def overrides(name: Any) -> Any:
    """
    Return a form for a factory's attributes (`%overrides`).

    Raises:
        UndefinedFactoryError: There is no such factory.
    """
    path = desk.lab.find(name).path
    return _widget("override_form", desk.lab, path, wait=loop.run)


def derived() -> Any:
    """
    Return the tree of factories, variants and hooks (`%derived`).
    """
    return _widget("derived", desk.lab)


def workbench() -> Any:
    """
    Return all of it in one window (`%workbench`).
    """
    return _widget("workbench", desk.lab, wait=loop.run)


def sequence_inspector() -> Any:
    """
    Return the sequences, to look at and to move (`%sequences --widget`).
    """
    return _widget("sequence_inspector", desk.lab, wait=loop.run)


def schema_explorer() -> Any:
    """
    Return the tables, to walk through (`%schema --widget`).
    """
    return _widget("schema_explorer", desk.lab, wait=loop.run)


def _widget(name: str, *args: Any, **options: Any) -> Any:
    """
    Call a function of the widgets' room.

    Raises:
        MissingDependencyError: ipywidgets is not installed.
        OptionError: This version has no such widget.
    """
    try:
        room = import_module("machina_lab.widgets")
        make = getattr(room, name, None)
    except ModuleNotFoundError as error:
        library = error.name or "ipywidgets"
        raise MissingDependencyError(library, needed_for=name) from None
    if make is None:
        raise OptionError(f"this version of machina_lab has no widget {name!r}.")
    return make(*args, **options)
