import pytest

from hypothesis import given
from hypothesis import strategies as st

from machina_lab.core.tables import Column, ForeignKey, Table
from machina_lab.schema import insert_order


def table(name, **parents):
    """
    A table with a foreign key for each parent; True: required, False: nullable.
    """
    columns = [Column("id", nullable=False)]
    columns += [Column(f"{k}_id", nullable=not v) for k, v in parents.items()]
    keys = tuple(ForeignKey((f"{each}_id",), each, ("id",)) for each in parents)
    return Table(name, tuple(columns), primary_key=("id",), foreign_keys=keys)


NAMES = "abcdefgh"
GRAPHS = st.dictionaries(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(NAMES), st.booleans(), max_size=4),
    min_size=1,
)


class TestInsertOrder:
    def test_parents_come_first(self):
        """
        A child is named after its parents, whatever the order of declaration.
        """
        order = insert_order([table("c", b=True), table("b", a=False), table("a")])

        assert ["a", "b", "c"] == list(order)
        assert () == order.cycles

    def test_nullable_side_of_a_cycle_comes_late(self):
        """
        A cycle is cut at the foreign key that may be NULL, and says so.
        """
        order = insert_order([table("team", player=False), table("player", team=True)])

        assert ["team", "player"] == list(order)
        assert "team -> player -> team: team.player_id is filled in afterwards" == str(
            order.cycles[0]
        )

    @pytest.mark.parametrize(
        ("dialect", "cure"),
        [("postgresql", "statement"), ("sqlite", "pragma"), ("mysql", "none")],
    )
    def test_required_cycles_name_what_the_database_offers(self, dialect, cure):
        """
        Where every foreign key of a ring is NOT NULL, the cure depends on the database.
        """
        tables = [table("a", b=True), table("b", a=True)]

        assert cure == insert_order(tables, dialect).cycles[0].cure

    def test_a_table_that_points_at_itself_is_no_cycle(self):
        """
        Self references order rows, not tables.
        """
        assert () == insert_order([table("node", node=True)]).cycles

    def test_long_chains(self):
        """
        Thousands of tables in a row are no deeper than two.
        """
        chain = [table(f"t{n}", **{f"t{n + 1}": True}) for n in range(3000)]

        assert "t2999" == insert_order(chain)[0]

    @given(GRAPHS)
    def test_every_table_once_and_every_parent_first(self, graph):
        """
        Any graph is ordered: all tables once, and parents first but for late keys.
        """
        tables = [table(name, **parents) for name, parents in graph.items()]

        order = insert_order(tables)

        assert sorted(graph) == sorted(order)
        late = {(each.table, each.foreign_key) for each in order.late}
        place = {name: index for index, name in enumerate(order)}
        for each in tables:
            for fk in each.foreign_keys:
                if fk.table in place and fk.table != each.key:
                    early = place[fk.table] < place[each.key]
                    assert early or (each.key, fk) in late

    @given(GRAPHS)
    def test_required_keys_are_late_only_in_required_rings(self, graph):
        """
        A NOT NULL key is never given up where a nullable one breaks the ring.
        """
        tables = [table(name, **parents) for name, parents in graph.items()]

        for cycle in insert_order(tables).cycles:
            required = all(
                graph[name].get(following)
                for name, following in zip(
                    cycle.tables, (*cycle.tables[1:], cycle.tables[0]), strict=True
                )
            )
            assert required == (cycle.cure == "none")
