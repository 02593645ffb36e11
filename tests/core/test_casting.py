"""
Fitting values and typed text to data types.
"""

import datetime as dt
import enum

from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import numpy as np
import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.core.casting import cast, cast_text, casters, guess_text
from machina_lab.core.datatypes import DataType, of_annotation
from machina_lab.errors import CastError, OptionError


class Color(enum.Enum):
    red = "r"
    green = "g"
    # The value of one member is the name of another.
    swap = "red"


class Size(enum.IntEnum):
    small = 1
    large = 2


class Money:
    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return type(other) is type(self) and self.text == other.text

    __hash__ = None


class Price(Money):
    pass


def typed(annotation):
    return of_annotation(annotation)[0]


TOKEN = UUID("12345678-1234-5678-1234-567812345678")
MIDNIGHT = dt.datetime.combine(dt.date(2024, 1, 31), dt.time())
HALF_PAST_TEN = MIDNIGHT + dt.timedelta(hours=10, minutes=30)
FITS = {
    "integer": (
        int,
        [
            (5, 5),
            ("12", 12),
            (" -3 ", -3),
            (1.0, 1),
            (Decimal(4), 4),
            ("1.0", 1),
            (Size.large, 2),
            (np.int64(7), 7),
            (np.float64(2.0), 2),
        ],
        [1.5, "1.5", "x", "", True, "1_000", "0x1", float("nan"), float("inf"), [1]],
    ),
    "float": (
        float,
        [
            (1, 1.0),
            ("1.5", 1.5),
            (Decimal("0.5"), 0.5),
            (np.float32(0.5), 0.5),
            (Fraction(1, 2), 0.5),
        ],
        ["x", "", True, None.__class__, [1.0], "1_0.0", 10**400],
    ),
    "decimal": (
        Decimal,
        [
            (300, Decimal(300)),
            (10.3, Decimal("10.3")),
            ("12.50", Decimal("12.50")),
            (np.float32(10.3), Decimal("10.3")),
            (np.int64(3), Decimal(3)),
        ],
        ["abc", "", False, "1_0", object()],
    ),
    "boolean": (
        bool,
        [(word, True) for word in ("true", "True", "YES", "on", "t", "1", 1, 1.0, True)]
        + [(word, False) for word in ("false", "no", "off", "F", "0", 0, False)]
        + [(np.bool_(True), True)],
        ["maybe", "", 2, -1, 0.5, [], "truee"],
    ),
    "text": (
        str,
        [("x", "x"), ("", ""), (Color.red, "r")],
        [5, 1.5, b"x", True, ["x"]],
    ),
    "date": (
        dt.date,
        [
            ("2024-01-31", dt.date(2024, 1, 31)),
            (MIDNIGHT, dt.date(2024, 1, 31)),
            ("2024-01-31T00:00:00", dt.date(2024, 1, 31)),
        ],
        ["31.1.2024", "", "2024-02-30", 20240131, HALF_PAST_TEN],
    ),
    "time": (
        dt.time,
        [("12:30", dt.time(12, 30)), ("12:30:05.5", dt.time(12, 30, 5, 500000))],
        ["noon", "25:00", 12, MIDNIGHT],
    ),
    "datetime": (
        dt.datetime,
        [
            ("2024-01-31T10:30", HALF_PAST_TEN),
            ("2024-01-31 10:30:00", HALF_PAST_TEN),
            ("2024-01-31", MIDNIGHT),
            (dt.date(2024, 1, 31), MIDNIGHT),
            ("2024-01-31T10:30:00Z", HALF_PAST_TEN.replace(tzinfo=dt.UTC)),
        ],
        ["today", "", 5, dt.time(5)],
    ),
    "duration": (
        dt.timedelta,
        [
            ("1:30:00", dt.timedelta(hours=1, minutes=30)),
            ("0:45", dt.timedelta(minutes=45)),
            ("2 days, 0:00:01", dt.timedelta(days=2, seconds=1)),
            ("-1 day, 23:00:00", dt.timedelta(hours=-1)),
            ("PT1H30M", dt.timedelta(hours=1, minutes=30)),
            ("-P1DT0.5S", -dt.timedelta(days=1, seconds=0.5)),
            ("P2W", dt.timedelta(weeks=2)),
        ],
        ["soon", "", "P", "PT", 90, 1.5],
    ),
    "uuid": (
        UUID,
        [(str(TOKEN), TOKEN), (TOKEN.hex, TOKEN), (TOKEN.bytes, TOKEN)],
        ["123", "", 5, b"123"],
    ),
    "binary": (
        bytes,
        [
            (b"x", b"x"),
            (bytearray(b"x"), b"x"),
            ("aGk=", b"hi"),
            (memoryview(b"x"), b"x"),
        ],
        ["no base64!", 5, ["x"]],
    ),
}


