"""
The sequence table against the simplest model of one: a dict of numbers.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from machina_lab import sequence, sequences


NAMES = st.sampled_from(["a", "b", "c"])
STARTS = st.integers(-5, 5)


class Table(RuleBasedStateMachine):
    """
    Each name has where it began and what comes next.
    """

    @initialize()
    def begin(self):
        self.isolation = sequences.isolated()
        self.isolation.__enter__()
        self.starts = {}
        self.counters = {}
        self.taken = []

    def teardown(self):
        if hasattr(self, "isolation"):
            self.isolation.__exit__(None, None, None)

    @rule(name=NAMES, start=STARTS)
    def take(self, name, start):
        self.starts.setdefault(name, start)
        expected = self.counters.get(name, self.starts[name])
        self.counters[name] = expected + 1

        assert expected == sequence(name, int, start_at=start)

    @rule(name=NAMES)
    def take_text(self, name):
        self.starts.setdefault(name, 0)
        expected = self.counters.get(name, self.starts[name])
        self.counters[name] = expected + 1

        assert f"{name}{expected}" == sequence(name)

    @rule(name=NAMES, number=STARTS)
    def set(self, name, number):
        sequences.set(name, number)

        self.starts.setdefault(name, 0)
        self.counters[name] = number

    @rule(names=st.lists(NAMES, max_size=3))
    def reset_some(self, names):
        known = [name for name in names if name in self.counters]
        if known:
            sequences.reset(known)

        for name in known:
            self.counters[name] = self.starts[name]

    @rule()
    def reset_all(self):
        sequences.reset()

        self.starts.clear()
        self.counters.clear()

    @rule()
    def snapshot(self):
        self.taken.append(
            (sequences.snapshot(), dict(self.starts), dict(self.counters))
        )

    @rule()
    def restore(self):
        if self.taken:
            table, starts, counters = self.taken.pop()
            sequences.restore(table)
            self.starts, self.counters = starts, counters

    @rule()
    def isolated_changes_nothing(self):
        with sequences.isolated():
            for name in "abc":
                assert 0 == sequence(name, int)

    @invariant()
    def peek_agrees(self):
        for name, number in getattr(self, "counters", {}).items():
            assert number == sequences.peek(name)


class TestTable(Table.TestCase):
    """
    No order of calls makes the table differ from its model.
    """

    settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
