"""
The lab's widgets: forms and explorers for notebooks, of plain ipywidgets.

Each is a pure function from the lab to plain data, and a class that shows it; each says
in code what it does, and reads as text and HTML where widgets do not run.
"""

from __future__ import annotations

from machina_lab.widgets.derived_factories import DerivedFactories, derived
from machina_lab.widgets.override_form import OverrideForm, override_form
from machina_lab.widgets.schema_explorer import SchemaExplorer, schema_explorer
from machina_lab.widgets.sequence_inspector import (
    SequenceInspector,
    sequence_inspector,
)
from machina_lab.widgets.workbench import Workbench, workbench


__all__ = [
    "DerivedFactories",
    "OverrideForm",
    "SchemaExplorer",
    "SequenceInspector",
    "Workbench",
    "derived",
    "override_form",
    "schema_explorer",
    "sequence_inspector",
    "workbench",
]
