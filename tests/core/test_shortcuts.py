"""
The short ways through a build: they make what the long way makes, and notice changes.
"""

import dataclasses
import linecache

from typing import NamedTuple

import attrs
import pytest

from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from machina_lab import Lab, assoc, lazy, literal, sequence
from machina_lab.alchemy.provenance import provenance
from machina_lab.core.shortcuts import shortcut
from tests.support.models import Article, User


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


@dataclasses.dataclass
class Slotted:
    __slots__ = ("x", "y")
    x: int
    y: int


@dataclasses.dataclass
class Late:
    x: int
    y: int = 0

    def __post_init__(self):
        if not self.y:
            self.y = lambda late: late.x + 1


@dataclasses.dataclass
class Lazily:
    x: int
    y: int = lambda: 3


@attrs.define
class Mark:
    x: int
    y: int = 0


class Pair(NamedTuple):
    x: int
    y: int = 0


class Plain:
    def __init__(self, x, y=0):
        self.x = x
        self.y = y

    __hash__ = None

    def __eq__(self, other):
        return vars(self) == vars(other)


class Bag(dict):
    pass


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "short_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="member")
    tags: Mapped[list[str]] = mapped_column(JSON, default=[])


class Handmade(Base):
    __tablename__ = "short_handmade"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __init__(self, name):
        self.name = lambda: name.upper()


class Only(Base):
    __tablename__ = "short_only"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    one: "Only | None" = None
    __allow_unmapped__ = True

    def __new__(cls, **_):
        if cls.one is None:
            cls.one = super().__new__(cls)
        return cls.one


BODIES = {
    "dict": lambda: {"x": 1, "y": 2},
    "dict that is kept": lambda kept={"x": 1, "y": 2}: kept,
    "dict with a lazy": lambda: {"x": 1, "y": lambda parent: parent.x + 1},
    "dict of its own class": lambda: Bag(x=1, y=lambda: 2),
    "dataclass": lambda: Point(x=1, y=2),
    "dataclass with a lazy": lambda: Point(x=1, y=lambda parent: parent.x + 1),
    "slotted dataclass": lambda: Slotted(1, lambda: 2),
    "attrs class": lambda: Mark(1, lambda: 2),
    "named tuple": lambda: Pair(1, lambda: 2),
    "plain class": lambda: Plain(1, lambda: 2),
}
GIVENS = {
    "nothing": None,
    "a value": {"y": 5},
    "a lazy": {"y": lambda parent: parent.x + 10},
    "a literal": {"y": literal(len)},
    "a marked lazy": {"y": lazy(lambda: 7)},
}


@pytest.fixture(name="lab")
def _lab():
    return Lab()


class TestSameAsTheLongWay:
    @pytest.mark.parametrize("given", GIVENS.values(), ids=GIVENS)
    @pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
    def test_records(self, body, given):
        """
        Whatever the body makes and the caller gives, both ways make the same record.
        """
        lab = Lab()
        lab.factory(lambda: body(), name="thing")
        plan = lab._plan_of("thing")
        short = shortcut(plan)
        assert short is not None

        made, expected = short(given), plan.build(given)

        assert (type(expected), expected) == (type(made), made)
        assert made.x == 1 if not isinstance(made, dict) else made["x"] == 1

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"title": "B"},
            {"author": None},
            {"author": {"name": "Ada"}},
            {"author_id": 7},
            {"author_id": 7, "author": None},
            {"title": lambda parent: parent.author.name},
        ],
        ids=lambda given: "+".join(given) or "nothing",
    )
    def test_mapped_records_with_a_parent(self, given):
        """
        Overrides settle who the parent is as on the long way.
        """
        lab = Lab()

        @lab.factory(model=User)
        def user():
            return {"name": "Jane", "admin": False}

        @lab.factory(model=Article)
        def article():
            return {"title": "A", "author": assoc("user")}

        plan = lab._plan_of("article")

        def facts(record):
            loaded = dict(record.__dict__)
            author = loaded.pop("author", "none set")
            loaded.pop("_sa_instance_state")
            return loaded, getattr(author, "name", author)

        assert facts(plan.build(given)) == facts(plan.run(given))

    def test_what_a_body_keeps_is_not_changed(self):
        """
        Overrides go onto a dict of their own; the body's is its own business.
        """
        kept = {"x": 1}
        lab = Lab()
        lab.factory(lambda: kept, name="thing")

        assert {"x": 2} == lab.build("thing", x=2)
        assert {"x": 1} == kept

    def test_items_of_a_list_do_not_share_what_the_caller_gave(self):
        """
        A mapping for a parent makes a record for each item, the caller's stays a dict.
        """
        lab = Lab()
        lab.factory(lambda: Article(title="A"), name="article")
        given = {"author": {"name": "Ada"}}

        one, other = lab.build_list(2, "article", given)

        assert {"author": {"name": "Ada"}} == given
        assert one.author is not other.author


