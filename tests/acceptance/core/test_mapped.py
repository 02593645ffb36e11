"""
What counts as an attribute of a mapped class, and what a build fills in.
"""

import datetime as dt

from decimal import Decimal

import pytest

from sqlalchemy import ForeignKey, String, func
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    mapped_column,
    relationship,
    synonym,
)

from machina_lab import Lab, UnknownAttributeError, assoc, assoc_list, sequence
from tests.support.bodies import empty


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "mapped_owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str | None]
    last: Mapped[str | None]
    role: Mapped[str] = mapped_column(String(20), default="member")
    worth: Mapped[Decimal | None]
    born: Mapped[dt.date] = mapped_column(default=dt.date.today)
    made: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    meta_: Mapped[str | None] = mapped_column("meta")
    given_name = synonym("first")
    pets: Mapped[list["Pet"]] = relationship(back_populates="owner")
    pet_names: AssociationProxy[list[str]] = association_proxy(
        "pets", "name", creator=lambda name: Pet(name=name)
    )
    shout = column_property(func.upper(role))

    @hybrid_property
    def full(self):
        return f"{self.first} {self.last}"

    @full.inplace.setter
    def _set_full(self, value):
        self.first, self.last = value.split()

    @hybrid_property
    def initial(self):
        return self.first[0]

    def greet(self):
        return f"Hi {self.first}"


class Pet(Base):
    __tablename__ = "mapped_pets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("mapped_owners.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="pets")


@pytest.fixture(autouse=True)
def _define(lab):
    lab.factory(name="owner", model=Owner)(lambda: {"first": "Al", "last": "Smith"})
    lab.factory(name="pet", model=Pet)(
        lambda: {"name": sequence("pet"), "owner": assoc("owner")}
    )


class TestAttributes:
    @pytest.mark.parametrize("name", ["metadata", "registry", "greet", "__table__"])
    def test_not_what_the_constructor_takes(self, lab, name):
        """
        Names that a constructor would swallow are no attributes.
        """
        with pytest.raises(UnknownAttributeError, match=f"Owner.*{name!r}"):
            lab.build("owner", {name: "x"})

    @pytest.mark.parametrize("name", ["shout", "initial"])
    def test_what_cannot_be_set(self, lab, name):
        """
        Computed columns and hybrids without a setter cannot be given.
        """
        with pytest.raises(UnknownAttributeError, match=f"Owner.*{name!r}"):
            lab.build("owner", {name: "x"})

    def test_synonym(self, lab):
        """
        A synonym sets what it stands for.
        """
        assert "Jo" == lab.build("owner", given_name="Jo").first

    def test_settable_hybrid(self, lab):
        """
        A hybrid with a setter counts as an attribute.
        """
        owner = lab.build("owner", full="Jo Doe")

        assert ("Jo", "Doe") == (owner.first, owner.last)

    def test_association_proxy(self, lab):
        """
        An association proxy takes values through its creator.
        """
        owner = lab.build("owner", pet_names=["Rex", "Tom"])

        assert ["Rex", "Tom"] == [pet.name for pet in owner.pets]

    def test_attribute_is_called_unlike_its_column(self, lab):
        """
        The attribute's name is the one to give; the column's is pointed out.
        """
        assert "x" == lab.build("owner", meta_="x").meta_
        with pytest.raises(UnknownAttributeError, match=r"'meta'.*'meta_'"):
            lab.build("owner", meta="x")


class TestDefaults:
    def test_scalars_are_filled_at_build(self, lab):
        """
        A scalar column default is on the record at once.
        """
        assert "member" == lab.build("owner").role

    def test_scalars_are_filled_on_what_a_body_returned(self, lab):
        """
        Also where the body makes the record itself, with and without overrides.
        """
        lab.factory(name="by_hand")(lambda: Owner(first="Al"))

        assert "member" == lab.build("by_hand", last="Smith").role
        assert "member" == lab.build("by_hand").role
        assert "member" == lab.build_list(2, "by_hand")[1].role
        assert "member" == lab.params_for("by_hand")["role"]

    def test_lazies_see_scalars(self, lab):
        """
        The parent has the default that the record will have, whoever made the record.
        """
        lab.factory(name="by_hand")(lambda: Owner(last="Al"))

        def first(parent):
            return f"{parent.role} {parent['role']}"

        assert "member member" == lab.build("by_hand", first=first).first
        assert "member member" == lab.build("owner", first=first).first

    def test_callables_wait_for_the_flush(self, lab):
        """
        A default that is a function is called at flush.
        """
        assert None is lab.build("owner").born

    def test_explicit_none_stays(self, lab):
        """
        None is the caller's word, not a missing value.
        """
        assert None is lab.build("owner", role=None).role

    def test_params_show_scalars(self, lab):
        """
        Params hold the default like any other value.
        """
        assert {"first": "Al", "last": "Smith", "role": "member"} == lab.params_for(
            "owner"
        )

    def test_column_expressions_pass(self, lab):
        """
        An SQL expression is a value for the database to work out.
        """
        expression = func.now()

        assert expression is lab.build("owner", made=expression).made


