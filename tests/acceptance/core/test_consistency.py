"""
One factory, many doors: every way to a record gives the same record.
"""

import functools

from dataclasses import dataclass
from typing import Any

import attrs
import pytest

from sqlalchemy import inspect

from machina_lab import Lab, Strategy, assoc, assoc_list, sequence, sequences
from tests.support.kinds import MappedUser, NamedUser, PydanticUser


@dataclass
class Post:
    title: str = "T"
    slug: Any = None
    number: int = 0


@dataclass
class Lazy(Post):
    slug: Any = lambda it: it.title.lower()


@dataclass
class Late:
    title: str = "T"
    slug: Any = None

    def __post_init__(self):
        if self.slug is None:
            self.slug = lambda it: it.title.lower()


class Plain:
    def __init__(self, title="T"):
        self.title = title
        self.slug = lambda it: it.title.lower()


@attrs.define
class Point:
    x: int = 1
    y: Any = lambda it: it.x + 1


def adding(body):
    """
    Decorate a body so that it returns more than its text says.
    """

    @functools.wraps(body)
    def decorated():
        return body() | {"slug": lambda it: it.title.lower(), "friend": assoc("friend")}

    return decorated


def dict_of_values(lab):
    @lab.factory(name="it")
    def it():
        return {"title": "T", "number": sequence("number", int), "sum": 1 + 2}


def dict_of_lazies(lab):
    @lab.factory(name="it")
    def it():
        return {"slug": lambda it: it.title.lower(), "title": "T", "at": lambda: 3}


def dict_with_model(lab):
    @lab.factory(name="it", model=Post)
    def it():
        return {"title": "T", "number": sequence("number", int, start_at=4)}


def decorated_body(lab):
    @lab.factory(name="it")
    @adding
    def it():
        return {"title": "T"}


def lazy_class_default(lab):
    @lab.factory(name="it")
    def it():
        return Lazy(title="Text")


def lazy_of_post_init(lab):
    @lab.factory(name="it")
    def it():
        return Late(title="Text")


def lazy_of_a_plain_class(lab):
    @lab.factory(name="it")
    def it():
        return Plain(title="Text")


def lazy_attrs_default(lab):
    @lab.factory(name="it")
    def it():
        return Point(x=5)


def class_of_a_loop(lab):
    for name, model in {"it": Point, "other": Post}.items():

        @lab.factory(name=name)
        def body():
            return model()  # noqa: B023 - the last class of the loop, as Python has it


def pydantic_record(lab):
    @lab.factory(name="it")
    def it():
        return PydanticUser(name=sequence("name"))


def named_tuple(lab):
    @lab.factory(name="it")
    def it():
        return NamedUser(name="N", role=lambda it: it.name)


def mapped_record(lab):
    @lab.factory(name="it")
    def it():
        return MappedUser(name=sequence("name"), role=lambda it: it.name.upper())


def mapped_default(lab):
    @lab.factory(name="it")
    def it():
        return MappedUser(name=sequence("name"))


def mapped_model(lab):
    @lab.factory(name="it", model=MappedUser)
    def it():
        return {"name": sequence("name"), "role": lambda it: it.name.upper()}


def references(lab):
    @lab.factory(name="it")
    def it():
        return {
            "friend": assoc("friend"),
            "friends": assoc_list(2, "friend"),
            "first": lambda it: it.friends[0]["name"],
        }


def named_inputs(lab):
    @lab.factory(name="it", model=Post)
    def it(*, title="T", words=2):
        return {"title": title * words}


def one_positional(lab):
    @lab.factory(name="it", model=Post)
    def it(params):
        return {"title": lambda it: f"no {it.number}", "number": 3, **params}


def value(lab):
    @lab.factory(name="it", evaluate_lazies=True)
    def it(given=None):
        return {"a": 1, "b": lambda it: it.a, **(given or {})}


BODIES = (
    dict_of_values,
    dict_of_lazies,
    dict_with_model,
    decorated_body,
    lazy_class_default,
    lazy_of_post_init,
    lazy_of_a_plain_class,
    lazy_attrs_default,
    class_of_a_loop,
    pydantic_record,
    named_tuple,
    mapped_record,
    mapped_default,
    mapped_model,
    references,
    named_inputs,
    one_positional,
    value,
)


class Same(Strategy, function_name="same"):
    """
    Return the record.
    """

    def handle(self, record, details):
        return record


def through_a_hook(define):
    lab = Lab(hooks={"before_build_params": lambda given: given})
    define(lab)
    return lab.build("it")


