"""
Pages: facts, tables and code as text and as HTML.
"""

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.notebook.display import Code, Facts, Grid, Page, cut, rows_by_table


class Odd:
    def __repr__(self):
        raise ValueError("no repr")


class TestPage:
    @given(st.text(), st.text(), st.text())
    def test_html_holds_no_markup_of_ours_users(self, title, label, value):
        """
        Whatever is shown, a tag in it is text.
        """
        tag = "<img src=x onerror=alert(1)>"
        page = Page(
            title + tag,
            (
                Facts({label + tag: value + tag}),
                Grid(tag + label, (tag,), [(tag + value,)]),
                Code(tag, value + tag),
            ),
        )
        html = page._repr_mimebundle_()["text/html"]

        assert "<img" not in html
        assert "&lt;img" in html

    def test_text_reads_as_a_table(self):
        """
        In a terminal columns are aligned and parts are set apart.
        """
        page = Page(
            "Lab", (Facts({"a": 1, "long": "x"}), Grid("T", ("n", "m"), [(1, "two")]))
        )

        assert "Lab\n\na     1\nlong  x\n\nT\n  n  m\n  1  two" == repr(page)


class TestCut:
    def test_long_values_are_cut(self):
        """
        A value of ten megabytes is shown by its beginning, on one line.
        """
        assert len(cut("x\n" * 5_000_000)) <= 300
        assert len(repr(Code("Source", "x" * 10_000_000).text())) < 30_000

    def test_a_repr_that_fails(self):
        """
        A value whose repr raises is still shown.
        """
        assert "<Odd whose repr raises ValueError>" == cut(Odd())

    def test_lines_become_one(self):
        """
        Line breaks do not break tables.
        """
        assert "a b" == cut("a\n  b")


def test_rows_by_table_are_sorted():
    """
    The same rows are always told in the same words.
    """
    assert "a 1, b 2,000" == rows_by_table({"b": 2000, "a": 1})
