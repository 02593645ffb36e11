"""
Every magic is in the table, is documented, and has a plain function.
"""

import pytest

from machina_lab import notebook
from machina_lab.notebook.answers import _ANSWERS, _IN_CELLS
from machina_lab.notebook.extension import _magics_classes
from machina_lab.notebook.grammars import CELLS, LINES


MAGICS = {
    name: getattr(cls, method)
    for cls in _magics_classes()
    for kind in cls.magics.values()
    for name, method in kind.items()
}


class TestContract:
    def test_the_promised_magics_are_there(self):
        """
        Every magic of the table in the README is registered.
        """
        promised = (
            "build build_pair build_list insert insert_pair insert_list params_for"
            " string_params_for params_with_assocs string_params_with_assocs factories"
            " factory sequences schema scaffold lab undo export_fixtures load_fixtures"
            " overrides derived workbench"
        )

        assert set(promised.split()) == set(MAGICS)

    def test_every_grammar_has_an_answer(self):
        """
        What can be read is answered, and nothing else.
        """
        assert LINES.keys() == _ANSWERS.keys()
        assert CELLS.keys() == _IN_CELLS.keys()
        assert {name.partition(" ")[0] for name in LINES} == set(MAGICS)

    @pytest.mark.parametrize("name", MAGICS)
    def test_help_has_usage_examples_options_and_the_function(self, name):
        """
        `%name?` begins with what it does and shows examples, every option and the twin.
        """
        text = MAGICS[name].__doc__

        assert f"%{name}" in text
        assert "Examples::" in text
        assert "The same in Python" in text
        flags = [
            flag.text
            for magic, grammar in LINES.items()
            if magic.partition(" ")[0] == name
            for flag in grammar.flags
        ]
        pointed = "Values and options as in" in text or "Options as in" in text
        assert pointed or [] == [flag for flag in flags if flag not in text]

    def test_every_function_is_there_and_documented(self):
        """
        The plain functions can be imported and say which magic they are.
        """
        for name in notebook._FUNCTIONS:
            function = getattr(notebook, name)

            assert function.__doc__
            assert name in dir(notebook)
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            _ = notebook.nothing
