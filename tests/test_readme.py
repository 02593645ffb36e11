"""
The README's examples do what they show.
"""

import doctest

from pathlib import Path

from machina_lab import sequences


README = Path(__file__).parent.parent / "README.md"


def test_examples_run():
    """
    Every example in the README gives the output it shows.
    """
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    with sequences.isolated():
        failed, tried = doctest.testfile(
            str(README), module_relative=False, optionflags=flags
        )

    assert tried > 20
    assert failed == 0