def cases(at):
    return [
        pytest.param(annotation, *value if at == 1 else (value,), id=f"{kind}-{number}")
        for kind, (annotation, *lists) in FITS.items()
        for number, value in enumerate(lists[at - 1])
    ]


class TestCast:
    @pytest.mark.parametrize(("annotation", "value", "expected"), cases(1))
    def test_what_fits(self, annotation, value, expected):
        """A value that means the right thing becomes it, with the right class."""
        fitted = cast(value, typed(annotation))

        assert expected == fitted
        assert type(fitted) is type(expected)

    @pytest.mark.parametrize(("annotation", "value"), cases(2))
    def test_what_does_not(self, annotation, value):
        """A value that could mean something else is refused."""
        with pytest.raises(CastError, match="does not fit"):
            cast(value, typed(annotation))

    @pytest.mark.parametrize("kind", [*FITS, "enum", "array", "json", "any"])
    def test_none_stays(self, kind):
        """None is no value to cast."""
        assert cast(None, DataType(kind)) is None

    @pytest.mark.parametrize("kind", ["json", "any", "other", "record"])
    def test_untyped_values_pass(self, kind):
        """Where there is no rule every value passes, the same object."""
        value = object()

        assert cast(value, DataType(kind)) is value

    def test_kinds_without_a_class(self):
        """A data type that was read from a file has rules though it has no class."""
        assert cast("12", DataType("integer")) == 12

    def test_custom_types_pass(self):
        """A library's type whose Python values only its author knows is left alone."""
        assert cast("12", DataType("integer", source=Money("x"))) == "12"

    def test_errors_tell_everything(self):
        """The error has model, attribute, type and value, and says them."""
        with pytest.raises(
            CastError, match=r"User\.age: 'x' does not fit int"
        ) as caught:
            cast("x", typed(int), model="User", attribute="age")

        error = caught.value
        assert (error.model, error.attribute) == ("User", "age")
        assert (error.type, error.value) == ("int", "x")

    def test_errors_inside_a_list_name_the_item(self):
        """An item that does not fit is named, at its attribute."""
        with pytest.raises(
            CastError, match=r"User\.ages: 'x' does not fit int"
        ) as caught:
            cast(["1", "x"], typed(list[int]), model="User", attribute="ages")

        assert caught.value.value == "x"

    def test_text_as_stored_by_the_database(self):
        """A UUID that Python holds as text becomes text in its usual form."""
        assert cast(TOKEN.hex, DataType("uuid", str)) == str(TOKEN)

    @given(st.integers())
    def test_integers_from_text(self, number):
        """Every integer survives the way through text."""
        assert cast(str(number), typed(int)) == number

    @given(st.decimals(allow_nan=False, allow_infinity=False))
    def test_decimals_from_text(self, number):
        """Every decimal survives the way through text, digits kept."""
        assert str(cast(str(number), typed(Decimal))) == str(number)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_floats_become_what_they_show(self, number):
        """A float becomes the decimal that it is printed as."""
        assert cast(number, typed(Decimal)) == Decimal(repr(number))

    @given(st.datetimes(timezones=st.none() | st.just(dt.UTC)))
    def test_moments_from_iso(self, moment):
        """Every moment survives the way through ISO text."""
        assert cast(moment.isoformat(), typed(dt.datetime)) == moment

    @given(st.timedeltas(dt.timedelta(days=-9999), dt.timedelta(days=9999)))
    def test_durations_from_their_text(self, duration):
        """Every duration survives the way through its own text."""
        assert cast(str(duration), typed(dt.timedelta)) == duration

    @given(st.binary())
    def test_binary_from_base64(self, data):
        """Every binary survives the way through base64, its wire form."""
        from base64 import b64encode

        assert cast(b64encode(data).decode(), typed(bytes)) == data


