"""
The line grammar: what a line means, and errors that point at the word.
"""

from contextlib import suppress

import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.errors import LineError, MachinaError, OptionError
from machina_lab.notebook.grammars import CELLS, LINES
from machina_lab.notebook.lines import flattened, nested, read_line


BUILD = LINES["build"]
BUILD_LIST = LINES["build_list"]


def pointed_at(error):
    return error.line[error.at : error.at + error.length]


class TestReading:
    def test_names_attributes_and_options_in_any_order(self):
        """
        Options may stand before, between and behind names and attributes.
        """
        line = read_line("--records 5 user+admin a=1 --seed 3 b.c='x y'", BUILD_LIST)

        assert ["5", "user+admin"] == [word.text for word in line.names]
        assert [("a", "1"), ("b.c", "x y")] == [
            (word.key, word.text) for word in line.attributes
        ]
        assert {"records": None, "seed": "3"} == {
            name: word and word.text for name, word in line.flags.items()
        }

    def test_option_values_may_follow_an_equals_sign(self):
        """
        `--seed=3` is `--seed 3`.
        """
        line = read_line("user --seed=3", BUILD)

        assert "3" == line.flags["seed"].text

    def test_a_semicolon_asks_for_silence(self):
        """
        A `;` at the end is no part of the last value.
        """
        line = read_line("user a=b;", BUILD)

        assert line.silent
        assert "b" == line.attributes[0].text

    def test_a_semicolon_inside_quotes_is_text(self):
        """
        A `;` inside quotes stays, and asks for nothing.
        """
        line = read_line("user a='b;'", BUILD)

        assert not line.silent
        assert "b;" == line.attributes[0].text


class TestErrors:
    @pytest.mark.parametrize(
        ("source", "message", "word"),
        [
            ("", r"FACTORY is missing\. Use: %build \[options\] FACTORY", " "),
            ("user name='x", "never closed", "name='x"),
            ("user name=Jane Doe", r'name="Jane Doe"', "Doe"),
            ("user name = Jane", "'name' is not ATTR=VALUE", "name"),
            ("user a=1 =b", "Write ATTR=VALUE without spaces", "=b"),
            ("user + admin", r"Write FACTORY\+VARIANT without spaces", "+"),
            ("user+ admin", r"Write FACTORY\+VARIANT without spaces", "admin"),
            ("user a=C+ x", r'Quote values with spaces: a="C\+ x"', "x"),
            ("user --help", r"%build\? shows the help", "--help"),
            ("-h", r"%build\? shows the help", "-h"),
            ("user a=1 a=2", "a is given twice", "a=2"),
            ("user a=1 a.b=2", "a and a.b are both given", "a.b=2"),
            ("user a.b=1 a=2", "a and a.b are both given", "a=2"),
            ("user --seed", "--seed needs a value: --seed N", "--seed"),
            ("user --seed a=1", "--seed needs a value", "--seed"),
            ("user --deep=1", "--deep takes no value", "--deep=1"),
            ("user --seed 1 --seed 2", "--seed is given twice", "--seed"),
        ],
    )
    def test_points_at_the_word(self, source, message, word):
        """
        The error says what is wrong and where the wrong word stands in the whole line.
        """
        with pytest.raises(LineError, match=message) as caught:
            read_line(source, BUILD)

        assert f"%build {source}" == caught.value.line
        assert word == (pointed_at(caught.value) or " ")

    def test_unknown_option_names_the_nearest(self):
        """
        A mistyped option is refused with the right one, on one line.
        """
        with pytest.raises(
            OptionError, match=r"'--sed' for %build.*'--seed'"
        ) as caught:
            read_line("user --sed 3", BUILD)

        assert "\n" not in str(caught.value)

    def test_count_must_be_a_number(self):
        """
        A count that is no number is an error that shows the right order.
        """
        line = read_line("user 5", BUILD_LIST)

        with pytest.raises(LineError, match=r"'user' is not a whole number"):
            line.number(line.names[0])

    @given(st.text(), st.sampled_from([*LINES.values(), *CELLS.values()]))
    def test_any_text_is_read_or_refused_by_us(self, source, grammar):
        """
        No text makes reading fail with anything but our own error.
        """
        with suppress(MachinaError):
            assert read_line(source, grammar).grammar is grammar


class TestNesting:
    def test_dots_become_mappings(self):
        """
        Dotted names reach into associations to any depth.
        """
        items = [("a.b.c", 1), ("a.b.d", 2), ("e", 3)]

        assert {"a": {"b": {"c": 1, "d": 2}}, "e": 3} == nested(items)

    @given(
        st.dictionaries(
            st.sampled_from("abc"),
            st.dictionaries(st.sampled_from("xyz"), st.integers(), min_size=1)
            | st.integers(),
        )
    )
    def test_flattening_is_undone_by_nesting(self, overrides):
        """
        Flattened overrides, nested again, are the same.
        """
        assert overrides == nested(flattened(overrides))