class Cells:
    """
    A notebook, for functions that must have a text: runs cells in one namespace.
    """

    def __init__(self):
        self.names = {}
        self._count = 0

    def run(self, text):
        self._count += 1
        name = f"<cell {self._count}>"
        linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
        exec(compile(text, name, "exec"), self.names)


@pytest.fixture
def cells():
    cells = Cells()
    cells.run(
        "from dataclasses import dataclass\n"
        "from machina_lab import Lab, sequence\n"
        "lab = Lab()\n"
        "@dataclass\n"
        "class Person:\n"
        "    name: str = 'Jane'\n"
        "    age: int = 30\n"
        "@lab.factory\n"
        "def person():\n"
        "    return Person(name=sequence('p', lambda n: f'p{n}'))\n"
        "@lab.factory\n"
        "def number():\n"
        "    return {'text': str(1), 'name': sequence('p', lambda n: f'p{n}')}\n"
    )
    lab = cells.names["lab"]
    lab.build_list(2, "person")
    lab.build("person")
    lab.build("number")
    return cells


class TestChangesAreNoticed:
    def test_class_defined_again(self, cells):
        """
        A class whose cell is run again with a lazy default works out its default.
        """
        cells.run(
            "@dataclass\n"
            "class Person:\n"
            "    name: str = 'Jane'\n"
            "    age: int = lambda: 31\n"
        )
        lab = cells.names["lab"]

        assert 31 == lab.build("person").age
        assert [31, 31] == [each.age for each in lab.build_list(2, "person")]

    def test_function_put_in_the_place_of_sequence(self, cells):
        """
        A test that puts its own function there may return a lazy.
        """
        cells.run("sequence = lambda *_: (lambda: 'mine')\n")
        lab = cells.names["lab"]

        assert "mine" == lab.build("person").name
        assert ["mine"] * 2 == [each.name for each in lab.build_list(2, "person")]
        assert "mine" == lab.build("number")["name"]

    def test_builtin_hidden_by_a_global(self, cells):
        """
        A global of the same name hides a builtin that the text was read by.
        """
        cells.run("str = lambda n: (lambda: 'hidden')\n")

        assert "hidden" == cells.names["lab"].build("number")["text"]

    def test_code_replaced_in_place(self, cells):
        """
        What `%autoreload 2` does: the function stays, its code is another.
        """
        cells.run("def other():\n    return Person(name=lambda: 'late', age=1)\n")
        lab = cells.names["lab"]
        lab.factories()["person"].definition.function.__code__ = cells.names[
            "other"
        ].__code__

        assert "late" == lab.build("person").name
        assert ["late"] * 2 == [each.name for each in lab.build_list(2, "person")]

    def test_names_of_an_enclosing_function(self):
        """
        A name of the function around it may change as well.
        """
        lab = Lab()
        kind = str

        @lab.factory
        def number():
            return {"x": kind(1), "n": sequence("n", lambda n: f"{n}")}

        assert "1" == lab.build("number")["x"]

        kind = lambda _: lambda: "late"

        assert "late" == lab.build("number")["x"]


