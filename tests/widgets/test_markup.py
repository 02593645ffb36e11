"""
HTML that shows what it is given and does nothing else.
"""

from html.parser import HTMLParser

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.widgets.markup import (
    code_line,
    escaped,
    grid,
    heading,
    line,
    note,
    printable,
    scrolled,
    source,
    text_table,
)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.handlers = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.handlers += [value for name, value in attrs if name.startswith("on")]


def parsed(html):
    parser = _Tags()
    parser.feed(html)
    return parser


@given(st.text())
def test_text_adds_no_tag_and_no_handler(text):
    """
    Whatever a name holds, the page gets the same tags and handlers as for a word.
    """
    for make in (
        note,
        heading,
        lambda each: code_line(each, each),
        lambda each: source(each, each),
        lambda each: scrolled(escaped(each), each),
        lambda each: grid([each], [[each]], caption=each or "x"),
    ):
        plain, hostile = parsed(make("word")), parsed(make(text or "word"))

        assert plain.tags == hostile.tags
        assert plain.handlers == hostile.handlers


def test_what_turns_text_around_is_written_out():
    """
    Characters that hide or turn text are shown as escapes.
    """
    assert printable("a\u202eb\x1bc") == r"a\u202eb\x1bc"
    assert printable("two\nlines") == "two\nlines"


class _Silent:
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        ("a\n b", "a b"),
        ([1, "x"], "[1, 'x']"),
        (_Silent(), "<_Silent whose text raises RuntimeError>"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_any_value_is_one_short_line(value, shown):
    """
    Long, broken and missing values are one short line.
    """
    assert line(value) == shown


def test_tables_for_terminals_line_up():
    """
    Columns of a text table start at the same place in every row.
    """
    assert text_table(("a", "bb"), [("long", 1)]) == "a     bb\nlong  1"


def test_copies_exactly_the_code():
    """
    The code beside the button is the code, character by character.
    """

    class Code(HTMLParser):
        text, inside = "", False

        def handle_starttag(self, tag, attrs):
            self.inside = tag == "code"

        def handle_endtag(self, tag):
            self.inside = False

        def handle_data(self, data):
            self.text += data if self.inside else ""

    parser = Code()
    parser.feed(code_line('lab.build("a<b>", x="&amp;")', "Python"))

    assert parser.text == 'lab.build("a<b>", x="&amp;")'
