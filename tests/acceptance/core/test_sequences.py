"""
The sequence table: next, peek, set, reset, snapshot, isolation, threads.
"""

import threading

from concurrent.futures import ThreadPoolExecutor

import pytest

from machina_lab import Lab, sequence, sequences


class TestForms:
    def test_start_at(self):
        """
        `start_at` is where a name begins, and only its beginning.
        """
        got = [sequence("n", str, start_at=5), sequence("n", str, start_at=90)]

        assert ["5", "6"] == got

    def test_start_at_of_the_short_form(self):
        """
        The one-argument form has a start, too.
        """
        assert "joe7" == sequence("joe", start_at=7)

    def test_start_at_with_values(self):
        """
        A list of values may start in its middle.
        """
        got = [sequence("abc", ["a", "b", "c"], start_at=1) for _ in range(4)]

        assert ["b", "c", "a", "b"] == got

    def test_negative_start(self):
        """
        A start below zero counts up through zero.
        """
        got = [sequence("n", int, start_at=-2) for _ in range(4)]

        assert [-2, -1, 0, 1] == got

    def test_tuple_of_values(self):
        """
        A tuple cycles like a list.
        """
        assert ["x", "y", "x"] == [sequence("t", ("x", "y")) for _ in range(3)]

    @pytest.mark.parametrize("name", [("a", 1), 3, None, frozenset("a")], ids=repr)
    def test_any_hashable_is_a_name(self, name):
        """
        With a formatter, names may be any hashable value.
        """
        assert [0, 1] == [sequence(name, int), sequence(name, int)]

    @pytest.mark.parametrize("name", [3, ("a", 1), None], ids=repr)
    def test_short_form_wants_text(self, name):
        """
        The one-argument form insists on a text.
        """
        with pytest.raises(TypeError, match="str"):
            sequence(name)

    @pytest.mark.parametrize("values", [[], ()], ids=repr)
    def test_no_values(self, values):
        """
        An empty list cannot cycle.
        """
        with pytest.raises(ValueError, match="empty"):
            sequence("n", values)

    def test_counter_only_grows(self):
        """
        A list takes the number modulo its length; the counter goes on.
        """
        got = [sequence("mix", ["a", "b"]) for _ in range(3)]

        assert ["a", "b", "a"] == got
        assert 3 == sequence("mix", int)

    def test_forms_share_a_name(self):
        """
        The forms of one name count together.
        """
        assert ["n0", 1, "b"] == [
            sequence("n"),
            sequence("n", int),
            sequence("n", ["x", "y", "b"]),
        ]

    def test_table_and_function_are_one(self):
        """
        `sequence(...)` is `sequences.next(...)`.
        """
        assert ["joe0", "joe1"] == [sequence("joe"), sequences.next("joe")]


class TestFormatter:
    def test_may_use_sequences(self):
        """
        A formatter may call `sequence`, also by its own name.
        """
        got = sequence(
            "outer", lambda n: (n, sequence("inner"), sequence("outer", int))
        )

        assert (0, "inner0", 1) == got

    def test_may_raise(self):
        """
        A formatter that raises harms no counter.
        """
        sequence("other")

        with pytest.raises(ZeroDivisionError, match="division"):
            sequence("n", lambda n: 1 / 0)

        assert "other1" == sequence("other")
        assert sequence("n", int) in {0, 1}


class TestTable:
    def test_peek(self):
        """
        Peek shows the number that comes next, without taking it.
        """
        assert 0 == sequences.peek("fresh")
        sequence("n", int, start_at=4)

        assert [5, 5] == [sequences.peek("n"), sequences.peek("n")]
        assert 5 == sequence("n", int)

    def test_peek_creates_nothing(self):
        """
        Looking at a name does not make it.
        """
        sequences.peek("ghost")

        assert [] == list(sequences.names())

    def test_set(self):
        """
        The number that was set comes next.
        """
        sequences.set("n", 42)

        assert ["n42", "n43"] == [sequence("n"), sequence("n")]

    def test_reset_goes_back_to_start_at(self):
        """
        A named reset goes back to where the name began, not to zero.
        """
        sequence("n", int, start_at=100)
        sequence("m")

        sequences.reset("n")

        assert 100 == sequence("n", int, start_at=100)
        assert "m1" == sequence("m")

    def test_reset_of_many(self):
        """
        Names may be given as arguments or as a list.
        """
        for name in "abcd":
            sequence(name)
        sequences.reset("a", "b")
        sequences.reset(["c"])

        assert ["a0", "b0", "c0", "d1"] == [sequence(name) for name in "abcd"]

    def test_reset_of_all(self):
        """
        Without a name, everything is forgotten.
        """
        sequence("n", int, start_at=100)

        sequences.reset()

        assert 0 == sequence("n", int)

    def test_reset_of_a_tuple_name(self):
        """
        A tuple is one name, a list is many.
        """
        sequence(("a", "b"), int)
        sequences.reset(("a", "b"))

        assert 0 == sequence(("a", "b"), int)

    def test_names_in_order_of_use(self):
        """
        `names()` lists what was used, first use first.
        """
        for name in ("zebra", "apple", "zebra"):
            sequence(name)

        assert ["zebra", "apple"] == list(sequences.names())

    def test_snapshot_and_restore(self):
        """
        A snapshot brings back every counter as it stood.
        """
        sequence("n", int, start_at=7)
        taken = sequences.snapshot()
        sequence("n", int)
        sequence("new")

        sequences.restore(taken)

        assert [8, "new0"] == [sequence("n", int), sequence("new")]

    def test_isolated(self):
        """
        Inside, everything starts at zero; outside, nothing happened.
        """
        sequence("n")

        with sequences.isolated():
            assert ["n0", "n1"] == [sequence("n"), sequence("n")]

        assert "n1" == sequence("n")

    def test_isolated_survives_errors(self):
        """
        Isolation ends with the block, whatever happens in it.
        """
        sequence("n")

        def fail():
            with sequences.isolated():
                sequence("n")
                raise ValueError("inside")

        with pytest.raises(ValueError, match="inside"):
            fail()

        assert "n1" == sequence("n")

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([3, 1, 2], 4),
            (["user-7@example.com", "user-12@example.com"], 13),
            (["2024-joe5"], 6),
            ([None, "none", 2], 3),
            ([], 2),
            ([0], 2),
        ],
        ids=repr,
    )
    def test_sync_with(self, values, expected):
        """
        Counting goes on after the largest number there is, and never back.
        """
        sequence("n"), sequence("n")

        sequences.sync_with("n", values)

        assert expected == sequence("n", int)

    def test_sync_with_a_generator(self):
        """
        Any iterable of values will do.
        """
        sequences.sync_with("n", (n for n in range(5)))

        assert 5 == sequence("n", int)


class TestShared:
    def test_labs_share_the_table(self):
        """
        One table per process: two labs never make the same number.
        """
        labs = Lab(), Lab()
        for lab in labs:
            lab.factory(name="user")(lambda: {"n": sequence("n", int)})

        assert [0, 1] == [lab.build("user")["n"] for lab in labs]

    def test_threads_never_get_the_same_number(self):
        """
        Eight threads take 8,000 numbers, and every number once.
        """
        barrier = threading.Barrier(8)

        def take(_):
            barrier.wait()
            return [sequence("shared", int) for _ in range(1_000)]

        with ThreadPoolExecutor(8) as pool:
            got = [n for taken in pool.map(take, range(8)) for n in taken]

        assert list(range(8_000)) == sorted(got)
