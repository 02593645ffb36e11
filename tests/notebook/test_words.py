"""
Words of a magic line: positions, quoting, and no surprise for any text.
"""

import re

from itertools import pairwise

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.notebook.words import quote, read_words


def one(line, **options):
    (word,) = read_words(line, **options)
    return word


class TestForms:
    @pytest.mark.parametrize(
        ("source", "form", "text"),
        [
            ("admin", "bare", "admin"),
            ("-1", "bare", "-1"),
            ("a=b=c", "bare", "a=b=c"),
            ("O'Brien", "bare", "O'Brien"),
            ("^a{2,3}$", "bare", "^a{2,3}$"),
            ("$5", "bare", "$5"),
            ("café", "bare", "café"),
            ('"Jane Doe"', "quoted", "Jane Doe"),
            ("'it''s'", "quoted", "it's"),
            ('"say ""hi"""', "quoted", 'say "hi"'),
            ("''", "quoted", ""),
            ('"C:\\new"', "quoted", "C:\\new"),
            ('"$jane {x}"', "quoted", "$jane {x}"),
            ("[1, 2]", "bracketed", "[1, 2]"),
            ("('a b', ')')", "bracketed", "('a b', ')')"),
            ("$jane", "variable", "jane"),
            ("{1 + 1}", "expression", "{1 + 1}"),
            ("{'a': '}'}", "expression", "{'a': '}'}"),
            (r"{'it\'s }'}", "expression", r"{'it\'s }'}"),
        ],
    )
    def test_value(self, source, form, text):
        """
        A value's form shows in how it begins, and its text has lost its quotes.
        """
        word = one(f"x={source}")

        assert (form, text, source, "") == (
            word.form,
            word.text,
            word.source,
            word.problem,
        )

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ('x="Jane', 'the quote " is never closed'),
            ("x='it's'", r"follows '\. Write '' for a quote inside"),
            ("x=[1, 2", r"\[ is never closed"),
            ("x={1 + ", r"\{ is never closed"),
            ("x={n}-y", r"'-y' follows }"),
            ("x=$jane.name", r"Write \{jane\.name\} for an expression"),
            ("x=", "x= has no value"),
            ("x= Jane", "no space around ="),
        ],
    )
    def test_problems_are_written_on_the_word(self, line, problem):
        """
        A word that cannot be read says why and what to write instead.
        """
        assert re.search(problem, read_words(line)[0].problem)

    def test_keys_can_be_left_alone(self):
        """
        Where a line takes no attributes, a URL with = is one word.
        """
        url = "sqlite:///a.db?mode=ro"

        assert url == one(url, keys=False).text
        assert "a=b" == one("a=b", keys=False).text

    def test_a_comment_ends_the_line(self):
        """
        What stands behind a # that begins a word is not read; colours are.
        """
        words = read_words("user color=#ff0000 # a comment = 'x")

        assert ["user", "#ff0000"] == [word.text for word in words]

    @pytest.mark.parametrize(
        ("source", "expected"),
        [("--seed", True), ("-n", True), ("-5", False), ("user", False)],
    )
    def test_flags_begin_with_a_dash(self, source, expected):
        """
        A dash begins an option, unless a digit follows.
        """
        assert expected == one(source).is_flag


class TestLaws:
    @given(st.text())
    def test_reading_never_fails_and_positions_are_right(self, line):
        """
        Any text gives words that stand where they say, in order, without overlap.
        """
        words = read_words(line)

        assert all(
            line[word.value_at : word.end] == word.source
            and line[word.at : word.value_at] in ("", f"{word.key}=")
            for word in words
        )
        assert all(a.end <= b.at for a, b in pairwise(words))

    @given(st.text(), st.text())
    def test_quoted_texts_come_back(self, first, second):
        """
        What `quote` wrote is read back as the same text, whatever stands behind it.
        """
        words = read_words(f"user a={quote(first)} b.c={quote(second)}")

        assert [("a", first), ("b.c", second)] == [
            (word.key, word.text) for word in words[1:]
        ]
        assert not any(word.problem for word in words)
