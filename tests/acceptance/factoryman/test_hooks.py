"""
FactoryMan: chained hooks, G(randparent) P(arent) C(hild) F(actory) (rows 135-146).
"""

import pytest

from machina_lab import HookError, Lab
from tests.support.factoryman import Base, User


@pytest.fixture(name="trace")
def _trace():
    return []


@pytest.fixture(name="tag")
def _tag(trace):
    """
    Return a maker of hooks that record their tag.
    """

    def make(name):
        def hook(value):
            trace.append(name)
            return value

        return hook

    return make


STAGES = (
    "before_build_params",
    "after_build_params",
    "before_build_struct",
    "after_build_struct",
    "before_insert",
    "after_insert",
)


@pytest.fixture(name="lab")
def _lab(memory, tag):
    """
    Return a child of a child whose levels all have all hooks, chained.
    """

    def hooks(level):
        return {stage: tag(f"{level} {stage}") for stage in STAGES}

    grandparent = Lab(memory.create(Base), hooks=hooks("G"), hook_mode="chain")
    parent = Lab(extends=grandparent, hooks=hooks("P"))
    lab = Lab(extends=parent, hooks=hooks("C"))
    lab.factory(name="user", model=User, hooks=hooks("F"))(lambda: {"username": "u"})
    lab.factory(name="event", hooks=hooks("F"))(lambda params: {"e": 1, **params})
    lab.variant("user", "traced", defaults={"username": "traced"})
    yield lab
    lab.rollback()


def levels(trace, stage):
    return "".join(tag[0] for tag in trace if tag.endswith(f" {stage}"))


class TestChain:
    def test_struct(self, lab, trace):
        """
        Row 135: before hooks run from outside in, after hooks from inside out.
        """
        lab.build_user_struct()

        assert "GPCF" == levels(trace, "before_build_params")
        assert "FCPG" == levels(trace, "after_build_params")
        assert "GPCF" == levels(trace, "before_build_struct")
        assert "FCPG" == levels(trace, "after_build_struct")
        assert "" == levels(trace, "before_insert")

    def test_value(self, lab, trace):
        """
        Row 136: a value factory runs the hooks of its params.
        """
        lab.build_event()

        assert "GPCF" == levels(trace, "before_build_params")
        assert "FCPG" == levels(trace, "after_build_params")
        assert 8 == len(trace)

    def test_lists(self, trace, tag):
        """
        Row 139: a list stands where its level stands, and runs as written.
        """
        parent = Lab(
            hooks={"before_build_params": tag("P"), "after_build_params": tag("P")},
            hook_mode="chain",
        )
        lab = Lab(extends=parent)
        lab.factory(
            name="event",
            hooks={
                "before_build_params": [tag("F"), tag("V")],
                "after_build_params": [tag("F"), tag("V")],
            },
        )(lambda params: dict(params))

        lab.build_event()

        assert ["P", "F", "V", "F", "V", "P"] == trace

    def test_root(self, trace, tag):
        """
        Row 141: on a lab without a base, chain and override are the same.
        """
        lab = Lab(hooks={"before_build_params": tag("R")}, hook_mode="chain")
        lab.factory(name="event")(lambda params: dict(params))

        lab.build_event()

        assert ["R"] == trace

    def test_reflection(self, lab):
        """
        Row 142: a handle shows the hooks that would run.
        """
        assert set(STAGES) <= set(lab.factories()["user"].hooks)

    def test_record_body(self, trace, tag):
        """
        Row 143: a body that returns a record runs the whole chain after it.
        """
        parent = Lab(hooks={"after_build_struct": tag("P")}, hook_mode="chain")
        lab = Lab(extends=parent)
        lab.factory(
            name="user", build_params=False, hooks={"after_build_struct": tag("F")}
        )(lambda: User(username="u"))

        lab.build("user")

        assert ["F", "P"] == trace

    def test_insert(self, lab, trace):
        """
        Row 144: the insert's hooks come last.
        """
        lab.insert_user()

        assert "GPCF" == levels(trace[-8:], "before_insert")
        assert "FCPG" == levels(trace[-8:], "after_insert")

    def test_insert_of_a_record(self, lab, trace):
        """
        Row 144: the same for a record; it is the one factory of its class.
        """
        lab.insert(User(username="by hand"))

        assert ["GPCF", "FCPG"] == [
            levels(trace, stage) for stage in ("before_insert", "after_insert")
        ]
        assert 8 == len(trace)

    def test_variant(self, lab, trace):
        """
        Row 145: a variant leaves the same trace as its base.
        """
        lab.build_user_struct()
        base = list(trace)
        trace.clear()

        lab.build_traced_user_struct()

        assert base == trace


class TestInvalid:
    @pytest.mark.parametrize(
        "hooks",
        [
            {"after_insrt": lambda x: x},
            {"after_insert": 3},
            {"after_insert": lambda: None},
            {"after_insert": lambda a, b: a},
            {"after_insert": [lambda x: x, "y"]},
        ],
        ids=["unknown", "no function", "no argument", "two arguments", "in a list"],
    )
    def test_definition(self, hooks):
        """
        Row 146: a wrong hook is refused when it is defined.
        """
        with pytest.raises(HookError, match=next(iter(hooks))):
            Lab(hooks=hooks)
        with pytest.raises(HookError, match=next(iter(hooks))):
            Lab().factory(name="event", hooks=hooks)(lambda params: params)

    @pytest.mark.parametrize("hooks", [[("after_insert", print)], "after_insert", 3])
    def test_no_mapping(self, hooks):
        """
        Row 146: hooks are a mapping.
        """
        with pytest.raises(TypeError, match="hooks"):
            Lab(hooks=hooks)
