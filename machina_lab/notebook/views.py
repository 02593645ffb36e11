"""
Widgets, as magics and as plain functions show them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from machina_lab.notebook.desk import desk
from machina_lab.notebook.loops import loop
from machina_lab.notebook.waiting import find


def overrides(name: Any) -> Any:
    """
    Return a form for a factory's attributes (`%overrides`).

    Raises:
        UndefinedFactoryError: There is no such factory.
    """
    path = find(name).path
    return _widgets().override_form(desk.lab, path, wait=loop.run)


def derived() -> Any:
    """
    Return the tree of factories, variants and hooks (`%derived`).
    """
    return _widgets().derived(desk.lab)


def workbench() -> Any:
    """
    Return all of it in one window (`%workbench`).
    """
    return _widgets().workbench(desk.lab, wait=loop.run)


def sequence_inspector() -> Any:
    """
    Return the sequences, to look at and to move (`%sequences --widget`).
    """
    return _widgets().sequence_inspector(desk.lab, wait=loop.run)


def schema_explorer() -> Any:
    """
    Return the tables, to walk through (`%schema --widget`).
    """
    return _widgets().schema_explorer(desk.lab, wait=loop.run)


def _widgets() -> Any:
    # Loaded on first use, as ipywidgets takes a while.
    return import_module("machina_lab.widgets")
