"""
The magics that show widgets, and the one that writes a cell.
"""

import ast

import pytest

from tests.support.shells import bundle


class TestWidgets:
    @pytest.mark.parametrize(
        ("source", "kind"),
        [
            ("%overrides customer", "OverrideForm"),
            ("%overrides customer+admin", "OverrideForm"),
            ("%derived", "DerivedFactories"),
            ("%sequences --widget", "SequenceInspector"),
            ("%schema --widget", "SchemaExplorer"),
            ("%workbench", "Workbench"),
        ],
    )
    def test_the_widget_is_the_result(self, cell, source, kind):
        """
        Each magic returns its widget, so that it can be kept in a variable.
        """
        ran = cell(source)

        assert kind == type(ran.result).__name__, ran.stdout

    def test_unknown_factory(self, cell):
        """
        A form for a factory that is not there is one line.
        """
        assert "Did you mean 'customer'" in cell("%overrides custmer").stdout


class TestScaffold:
    def test_writes_a_factory_into_a_new_cell(self, ip, cell):
        """
        %scaffold puts the source of a table's factory below, and shows nothing.
        """
        ran = cell("%scaffold order_lines")

        assert (None, "") == (ran.result, ran.stdout)
        assert "order_line" in {
            node.name
            for node in ast.walk(ast.parse(ip.rl_next_input))
            if isinstance(node, ast.FunctionDef)
        }

    def test_unknown_table(self, cell):
        """
        A table that is not there is one line with the nearest.
        """
        assert "order_lines" in cell("%scaffold order_linse").stdout


class TestDiagram:
    @pytest.mark.parametrize("line", ["%schema --diagram", "%schema orders --diagram"])
    def test_is_a_picture(self, ip, cell, line):
        """
        %schema --diagram shows a picture that needs no network; the theme can be set.
        """
        picture = bundle(ip, cell(line).result)["text/html"]
        cell("%config MachinaLab.theme = 'dark'")
        dark = bundle(ip, cell(line).result)["text/html"]

        assert "data:image/svg+xml;base64," in picture
        assert "color-scheme: dark" in dark
        assert "color-scheme" not in picture

    def test_tells_what_a_terminal_cannot_show(self, cell, tmp_path):
        """
        As text it lists the foreign keys; it is SVG and can be saved.
        """
        near = cell("%schema orders --diagram").result
        whole = cell("%schema --diagram").result

        assert ["order_lines.order_id", "orders.customer_id"] == sorted(
            line.split(" = ")[0] for line in repr(near).splitlines()
        )
        assert set(repr(near).splitlines()) < set(repr(whole).splitlines())
        assert near.startswith("<svg")
        assert near == near.save(tmp_path / "orders.svg").read_text()

    def test_without_foreign_keys(self, cell):
        """
        Tables that stand alone are told to.
        """
        cell("%lab connect sqlite://")

        assert "no table points to another" == repr(cell("%schema --diagram").result)
