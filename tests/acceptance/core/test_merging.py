"""
Merging overrides into every kind of record.
"""

import copy

from dataclasses import InitVar, dataclass, field
from types import MappingProxyType

import pytest

from machina_lab import MachinaError, UnknownAttributeError, merge_attributes
from tests.support.bodies import empty
from tests.support.kinds import KINDS, FrozenUser


@pytest.fixture(name="kind", params=KINDS, ids=lambda kind: kind.name)
def _kind(request):
    return request.param


@pytest.fixture(name="user")
def _user(lab, kind):
    @lab.factory
    def user():
        return kind.make(name="Jane", role="member")

    return user


@pytest.fixture(name="from_dict")
def _from_dict(lab, kind):
    @lab.factory(model=kind.model)
    def from_dict():
        return {"name": "Jane"}

    return from_dict


class TestEveryKind:
    def test_class_is_kept(self, kind, user):
        """
        A build returns a record of the class that the body returned.
        """
        assert kind.model is type(user.build())
        assert kind.model is type(user.build(name="Al"))

    def test_overrides_win_and_defaults_stay(self, kind, user):
        """
        What the caller names is replaced, the rest is the factory's.
        """
        got = user.build(name="Al")

        assert ("Al", "member") == (kind.get(got, "name"), kind.get(got, "role"))

    def test_keywords_win_over_the_mapping(self, kind, user):
        """
        A mapping and keywords may be mixed; keywords win.
        """
        got = user.build({"name": "mapping", "role": "admin"}, name="keyword")

        assert ("keyword", "admin") == (kind.get(got, "name"), kind.get(got, "role"))

    def test_explicit_none_is_a_value(self, lab, kind):
        """
        None replaces like any other value.
        """
        if "pydantic" in kind.name or kind.name.startswith("SQLModel"):
            pytest.skip("these classes check their types")
        lab.factory(name="user")(lambda: kind.make(name="Jane", role="member"))

        assert None is kind.get(lab.build("user", role=None), "role")

    def test_model_makes_the_record_from_a_dict(self, kind, from_dict):
        """
        With `model=` a dict body becomes a record of that class.
        """
        got = from_dict.build(role="admin")

        assert kind.model is type(got)
        assert ("Jane", "admin") == (kind.get(got, "name"), kind.get(got, "role"))

    def test_class_defaults_are_filled(self, kind, from_dict):
        """
        What neither body nor caller names has the default of the class, at build.
        """
        if kind.model is dict:
            pytest.skip("a dict has no defaults")

        assert "member" == kind.get(from_dict.build(), "role")

    def test_lazy_overrides_are_resolved(self, kind, user, from_dict):
        """
        Functions among the overrides are called with the merged attributes.
        """
        for factory in (user, from_dict):
            got = factory.build(role=lambda it: it.name.lower() + "!")

            assert "jane!" == kind.get(got, "role")

    def test_unknown_attribute_raises(self, kind, user, from_dict):
        """
        A class refuses attributes it does not have, naming the nearest one.
        """
        if not kind.checks_names:
            pytest.skip("a dict takes new keys")
        for factory in (user, from_dict):
            pattern = rf"{kind.model.__name__}.*'nmae'.*{factory.name}.*'name'"
            with pytest.raises(UnknownAttributeError, match=pattern) as caught:
                factory.build(nmae="Al")

            assert isinstance(caught.value, MachinaError)
            assert isinstance(caught.value, KeyError)
            assert isinstance(caught.value, TypeError)
            assert ["nmae"] == caught.value.keys
            assert factory.name == caught.value.factory

    def test_body_with_unknown_key_raises(self, lab, kind):
        """
        A body's dict may not hold keys that its model lacks.
        """
        if not kind.checks_names:
            pytest.skip("a dict takes new keys")
        lab.factory(name="bad", model=kind.model)(lambda: {"name": "J", "zzz": 1})

        with pytest.raises(UnknownAttributeError, match=r"'zzz'.*'bad'"):
            lab.build("bad")

    def test_items_of_a_list_are_distinct(self, kind, user):
        """
        Each item of a list is a record of its own.
        """
        one, two, three = user.build_list(3)

        assert 3 == len({id(one), id(two), id(three)})
        assert kind.get(one, "name") == kind.get(three, "name")

    def test_merge_attributes(self, kind):
        """
        `merge_attributes` returns a changed record and leaves the first as it was.
        """
        record = kind.make(name="Jane", role="member")

        merged = merge_attributes(record, {"name": "Al"})

        assert ("Al", "member") == (kind.get(merged, "name"), kind.get(merged, "role"))
        if not hasattr(record, "__mapper__"):
            assert "Jane" == kind.get(record, "name")

    def test_merge_attributes_checks_names(self, kind):
        """
        `merge_attributes` refuses what the class does not have.
        """
        if not kind.checks_names:
            pytest.skip("a dict takes new keys")

        with pytest.raises(UnknownAttributeError, match="'zzz'"):
            merge_attributes(kind.make(name="Jane"), {"zzz": 1})

    @pytest.mark.usefixtures("user")
    def test_params_are_a_dict(self, lab):
        """
        `params_for` turns any record into a plain dict.
        """
        got = lab.params_for("user", name="Al")

        assert {"name": "Al", "role": "member"} == got