class TestEnums:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (Color.red, Color.red),
            ("r", Color.red),
            ("green", Color.green),
            ("red", Color.swap),
            ("swap", Color.swap),
        ],
    )
    def test_member_then_value_then_name(self, value, expected):
        """A member is itself, then values count, then names."""
        assert cast(value, typed(Color)) is expected

    def test_numbers(self):
        """Members with numbers are found by number, not by True."""
        assert cast(1, typed(Size)) is Size.small
        with pytest.raises(CastError, match="Choices: small, large"):
            cast(True, typed(Size))

    def test_stored_forms(self):
        """What the database stores is known as well."""
        kind = DataType("enum", Color, choices=tuple(Color), labels=("R", "G", "S"))

        assert cast("G", kind) is Color.green

    @pytest.mark.parametrize("value", ["x", 5, None.__class__, ["r"], Size.small])
    def test_unknown(self, value):
        """What is no member is refused, with the choices."""
        with pytest.raises(CastError, match=r"fit Color. Choices: red, green, swap\."):
            cast(value, typed(Color))

    def test_plain_choices(self):
        """Choices that are no enum are their own values."""
        kind = DataType("enum", str, choices=("a", "b"), labels=("a", "b"))

        assert cast("a", kind) == "a"
        with pytest.raises(CastError, match="Choices: a, b"):
            cast("c", kind)


class TestLists:
    @pytest.mark.parametrize(
        ("annotation", "value", "expected"),
        [
            (list[int], ["1", 2.0], [1, 2]),
            (list[int], (1, "2"), [1, 2]),
            (list[Color], ["r", Color.green], [Color.red, Color.green]),
            (tuple[int], ["1"], (1,)),
            (set[int], ["1", 1], {1}),
            (list[int], np.array([1, 2]), [1, 2]),
            (list[list[int]], [["1"], []], [[1], []]),
            (list[int], [["1"], ["2"]], [[1], [2]]),
            (list[int], [None, "1"], [None, 1]),
            (list, ["1", 2], ["1", 2]),
        ],
    )
    def test_items_are_cast(self, annotation, value, expected):
        """Each item is cast; arrays with open dimensions take nested lists."""
        assert cast(value, typed(annotation)) == expected

    @pytest.mark.parametrize("value", ["1,2", 5, b"x", {"a": 1}])
    def test_no_lists(self, value):
        """A text or a mapping is no list."""
        with pytest.raises(CastError, match=r"does not fit list\[int\]"):
            cast(value, typed(list[int]))


@pytest.fixture
def registry():
    """
    The registry, as it was afterwards.
    """
    yield casters
    for cls in (Money, Price, int, bool):
        casters.unregister(cls)