class TestMappedBodies:
    """
    Bodies that call a mapped class: what is noted of the record is read off their text.
    """

    def test_same_is_noted_as_of_any_body(self, lab):
        """
        A body of one statement and a longer one make records that are known alike.
        """
        writer = User(name="Ada")

        @lab.factory
        def short():
            return Article(title="A", visits=None, author=writer)

        @lab.factory
        def long():
            made = Article(title="A", author=writer)
            made.visits = None
            return made

        one, other = provenance(lab.build("short")), provenance(lab.build("long"))

        assert {"title", "visits", "author"} == one.named == other.named
        assert one.made
        assert one.names("author", writer)
        assert not one.names("author", User())

    def test_defaults_are_filled_in(self, lab):
        """
        Plain column defaults that the text does not give are on the record.
        """

        @lab.factory
        def member():
            return Member(name="Al")

        assert "member" == lab.build("member").role
        assert ["member"] * 2 == [each.role for each in lab.build_list(2, "member")]
        assert lab.build("member").tags is not lab.build("member").tags

    def test_class_mapped_since_then(self, lab):
        """
        After a new class was mapped, records are noted anew, with what it brought.
        """

        @lab.factory
        def member():
            return Member(name="Al")

        lab.build("member")

        class Guest(Base):
            __tablename__ = "short_guests"
            id: Mapped[int] = mapped_column(primary_key=True)

        made = lab.build("member")

        assert {"name"} == provenance(made).named
        assert "member" == made.role

    def test_lazy_and_association_in_columns_and_names(self, lab):
        """
        What a name in the text stands for is looked at as it comes.
        """
        name = lambda: "late"

        @lab.factory
        def member():
            return Member(name=name)

        assert "late" == lab.build("member").name

    def test_record_of_another_build_is_left_alone(self, lab):
        """
        A class that hands out one object keeps what was noted of it first.
        """

        @lab.factory
        def only():
            return Only(name="Al")

        first = lab.build("only")
        kept = provenance(first)

        assert lab.build("only") is first
        assert kept == provenance(first)

    def test_constructor_of_its_own(self, lab):
        """
        A constructor that puts a lazy on the record has it worked out.
        """

        @lab.factory
        def handmade():
            return Handmade(name="Al")

        assert "AL" == lab.build("handmade").name
        assert ["AL"] * 2 == [each.name for each in lab.build_list(2, "handmade")]


class TestBodiesOfClasses:
    def test_only_names_are_looked_at(self, lab):
        """
        A plain value beside a lazy: both come out right, overridden or not.
        """
        later = lambda point: point.x + 1

        @lab.factory
        def point():
            return Point(x=int("1"), y=later)

        assert Point(1, 2) == lab.build("point")
        assert [Point(1, 2)] * 2 == lab.build_list(2, "point")
        assert Point(4, 5) == lab.build("point", x=4)
        assert Point(1, 9) == lab.build("point", y=lambda: 9)

    def test_slots_are_looked_at_the_long_way(self, lab):
        """
        A record without a dict of its own is read by its fields.
        """
        later = lambda: 3

        @lab.factory
        def slotted():
            return Slotted(x=1, y=later)

        assert Slotted(1, 3) == lab.build("slotted")

    def test_what_a_class_does_after_its_constructor(self, lab):
        """
        `__post_init__` may put a lazy on the record, too.
        """

        @lab.factory
        def late():
            return Late(x=1)

        assert 2 == lab.build("late").y

    def test_default_that_is_a_function(self, lab):
        """
        A field's own default may be a lazy: it is worked out unless the body gives one.
        """

        @lab.factory
        def given():
            return Lazily(x=1, y=2)

        @lab.factory
        def left():
            return Lazily(x=1)

        assert (2, 3) == (lab.build("given").y, lab.build("left").y)
