"""
Outlines of bodies: what their text tells, and when it may be believed.
"""

import importlib.util
import linecache
import textwrap

from machina_lab import Lab
from machina_lab.core.outlines import outline_of


def _module(path, text):
    path.write_text(textwrap.dedent(text))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestOutline:
    def test_tells_what_may_need_working_out(self):
        """
        Constants, f-strings and sequences are plain; names and lambdas may not be.
        """
        from machina_lab import assoc, sequence

        outside = 3

        def body():
            return {
                "plain": 1,
                "text": f"{outside}",
                "number": sequence("n", lambda n: f"{n}"),
                "name": outside,
                "lazy": lambda: 1,
                "other": assoc("user"),
            }

        outline = outline_of(body)

        assert dict is outline.cls
        assert ("name", "lazy", "other") == outline.pending

    def test_several_statements_tell_nothing(self):
        """
        A body that does more than return is looked at as it runs.
        """

        def body():
            made = {"x": 1}
            made["y"] = 2
            return made

        assert outline_of(body) is None

    def test_edited_file_is_not_believed(self, tmp_path):
        """
        A file that was edited after its import does not say what the function does.
        """
        path = tmp_path / "edited_factories.py"
        module = _module(
            path,
            """
            def user_factory():
                return {"name": lambda: "Jane"}
            """,
        )
        path.write_text('\ndef user_factory():\n    return {"name": "Al", "x": 1}\n')
        linecache.checkcache()
        lab = Lab()
        lab.include(module)

        assert outline_of(module.user_factory) is None
        assert {"name": "Jane"} == lab.build("user")

    def test_closures_are_believed(self):
        """
        A function that uses names of the one around it is read as well.
        """
        name = "Jane"

        def body():
            return {"name": name}

        assert ("name",) == outline_of(body).pending

    def test_names_bound_inside_are_not_taken_for_outer_ones(self):
        """
        A formatter's parameter hides the type of that name: its call may give a lazy.
        """
        from machina_lab import sequence

        def late(_):
            return lambda: "late"

        def body():
            return {"x": sequence("n", lambda n, str=late: str(n))}  # noqa: A006

        assert ("x",) == outline_of(body).pending

    def test_body_that_binds_names_tells_nothing(self):
        """
        With `:=` a name need not stand for what it stands for outside.
        """

        def body():
            return {"x": (str := lambda n: len), "y": str(1)}  # noqa: A001

        assert outline_of(body) is None

    def test_holds_until_a_name_stands_for_something_else(self):
        """
        The outline says itself whether what it relies on still stands.
        """
        kind = str

        def body():
            return {"x": kind(1)}

        outline = outline_of(body)
        assert () == outline.pending
        assert outline.holds()

        kind = int

        assert not outline.holds()