class TestCallers:
    def test_overrides_are_not_mutated(self, lab):
        """
        The caller's mapping is as it was, whatever the body does with it.
        """

        @lab.factory
        def greedy(attrs):
            attrs["new"] = attrs.pop("old")
            return attrs

        given = {"old": 1}

        assert {"new": 1} == lab.build("greedy", given)
        assert [{"new": 1}] * 3 == lab.build_list(3, "greedy", given)
        assert {"old": 1} == given

    def test_nested_values_are_shared_and_replaced_whole(self, lab):
        """
        Overrides replace shallowly: nested values are taken as they are.
        """
        lab.factory(name="conf")(lambda: {"nested": {"a": 1, "b": 2}})
        nested = {"a": 9}

        got = lab.build("conf", nested=nested)

        assert {"nested": {"a": 9}} == got
        assert nested is got["nested"]

    def test_body_that_returns_a_shared_dict(self, lab):
        """
        A body may return a module's own dict: merging never changes it.
        """
        shared = {"name": "Jane", "f": lambda: 3}
        before = copy.copy(shared)
        lab.factory(name="user")(lambda: shared)

        assert {"name": "Al", "f": 3} == lab.build("user", name="Al")
        assert before == shared

    def test_any_mapping_serves(self, lab):
        """
        Overrides may be any mapping, not only a dict.
        """
        lab.factory(name="user")(lambda: {"name": "Jane"})

        assert {"name": "Al"} == lab.build("user", MappingProxyType({"name": "Al"}))

    @pytest.mark.parametrize("attrs", [["name"], "name", 3, {"name"}], ids=repr)
    def test_no_mapping_is_refused(self, lab, attrs):
        """
        What is no mapping is refused where the lab would have to merge it.
        """
        lab.factory(name="user", model=FrozenUser)(lambda: {"name": "Jane"})

        with pytest.raises(TypeError, match=r"map.*user|user.*map"):
            lab.build("user", attrs)

    @pytest.mark.parametrize("key", ["name", "attrs", "self", "n", "lab", "opts"])
    def test_no_attribute_name_is_taken(self, lab, key):
        """
        An attribute may have the name of any parameter of ours.
        """
        lab.factory(name="thing")(empty)

        assert {key: 1} == lab.build("thing", **{key: 1})
        assert [{key: 1}] * 2 == lab.build_list(2, "thing", **{key: 1})
        assert {key: 1} == lab.params_for("thing", **{key: 1})


class TestClasses:
    def test_dataclass_default_factory(self, lab):
        """
        A default factory makes a value of its own for each record.
        """

        @dataclass
        class Cart:
            items: list = field(default_factory=list)

        lab.factory(name="cart", model=Cart)(empty)
        one, two = lab.build_pair("cart")
        one.items.append(1)

        assert [] == two.items

    def test_field_without_init(self, lab):
        """
        A field that the constructor does not take can be overridden.
        """

        @dataclass
        class Row:
            name: str = "a"
            number: int = field(default=0, init=False)

        lab.factory(name="row", model=Row)(lambda: {"name": "b"})

        assert 7 == lab.build("row", number=7).number

    def test_what_the_constructor_used_up(self, lab):
        """
        Overriding one field leaves alone what an `InitVar` made of another.
        """

        @dataclass
        class Invoice:
            title: str = "t"
            net: InitVar[int] = 0
            gross: int = field(default=0, init=False)

            def __post_init__(self, net):
                self.gross = net * 2

        lab.factory(name="invoice")(lambda: Invoice(net=5))

        got = lab.build("invoice", title="x")

        assert ("x", 10) == (got.title, got.gross)

    def test_inherited_fields(self, lab):
        """
        Fields of the base classes are attributes too.
        """

        @dataclass
        class Admin(FrozenBase):
            level: int = 1

        lab.factory(name="admin")(lambda: Admin())

        assert Admin(name="x", level=2) == lab.build("admin", name="x", level=2)

    def test_settable_property(self, lab):
        """
        A property with a setter counts as an attribute.
        """

        class Person:
            def __init__(self, first="Al", last="Smith"):
                self.first, self.last = first, last

            @property
            def full(self):
                return f"{self.first} {self.last}"

            @full.setter
            def full(self, value):
                self.first, self.last = value.split()

        lab.factory(name="person")(lambda: Person())

        assert "Jo" == lab.build("person", full="Jo Doe").first


@dataclass
class FrozenBase:
    """
    A base class with one field.
    """

    name: str = "base"
