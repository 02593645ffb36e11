"""
ExMachina: sequences (T1-T3, T22-T29).
"""

import pytest

from machina_lab import sequence, sequences


class TestInFactories:
    def test_formatter(self, lab):
        """
        T1: a sequence makes a new value for each build.
        """
        assert "me-0@foo.com" == lab.build("email")["email"]
        assert "me-1@foo.com" == lab.build("email")["email"]

    def test_short_form(self, lab):
        """
        T2: the short form puts the number behind the name, nothing between.
        """
        assert "Post Title0" == lab.build("article")["title"]
        assert "Post Title1" == lab.build("article")["title"]

    def test_start(self, lab):
        """
        T3: a sequence may start elsewhere.
        """
        assert "600" == lab.build("money")["cents"]
        assert "601" == lab.build("money")["cents"]


class TestTable:
    def test_increments(self):
        """
        T22: each call gets the next number.
        """
        assert "joe0" == sequences.next("name", lambda n: f"joe{n}")
        assert "joe1" == sequences.next("name", lambda n: f"joe{n}")

    def test_traverses_a_list(self):
        """
        T23: a list is gone through again and again.
        """
        got = [sequences.next("name", ["A", "B", "C"]) for _ in range(4)]

        assert ["A", "B", "C", "A"] == got

    def test_independent(self):
        """
        T24: names count independently.
        """
        assert "joe0" == sequences.next("name", lambda n: f"joe{n}")
        assert "joe1" == sequences.next("name", lambda n: f"joe{n}")
        assert 0 == sequences.next("month", lambda n: n)
        assert 1 == sequences.next("month", lambda n: n)

    def test_start_at(self):
        """
        T25: the start counts once; later calls go on from there.
        """
        assert "100" == sequences.next("dollars_in_cents", str, start_at=100)
        assert "101" == sequences.next("dollars_in_cents", str)

    def test_quick(self):
        """
        T26: a name alone is enough.
        """
        assert "Comment Body0" == sequences.next("Comment Body")
        assert "Comment Body1" == sequences.next("Comment Body")

    def test_quick_form_wants_text(self):
        """
        T27: the short form takes nothing but a text.
        """
        with pytest.raises(TypeError, match="str"):
            sequences.next(("not", "text"))

    def test_reset(self):
        """
        T28: a reset starts again.
        """
        sequences.next("joe")

        sequences.reset()

        assert "joe0" == sequences.next("joe")

    def test_reset_some(self):
        """
        T29: a reset may name some, as a list or alone; the others go on.
        """
        for _ in range(2):
            sequence("alphabet", ["A", "B", "C"])
            sequence("numeric", [1, 2, 3])
            sequence("joe")

        sequences.reset(["joe", "numeric"])

        assert 1 == sequence("numeric", [1, 2, 3])
        assert "joe0" == sequence("joe")
        assert "C" == sequence("alphabet", ["A", "B", "C"])

        sequences.reset("alphabet")

        assert "A" == sequence("alphabet", ["A", "B", "C"])
        assert 2 == sequence("numeric", [1, 2, 3])