class TestAssociations:
    def test_back_reference_is_set(self, lab):
        """
        An association that is built is seen from both sides.
        """
        pet = lab.build("pet")

        assert [pet] == pet.owner.pets

    def test_mapping_for_a_reference(self, lab):
        """
        A mapping is built through the referenced factory.
        """
        assert ("Al", "Doe") == (
            lab.build("pet", owner={"last": "Doe"}).owner.first,
            lab.build("pet", owner={"last": "Doe"}).owner.last,
        )

    def test_mapping_without_a_reference(self, lab):
        """
        Without one it becomes a bare instance of the related class.
        """
        lab.factory(name="stray", model=Pet)(lambda: {"name": "Stray"})

        owner = lab.build("stray", owner={"first": "Jo"}).owner

        assert (Owner, "Jo", None) == (type(owner), owner.first, owner.last)

    def test_list_of_mappings_without_a_reference(self, lab):
        """
        A list of mappings becomes bare instances of the related class.
        """
        owner = lab.build("owner", pets=[{"name": "Rex"}, Pet(name="Tom")])

        assert ["Rex", "Tom"] == [pet.name for pet in owner.pets]

    def test_bare_instances_are_checked(self, lab):
        """
        A typo in such a mapping is found.
        """
        with pytest.raises(UnknownAttributeError, match=r"Pet.*'nmae'.*'name'"):
            lab.build("owner", pets=[{"nmae": "Rex"}])

    def test_reference_to_many(self, lab):
        """
        Children of a list reference point back to their parent.
        """
        lab.factory(name="keeper", model=Owner)(
            lambda: {"pets": assoc_list(2, "pet", owner=None)}
        )

        keeper = lab.build("keeper")

        assert ["pet0", "pet1"] == [pet.name for pet in keeper.pets]
        assert [keeper, keeper] == [pet.owner for pet in keeper.pets]

    def test_lazies_never_reach_a_relationship(self, lab):
        """
        A function for a relationship is called before the record is made.
        """
        owner = Owner(first="Jo")

        assert owner is lab.build("pet", owner=lambda: owner).owner
        pets = lab.build("owner", pets=lambda: [Pet(name="Rex")]).pets
        assert ["Rex"] == [pet.name for pet in pets]

    def test_explicit_key_beats_the_default(self, lab):
        """
        A foreign key that the caller gave keeps the default parent from being built.
        """
        pet = lab.build("pet", owner_id=77)

        assert 77 == pet.owner_id
        assert None is pet.owner


class TestSync:
    def test_column(self, memory):
        """
        `lab.sync_sequence` goes on after what the column holds.
        """
        with Lab(memory.create(Base)) as lab:
            lab.factory(name="pet", model=Pet)(lambda: {"name": sequence("pet")})
            lab.insert("pet", name="pet41")
            lab.sync_sequence("pet", Pet.name)

            assert "pet42" == lab.insert("pet").name

    def test_empty_table(self, memory):
        """
        An empty column changes nothing.
        """
        lab = Lab(memory.create(Base))

        lab.sync_sequence("pet", Pet.name)

        assert "pet0" == sequence("pet")
        lab.rollback()


class TestInsertHooks:
    @pytest.mark.parametrize("stage", ["before_insert", "after_insert"])
    def test_returning_none(self, memory, stage):
        """
        An insert hook that forgets its value raises, and nothing is kept.
        """
        lab = Lab(memory.create(Base))
        lab.factory(name="owner", model=Owner, hooks={stage: lambda record: None})(
            empty
        )

        with pytest.raises(TypeError, match=rf"(?s)(?=.*{stage})(?=.*None)"):
            lab.insert("owner")

        assert {} == dict(lab.pending)
        lab.rollback()

    def test_before_insert_may_change_the_record(self, memory):
        """
        What before_insert returns is what is inserted and cast.
        """

        def enrich(owner):
            owner.worth = "12.50"
            return owner

        with Lab(memory.create(Base)) as lab:
            lab.factory(name="owner", model=Owner, hooks={"before_insert": enrich})(
                empty
            )

            assert Decimal("12.50") == lab.insert("owner").worth
