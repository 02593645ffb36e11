"""
Frames read well as text and as HTML, and show nothing but text.
"""

from html.parser import HTMLParser

import pandas as pd
import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.frames import frame
from tests.frames.people import Person


@pytest.fixture(autouse=True)
def _terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


class Cells(HTMLParser):
    """
    Reads the texts and tags of a piece of HTML.
    """

    def __init__(self, html):
        super().__init__()
        self.tags = set()
        self.cells = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        del attrs
        self.tags.add(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def test_text():
    """
    In a terminal: texts to the left, numbers to the right, the caption below.
    """
    df = frame(
        [{"n": 5, "name": "Jane"}, {"n": 10, "name": None}], caption="built 2 users"
    )

    assert repr(df).splitlines() == [
        "    n  name",
        "0   5  Jane",
        "1  10  <NA>",
        "built 2 users",
    ]


def test_text_is_no_wider_than_the_terminal():
    """
    Columns that do not fit go below, with the row labels again.
    """
    lines = repr(frame([Person(), Person()])).splitlines()

    assert max(map(len, lines)) <= 80
    assert "" in lines


def test_wide_characters_line_up():
    """
    Characters of double width keep the columns straight.
    """
    df = frame([{"a": "東京", "b": 1}, {"a": "Rome", "b": 2}])

    assert repr(df).splitlines()[1:] == ["0  東京  1", "1  Rome  2"]


def test_empty():
    """
    Nothing shows its columns, and says that there is nothing.
    """
    df = frame([], model=Person)

    assert repr(df).splitlines()[-1] == "no rows"
    assert "no rows" in df._repr_html_()
    assert ">name</th>" in df._repr_html_()


def test_numbers_line_up_without_values_too():
    """
    A column of numbers is at the right even while all of them are missing.
    """
    df = frame([Person()])

    assert '<th scope="col">id</th>' in df._repr_html_()


class TestLimits:
    def test_rows_shown(self):
        """
        A frame shows as many rows as it is told, from both ends, and says how many.
        """
        df = frame([{"a": n} for n in range(1000)], rows_shown=5)

        labels = [line.split()[0] for line in repr(df).splitlines()[1:-1]]
        assert labels == ["0", "1", "2", "…", "998", "999"]
        assert repr(df).splitlines()[-1] == "1,000 rows × 1 columns"  # noqa: RUF001

    def test_pandas_options_decide_otherwise(self):
        """
        Unless told, pandas' own display options say how many rows are shown.
        """
        df = frame([{"a": n} for n in range(1000)])

        with pd.option_context("display.max_rows", 4, "display.min_rows", 4):
            assert df._repr_html_().count("<tr>") == 1 + 4 + 1
        assert df._repr_html_().count("<tr>") == 1 + 10 + 1

    def test_slices_keep_the_setting(self):
        """
        What is cut from a frame shows as many rows as the frame.
        """
        df = frame([{"a": n} for n in range(1000)], rows_shown=5)

        assert df[10:].head(500)._repr_html_().count("<tr>") == 1 + 5 + 1

    def test_columns(self):
        """
        Of very many columns the first and the last are shown.
        """
        df = frame([{f"c{n}": n for n in range(500)}])

        with pd.option_context("display.max_columns", 4):
            heads = Cells(df._repr_html_()).cells[1:6]
        assert heads == ["c0", "c1", "…", "c498", "c499"]

    def test_short_cells_stay_on_one_line(self):
        """
        Dates and addresses are not broken at their hyphens; long texts may be.
        """
        html = frame([{"day": "2024-01-31", "note": "well - " * 8}])._repr_html_()

        assert '<td style="text-align: left; white-space: nowrap">2024-01-31<' in html
        assert '<td style="text-align: left">well - well' in html

    def test_huge_values(self):
        """
        Values of ten megabytes are short in every view.
        """
        df = frame([{"a": "x" * 10_000_000, "b": b"x" * 10_000_000}] * 100)

        assert len(repr(df)) < 5_000
        assert len(df._repr_html_()) < 5_000


class TestHtml:
    def test_escapes_everything(self):
        """
        Markup in names, values and captions is text.
        """
        evil = "<img src=x onerror=alert(1)>"
        df = frame([{evil: evil}], caption=evil)

        page = Cells(df._repr_html_())

        assert page.tags == {"div", "table", "thead", "tbody", "tr", "th", "td", "p"}
        assert page.cells[1] == evil

    def test_header_cells_say_what_they_head(self):
        """
        Screen readers learn which cells head a column and which a row; none is empty.
        """
        html = frame([{"a": 1}])._repr_html_()

        assert '<th scope="col">a</th>' in html
        assert '<th scope="row">0</th>' in html

    def test_survives_untrusted_notebooks(self):
        """
        There is no script, style sheet or handler that a notebook would take away.
        """
        html = frame([Person()])._repr_html_()

        assert not any(bad in html for bad in ("<script", "<style", "onclick", "var("))

    def test_bundle_has_text_and_html(self):
        """
        Every front end finds a form that it can show.
        """
        df = frame([Person()])

        assert df._repr_mimebundle_() == {
            "text/plain": repr(df),
            "text/html": df._repr_html_(),
        }

    def test_caption_is_gone_where_rows_are_no_records(self):
        """
        What was computed from a frame does not carry the frame's caption.
        """
        df = frame([{"a": 1}], caption="built 1")

        assert "built 1" in df.head()._repr_html_()
        assert "built 1" not in df.describe()._repr_html_()
        assert "built 1" not in df.groupby("a").sum()._repr_html_()

    def test_computed_frames_name_their_rows(self):
        """
        The name of the row labels heads them.
        """
        df = frame([{"a": 1, "b": 2}]).groupby("a").sum()

        assert "<thead><tr><th>a</th>" in df._repr_html_()

    def test_levels_are_shown_by_pandas(self):
        """
        Frames with levels look as they do in pandas.
        """
        df = frame([{"a": 1, "b": 2, "c": 3}]).set_index(["a", "b"])

        assert "<table" in df._repr_html_()
        assert "a b" in repr(df)


@given(st.lists(st.dictionaries(st.text(), st.text()), max_size=4), st.text())
def test_only_our_tags_whatever_the_data(records, caption):
    """
    No data can put a tag of its own into the HTML.
    """
    page = Cells(frame(records, caption=caption)._repr_html_())

    assert page.tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "p", "em"}


def test_shown_in_a_cell():
    """
    A shell that knows HTML gets both forms, a terminal gets text.
    """
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    df = frame([{"a": 1}], caption="built 1")

    data, _ = formatter.format(df)

    assert set(data) == {"text/plain", "text/html"}
    assert data["text/plain"] == repr(df)
