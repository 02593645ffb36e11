"""
Errors in a cell: ours on one line, the user's without our frames, all catchable.
"""

import sys

import pytest

from machina_lab import MachinaError, UndefinedFactoryError


def lines(ran):
    return ran.stdout.strip().splitlines()


class TestOurs:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            (
                "%build custmer",
                "UndefinedFactoryError: no factory named 'custmer'. Did",
            ),
            (
                "%build customer nmae=x",
                "UnknownAttributeError: Customer has no attribut",
            ),
            (
                "%build customer --sed 1",
                "OptionError: unknown option '--sed' for %build",
            ),
            (
                "%build customer+admn",
                "VariantError: factory 'customer' has no variant '",
            ),
            ("%build customer born=soon", "CastError: born: 'soon' does not fit DATE"),
            ("%build_list -1 customer", "ArgumentValueError: "),
            ("%lab connect nosuch://u:pw@h/db", "RepoError: "),
            (
                "shop.build('custmer')",
                "UndefinedFactoryError: no factory named 'custmer'",
            ),
        ],
    )
    def test_one_line(self, cell, source, expected):
        """
        Our errors are one line that says what happened and what to do.
        """
        ran = cell(source)

        assert isinstance(ran.error, MachinaError)
        assert [True] == [line.startswith(expected) for line in lines(ran)]
        assert "pw" not in ran.stdout

    @pytest.mark.parametrize(
        ("source", "word"),
        [
            ("%build customer name='x", "'x"),
            ("%build customer name=Al Bo", "Bo"),
            ("%build customer name=$nobody", "name=$nobody"),
            ("%build order customer=Al", "customer=Al"),
            ("%build customer name={1 +}", "name={1 +}"),
            ("%lab comit", "comit"),
            ("%lab use shpo", "shpo"),
            ("%build customer name.first=Al", "name.first=Al"),
        ],
    )
    def test_line_errors_point_at_the_word(self, cell, source, word):
        """
        Under the message stands the line with a mark below the word.
        """
        message, shown, mark = lines(cell(source))

        at = mark.index("^")
        assert message.startswith("LineError: ")
        assert f"  {source}" == shown
        assert shown[at:].endswith(word) or shown[at:].startswith(word)

    def test_nothing_on_a_line_moves_the_cursor(self, cell):
        """
        Control characters that were pasted into a line are shown, not obeyed.
        """
        message, shown, _ = lines(cell("%build customer name=a\x1b[2J \x1b[31mb"))

        assert "\x1b" not in message + shown

    def test_they_are_caught_by_type(self, cell):
        """
        The exception is the same as ever for `except`.
        """
        ran = cell(
            "try:\n    %build custmer\nexcept LookupError as error:\n    error.name"
        )
        caught = cell(
            "try:\n    shop.build('custmer')\nexcept Exception as error:\n"
            "    kept = error"
        )

        assert ran.success
        assert caught.success
        assert UndefinedFactoryError is type(cell("kept").result)

    def test_short_errors_can_be_switched_off(self, cell):
        """
        `%config MachinaLab.short_errors = False` shows the whole traceback.
        """
        cell("%config MachinaLab.short_errors = False")

        assert "Traceback" in cell("%build custmer").stdout


class TestTheUsers:
    def test_a_failing_factory_shows_its_own_line(self, cell):
        """
        A failure in a factory shows the user's traceback, and no frame of ours.
        """
        ran = cell("%build broken")

        assert isinstance(ran.error, ZeroDivisionError)
        assert "name=1 / 0" in ran.stdout
        assert "while building factory 'broken'" in ran.stdout
        assert "machina_lab/" not in ran.stdout
        assert "interactiveshell" not in ran.stdout

    def test_a_factory_that_asks_for_a_missing_one(self, cell):
        """
        Our own error from inside a user's factory shows where it was asked for.
        """
        cell("@shop.factory\ndef outer():\n    return shop.build('custmer')")
        ran = cell("%build outer")

        assert "----> 3     return shop.build('custmer')" in ran.stdout
        assert "machina_lab/" not in ran.stdout

    def test_a_function_in_an_expression(self, cell):
        """
        What a function called in braces raises is shown with the user's frames.
        """
        cell("def fail():\n    raise FloatingPointError('deep')")
        ran = cell("%build customer name={fail()}")

        assert isinstance(ran.error, FloatingPointError)
        assert "----> 2     raise FloatingPointError('deep')" in ran.stdout
        assert "machina_lab/" not in ran.stdout

    def test_the_traceback_itself_is_whole(self, cell):
        """
        Only the display is shortened: debuggers see every frame.
        """
        error = cell("%build broken").error
        files = []
        step = error.__traceback__
        while step:
            files.append(step.tb_frame.f_code.co_filename)
            step = step.tb_next

        assert any("machina_lab" in name for name in files)

    def test_a_lab_module_that_does_not_import(self, cell, tmp_path, monkeypatch):
        """
        An error inside the module is shown with the module's own line.
        """
        (tmp_path / "bad_shop.py").write_text("from machina_lab import Lab\n1 / 0\n")
        monkeypatch.syspath_prepend(tmp_path)
        sys.modules.pop("bad_shop", None)
        ran = cell("%lab use bad_shop:lab")

        assert isinstance(ran.error, ZeroDivisionError)
        assert "----> 2 1 / 0" in ran.stdout
        assert "machina_lab/" not in ran.stdout

    def test_a_lab_module_that_lacks_another(self, cell, tmp_path, monkeypatch):
        """
        What is missing is the other module, so the user's own import is shown.
        """
        (tmp_path / "poor_shop.py").write_text("import no_such_module\n")
        monkeypatch.syspath_prepend(tmp_path)
        ran = cell("%lab use poor_shop:lab")

        assert isinstance(ran.error, ModuleNotFoundError)
        assert "----> 1 import no_such_module" in ran.stdout

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("%lab use no_such_shop:lab", "there is no module 'no_such_shop'"),
            ("%lab use math:pii", "module 'math' has no 'pii'. Did you mean math:pi?"),
            ("%lab use math:pi", "a lab is expected, not float"),
            ("%lab use :", "names no lab"),
        ],
    )
    def test_a_lab_that_is_not_there(self, cell, source, message):
        """
        A module or name that does not exist is one line with the nearest name.
        """
        ran = cell(source)

        assert message in ran.stdout
        assert 1 == len(lines(ran))
