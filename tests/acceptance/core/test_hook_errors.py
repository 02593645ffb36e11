"""
Hooks that are wrong: unknown, ill-shaped, failing, or returning nothing.
"""

from dataclasses import dataclass

import pytest

from machina_lab import HookError, Lab
from tests.support.bodies import empty


STAGES = (
    "before_build_params",
    "after_build_params",
    "before_build_struct",
    "after_build_struct",
)


@dataclass
class User:
    name: str = "Jane"
    role: str = "member"


class TestErrors:
    @pytest.mark.parametrize("stage", STAGES)
    def test_returning_none(self, lab, stage):
        """
        A hook that forgets to return its value is named.
        """

        def forgetful(value):
            pass

        lab.factory(name="user", model=User, hooks={stage: forgetful})(empty)

        pattern = rf"(?s)(?=.*{stage})(?=.*user)(?=.*None)"
        with pytest.raises(HookError, match=pattern) as caught:
            lab.build("user")

        assert isinstance(caught.value, TypeError)

    def test_value_factory_may_make_none(self, lab):
        """
        A hook that was given None may return None.
        """
        hooks = {"after_build_params": lambda value: value}
        lab.factory(name="nothing", hooks=hooks)(lambda value=None: value)

        assert None is lab.build("nothing")

    @pytest.mark.parametrize("level", ["lab", "factory", "decorator"])
    def test_unknown_name(self, level):
        """
        An unknown hook name raises at definition with the nearest one.
        """
        hooks = {"after_insrt": lambda record: record}
        define = {
            "lab": lambda: Lab(hooks=hooks),
            "factory": lambda: Lab().factory(name="user", hooks=hooks)(empty),
            "decorator": lambda: Lab().hook("after_insrt")(lambda record: record),
        }

        with pytest.raises(HookError, match=r"'after_insrt'.*'after_insert'"):
            define[level]()

    @pytest.mark.parametrize(
        "wrong",
        [3, "text", lambda: 1, lambda a, b: a, [print, 3]],
        ids=["number", "text", "no argument", "two arguments", "list"],
    )
    def test_wrong_shape(self, wrong):
        """
        A hook is a function of one argument, or a list of them.
        """
        with pytest.raises(HookError, match="after_insert"):
            Lab(hooks={"after_insert": wrong})

    def test_failing_hook_keeps_its_error(self, lab):
        """
        An error inside a hook keeps its type and says where it happened.
        """
        lab.factory(
            name="user", model=User, hooks={"after_build_struct": lambda user: 1 / 0}
        )(empty)

        with pytest.raises(ZeroDivisionError, match="division") as caught:
            lab.build("user")

        assert "user" in "\n".join(caught.value.__notes__)