class TestCasters:
    def test_a_rule_for_a_class(self, registry):
        """A registered class is cast by its function, with the value alone."""
        registry.register(Money, Money)

        assert cast("5 €", typed(Money)) == Money("5 €")

    def test_a_rule_that_wants_the_type(self, registry):
        """A function of two also gets the type."""
        registry.register(Money, lambda value, cls: cls(value))

        assert cast("5 €", typed(Price)) == Price("5 €")

    def test_subclasses_inherit_and_may_differ(self, registry):
        """The nearest class's rule counts."""
        registry.register(Money, lambda value: "money")
        assert cast("x", typed(Price)) == "money"
        registry.register(Price, lambda value: "price")
        assert cast("x", typed(Price)) == "price"

    def test_a_second_one_replaces(self, registry):
        """Registering again replaces the rule."""
        registry.register(Money, lambda value: 1)
        registry.register(Money, lambda value: 2)

        assert cast("x", typed(Money)) == 2

    def test_types_of_a_library(self, registry):
        """A rule for a column type's class is found through the type's source."""
        source = Price("€")
        registry.register(Money, lambda value, kind: f"{value}{kind.text}")

        assert cast(5, DataType("other", source=source)) == "5€"

    def test_built_in_classes(self, registry):
        """Rules of built-in classes may be replaced; a bool is still no int."""
        registry.register(int, lambda value: 42)

        assert cast("x", typed(int)) == 42
        assert cast("yes", typed(bool)) is True

    def test_refusals_become_cast_errors(self, registry):
        """What a rule raises becomes a CastError with its cause."""
        registry.register(Money, int)

        with pytest.raises(CastError, match=r"A\.b: 'x' does not fit Money") as caught:
            cast("x", typed(Money), model="A", attribute="b")
        assert isinstance(caught.value.__cause__, ValueError)

    def test_other_errors_are_the_rules_own(self, registry):
        """A bug in a rule comes through as it is."""
        registry.register(Money, lambda value: value.missing)

        with pytest.raises(AttributeError, match="missing"):
            cast("x", typed(Money))

    def test_none_never_reaches_a_rule(self, registry):
        """None is not handed to rules."""
        registry.register(Money, lambda value: 1)

        assert cast(None, typed(Money)) is None

    @pytest.mark.parametrize(("cls", "function"), [("Money", int), (Money, "int")])
    def test_wrong_registrations(self, cls, function):
        """A registration that cannot work is refused at once."""
        with pytest.raises(OptionError, match="takes a class and a function"):
            casters.register(cls, function)


class TestText:
    @pytest.mark.parametrize(
        ("annotation", "text", "expected"),
        [
            (bool, "true", True),
            (dt.date, " 2024-01-31 ", dt.date(2024, 1, 31)),
            (Decimal, "9.90", Decimal("9.90")),
            (Color, "green", Color.green),
            (Size, "2", Size.large),
            (str, " 5 ", " 5 "),
            (str, "None", "None"),
            (int, "None", None),
            (int, "null", None),
            (dict, '{"a": [1]}', {"a": [1]}),
            (dict, "word", "word"),
            (list[int], "1, 2", [1, 2]),
            (list[int], "[1, 2]", [1, 2]),
            (list[str], '["a, b", "c"]', ["a, b", "c"]),
            (list[str], "[a,b]", ["a", "b"]),
            (list[Color], "red,g", [Color.swap, Color.green]),
            (list[int], "", []),
            (list[int], "[]", []),
            (bytes, "aGk=", b"hi"),
        ],
    )
    def test_what_people_type(self, annotation, text, expected):
        """Typed text becomes what its field holds."""
        assert cast_text(text, typed(annotation)) == expected

    @pytest.mark.parametrize(
        ("annotation", "text"),
        [(int, "x"), (dict, "{a: 1}"), (Color, "blue"), (list[int], "1,x"), (int, "")],
    )
    def test_what_does_not_fit(self, annotation, text):
        """Text that does not fit is refused, with its place."""
        with pytest.raises(CastError, match=r"User\.x: .* does not fit"):
            cast_text(text, typed(annotation), model="User", attribute="x")

    def test_rules_get_the_text(self, registry):
        """A registered rule gets what was typed."""
        registry.register(Money, Money)

        assert cast_text("5 €", typed(Money)) == Money("5 €")

    def test_custom_types_by_what_they_are_built_on(self):
        """A custom type takes text as the type below does, or as it is."""
        kind = DataType("integer", source=Money(""))

        assert [cast_text(text, kind) for text in ("12", "x")] == [12, "x"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("12", 12),
            ("1.5", 1.5),
            ("true", True),
            ("True", True),
            ("None", None),
            ('{"a": 1}', {"a": 1}),
            ("Jane Doe", "Jane Doe"),
            ("2024-01-31", "2024-01-31"),
        ],
    )
    def test_guesses(self, text, expected):
        """Without a type, literals count and all else is text."""
        assert guess_text(text) == expected
        assert cast_text(text, DataType()) == expected

    @given(st.text())
    def test_any_text_is_safe(self, text):
        """No text crashes a guess."""
        guess_text(text)

    @given(st.uuids())
    def test_uuids(self, token):
        """Every UUID survives being typed."""
        assert cast_text(str(token), typed(UUID)) == token
        assert uuid4() != token