def through_an_after_hook(define):
    lab = Lab(hooks={"after_build_struct": lambda record: record})
    define(lab)
    return lab.build("it")


def through_a_child(define):
    lab = Lab()
    define(lab)
    return Lab(extends=lab).build("it")


def through_a_seeded_lab(define):
    lab = Lab()
    define(lab)
    lab.seed(1)
    return lab.build("it")


def through_a_strict_lab(define):
    lab = Lab(strict="all")
    define(lab)
    return lab.build("it")


def through_an_included_lab(define):
    other, lab = Lab(), Lab()
    define(other)
    lab.include(other)
    return lab.build("it")


def through(call):
    def run(define):
        lab = Lab()
        define(lab)
        return call(lab)

    return run


def with_a_variant(lab):
    @lab.variant("it")
    def plain(params=None):
        return params

    return lab.build("it+plain")


def as_a_reference(lab):
    lab.factory(name="holder")(lambda: {"it": assoc("it")})
    return lab.build("holder")["it"]


def as_a_mapping_for_a_reference(lab):
    lab.factory(name="holder")(lambda: {"it": assoc("it")})
    return lab.build("holder", it={})["it"]


def in_a_list_reference(lab):
    lab.factory(name="holder")(lambda: {"its": assoc_list(1, "it")})
    return lab.build("holder")["its"][0]


def as_a_nested_build(lab):
    lab.factory(name="holder")(lambda: {"it": lambda: lab.build("it")})
    return lab.build("holder")["it"]


def with_a_strategy(lab):
    lab.use(Same)
    return lab.same("it")


def after_other_definitions(lab):
    lab.build("it")
    sequences.reset()
    lab.factory(name="unrelated")(lambda: {"a": 1})
    lab.hook("after_insert")(lambda record: record)
    return lab.build("it")


DOORS = {
    "empty mapping": through(lambda lab: lab.build("it", {})),
    "none": through(lambda lab: lab.build("it", None)),
    "list": through(lambda lab: lab.build_list(1, "it")[0]),
    "list with attributes": through(lambda lab: lab.build_list(1, "it", {})[0]),
    "pair": through(lambda lab: lab.build_pair("it")[0]),
    "handle": through(lambda lab: lab.factories()["it"].build()),
    "handle's list": through(lambda lab: lab.factories()["it"].build_list(1)[0]),
    "reference": through(as_a_reference),
    "mapping for a reference": through(as_a_mapping_for_a_reference),
    "list reference": through(in_a_list_reference),
    "nested build": through(as_a_nested_build),
    "strategy": through(with_a_strategy),
    "variant": through(with_a_variant),
    "other definitions": through(after_other_definitions),
    "hook": through_a_hook,
    "after hook": through_an_after_hook,
    "child": through_a_child,
    "seed": through_a_seeded_lab,
    "strict": through_a_strict_lab,
    "included": through_an_included_lab,
}


def seen(record):
    """
    Return what a record holds as plain data.
    """
    if hasattr(record, "__mapper__"):
        columns = inspect(type(record)).column_attrs
        return {column.key: record.__dict__.get(column.key) for column in columns}
    if isinstance(record, tuple):
        return record._asdict()
    if isinstance(record, dict):
        return record
    if attrs.has(type(record)):
        return attrs.asdict(record)
    return dict(vars(record))


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_door_leads_to_the_same_record(body, door):
    """
    A plain build and every other way to build give equal records, all lazies resolved.
    """

    def define(lab):
        lab.factory(name="friend")(lambda: {"name": sequence("friend")})
        body(lab)

    with sequences.isolated():
        expected = through(lambda lab: lab.build("it"))(define)
    with sequences.isolated():
        got = door(define)

    assert type(expected) is type(got)
    assert seen(expected) == seen(got)
    assert not [key for key, each in seen(expected).items() if callable(each)]


@pytest.mark.parametrize(
    "body", [b for b in BODIES if b is not references], ids=lambda body: body.__name__
)
def test_overriding_with_the_same_value_changes_nothing(body):
    """
    Each attribute, given as it would be anyway, leaves the whole record as it was.
    """
    lab = Lab()
    lab.factory(name="friend")(lambda: {"name": "Friend"})
    body(lab)
    sequences.reset()
    expected = lab.build("it")

    for key, given in seen(expected).items():
        sequences.reset()
        got = lab.build("it", {key: given})

        assert type(expected) is type(got)
        assert seen(expected) == seen(got)
