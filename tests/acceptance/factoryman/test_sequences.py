"""
FactoryMan: sequences (rows 65-76, 264).
"""

import pytest

from machina_lab import sequence, sequences


class TestTable:
    def test_formatter(self):
        """
        Row 65: a formatter gets the next number.
        """
        got = [sequence("name", lambda n: f"joe{n}") for _ in range(2)]

        assert ["joe0", "joe1"] == got

    def test_values(self):
        """
        Row 66: a list is gone through again and again.
        """
        got = [sequence("name", ["A", "B", "C"]) for _ in range(4)]

        assert ["A", "B", "C", "A"] == got

    def test_independent(self):
        """
        Row 67: names count independently.
        """
        name = lambda: sequence("name", lambda n: f"joe{n}")
        month = lambda: sequence("month", lambda n: n)

        assert ["joe0", "joe1", 0, 1] == [name(), name(), month(), month()]

    def test_start(self):
        """
        Row 68: a start counts once.
        """
        got = [sequence("c", str, start_at=100), sequence("c", str)]

        assert ["100", "101"] == got

    def test_short_form(self):
        """
        Row 69: a name alone is enough.
        """
        got = [sequence("Comment Body") for _ in range(2)]

        assert ["Comment Body0", "Comment Body1"] == got

    def test_short_form_wants_text(self):
        """
        Row 70: the name must be a text then.
        """
        with pytest.raises(TypeError, match="str"):
            sequence(object())

    def test_reset(self):
        """
        Row 71: a reset starts again.
        """
        sequence("joe")
        sequences.reset()

        assert "joe0" == sequence("joe")

    def test_reset_some(self):
        """
        Row 72: a reset may name several, or one.
        """
        for _ in range(2):
            sequence("alphabet", ["A", "B", "C"])
            sequence("numeric", [1, 2, 3])
            sequence("joe")

        sequences.reset(["joe", "numeric"])
        got = [
            sequence("numeric", [1, 2, 3]),
            sequence("joe"),
            sequence("alphabet", ["A", "B", "C"]),
        ]
        assert [1, "joe0", "C"] == got

        sequences.reset("alphabet")
        got = [sequence("alphabet", ["A", "B", "C"]), sequence("numeric", [1, 2, 3])]
        assert ["A", 2] == got

    def test_needs_no_start(self):
        """
        Row 73: counting needs nothing to be started first.
        """
        assert ["auto_test0", "auto_test1"] == [sequence("auto_test") for _ in range(2)]


class TestInFactories:
    def endings(self, demo, count):
        users = [demo.build_user_with_role_struct() for _ in range(count)]
        return [user.username.rpartition("-")[2] for user in users]

    def test_cycle(self, demo):
        """
        Row 74: values cycle through the builds.
        """
        assert ["admin", "user", "guest", "admin"] == self.endings(demo, 4)

    def test_reset(self, demo):
        """
        Row 75: a reset starts the cycle again.
        """
        self.endings(demo, 2)
        sequences.reset()

        assert ["admin"] == self.endings(demo, 1)

    def test_distinct(self, demo):
        """
        Row 76: two builds have two values.
        """
        one, two = demo.build_user_sequence_struct(), demo.build_user_sequence_struct()

        assert "user-7000" == one.username
        assert "user-7001" == two.username


def test_documented_examples():
    """
    Row 264: the examples of the documentation.
    """
    assert ["user0", "user1"] == [sequence("user"), sequence("user")]
    roles = [sequence("role", ["admin", "user"]) for _ in range(3)]
    assert ["admin", "user", "admin"] == roles
    assert "ORD-1000" == sequence("order", "ORD-{}".format, start_at=1000)
