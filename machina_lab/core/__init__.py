"""
The factory engine. Standard library only.
"""

from __future__ import annotations

from machina_lab.core import kinds as _kinds
from machina_lab.core.associations import assoc, assoc_list
from machina_lab.core.casting import casters
from machina_lab.core.factories import Factory
from machina_lab.core.lazies import lazy, literal
from machina_lab.core.merging import evaluate_lazy_attributes, merge_attributes
from machina_lab.core.sequences import sequence, sequences
from machina_lab.core.strategies import Strategy, name_from_record


__all__ = [
    "Factory",
    "Strategy",
    "assoc",
    "assoc_list",
    "casters",
    "evaluate_lazy_attributes",
    "lazy",
    "literal",
    "merge_attributes",
    "name_from_record",
    "sequence",
    "sequences",
]

del _kinds  # imported for what it registers
