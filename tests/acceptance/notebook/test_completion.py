"""
Tab on a magic line: what is offered, with its type, at once and without asking anybody.
"""

import pytest

from sqlalchemy import event

from machina_lab import Lab
from tests.support.big_labs import big_lab
from tests.support.shells import completions, run


#: A cell of models that is not the last one.
UNFINISHED = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from machina_lab import Lab

class Root(DeclarativeBase):
    pass

class Writer(Root):
    __tablename__ = "writers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list["Post"]] = relationship(back_populates="writer")

class Scrap(Root):
    __tablename__ = "scraps"
    id: Mapped[int] = mapped_column(primary_key=True)
    writer_id: Mapped[int] = mapped_column(ForeignKey("writers.id"))
    writer: Mapped[Writer] = relationship()

fresh = Lab()

@fresh.factory(model=Writer)
def writer():
    return {"name": "Ada"}

@fresh.factory(model=Scrap)
def scrap():
    return {}
"""
REST = """\
class Post(Root):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    writer_id: Mapped[int] = mapped_column(ForeignKey("writers.id"))
    writer: Mapped[Writer] = relationship(back_populates="posts")
"""


@pytest.fixture
def tab(ip, cell):
    """
    Return a function that gives what Tab offers behind a text, without the types.
    """
    assert cell("1").success
    return lambda text: [offered for offered, _ in completions(ip, text)]


class TestNames:
    @pytest.mark.parametrize(
        "head", ["%build ", "x = %insert ", "%%build_list ", "%params_for --seed 3 "]
    )
    def test_factories(self, tab, head):
        """
        After a verb come the factories, in a cell's first line and assignments too.
        """
        assert ["customer", "category"] == tab(f"{head}c")
        assert "order" in tab(head)

    def test_factories_without_a_percent_sign(self, ip, tab):
        """
        The bare form that the terminal allows is completed while no variable hides it.
        """
        assert ["order", "order_line"] == tab("build ord")
        run(ip, "build = 1")
        assert "order" not in tab("build ord")

    def test_after_a_count(self, tab):
        """
        %build_list completes a factory behind the count, and nothing in its place.
        """
        assert ["order", "order_line"] == tab("%build_list 5 o")

    def test_tables_are_factories(self, tab):
        """
        The factories of tables complete like one's own, with the attributes.
        """
        assert ["order_line"] == tab("%build order_")
        assert ["quantity="] == tab("%build order_line q")

    def test_variants(self, tab):
        """
        After + come the variants that are not chosen yet.
        """
        assert ["admin", "retired"] == tab("%build customer+")
        assert ["retired"] == tab("%build customer+admin+")
        assert ["x"] == tab("%build customer+nosuch+x")

    def test_sequences_tables_labs_and_actions(self, ip, tab):
        """
        Other magics complete what they take.
        """
        run(ip, "%build customer")

        assert ["email"] == tab("%sequences reset ")
        assert ["reset", "set"] == tab("%sequences ")
        assert ["commit", "connect"] == sorted(tab("%lab co"))
        assert ["shop"] == tab("%lab use sh")
        assert ["orders"] == tab("%schema orders")

    def test_paths(self, tab, tmp_path):
        """
        Folders and files are completed, with quotes where there are spaces.
        """
        (tmp_path / "my fixtures").mkdir()
        (tmp_path / "shop.db").touch()

        assert [f"'{tmp_path}/my fixtures/"] == tab(f"%export_fixtures {tmp_path}/my")
        assert [f"{tmp_path}/shop.db"] == tab(f"%lab connect sqlite:///{tmp_path}/sh")


class TestAttributes:
    def test_with_their_types(self, ip, tab):
        """
        After the factory come its attributes, each with its type.
        """
        assert tab("%build order nu") == ["number="]
        offered = dict(completions(ip, "%build order "))

        assert "VARCHAR(20)" == offered["number="]
        assert "Customer" == offered["customer="]
        assert "number=" not in tab("%build order number=1 ")

    def test_inputs_too(self, tab):
        """
        A factory's named inputs are offered.
        """
        assert ["euros="] == tab("%build product eu")

    def test_below_associations(self, tab):
        """
        After a dot come the attributes of the other record.
        """
        assert ["customer.name="] == tab("%build order customer.na")

    def test_in_the_header_of_a_cell(self, tab):
        """
        The header row completes attributes, the rows values of their column.
        """
        assert ["number"] == tab("%%insert_list order\nstate,nu")
        assert ["paid"] == tab("%%insert_list order\nnumber,state\nA1,pa")


class TestValues:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("%build order state=", ["new", "paid", "sent"]),
            ("%build order state=p", ["paid"]),
            ("%build order state='p", ["'paid'"]),
            ("%build order state=P", ["paid"]),
            ("%build order state=S", ["sent"]),
            ("%build customer active=", ["true", "false"]),
            ("%build customer name=N", ["None"]),
            ("%build customer name=Jan", ["Jan"]),
            ("%build customer nothing=x", ["x"]),
        ],
    )
    def test_enum_members_and_booleans(self, tab, line, expected):
        """
        After = come the values there are; no other completer adds to them.
        """
        assert expected == tab(line)

    def test_records_at_hand(self, ip, tab):
        """
        An association offers the variables that hold such a record, `$` all of them.
        """
        run(ip, "jane = %build customer --records")

        assert "$jane" in tab("%build order customer=")
        assert "$jane" == tab("%build order customer=$")[0]
        assert ["$jane"] == tab("%insert $ja")

    def test_expressions_are_pythons(self, ip, tab):
        """
        Between braces Python itself completes.
        """
        run(ip, "janet = 1")

        assert "janet" in tab("%build customer name={jan")

    def test_options(self, tab):
        """
        After -- come the options that are not given yet.
        """
        assert ["--seed", "--records", "--deep"] == tab("%build --")
        assert ["--bulk"] == tab("%insert_list --records --b")
        assert "--records" not in tab("%build --records --")

    def test_values_of_options(self, tab, tmp_path):
        """
        Behind an option come its choices or files; a number is the user's to think of.
        """
        (tmp_path / "factories.py").touch()

        assert ["keep", "new"] == tab("%load_fixtures x --keys ")
        assert [f"{tmp_path}/factories.py"] == tab(f"%scaffold x --check {tmp_path}/f")
        assert [""] == tab("%build --seed ")


class TestCost:
    def test_other_lines_are_left_alone(self, tab):
        """
        What is no line of ours is completed as ever.
        """
        assert "customer" not in tab("%%nosuch x\ncust")
        assert "order" not in tab("order_by = 5 % ")
        assert any("load_ext" in offered for offered in tab("%load_e"))

    def test_runs_no_factory_and_no_query(self, cell, tab, memory):
        """
        Completing sends no statement and runs no body.
        """
        statements = []
        event.listen(memory.engine, "before_cursor_execute", statements.append)
        cell("ran = []\n@shop.factory\ndef noisy():\n    ran.append(1)\n    return {}")
        for line in ("%build no", "%build noisy ", "%build order ", "%schema "):
            tab(line)

        assert [] == cell("ran").result
        assert [] == statements

    def test_configures_no_mappers(self, ip, tab):
        """
        Tab between two cells of models sets nothing off: the second class may come.
        """
        run(ip, UNFINISHED)
        run(ip, "%lab use fresh")

        assert ["id=", "name=", "posts="] == tab("%build writer ")
        assert ["writer.name="] == tab("%build scrap writer.na")
        assert run(ip, REST).success
        assert "posts" in tab("%build writer pos")[0]
        assert run(ip, "%build writer").success
        assert ["posts.id="] == tab("%build writer posts.i")

    def test_makes_no_classes_for_tables(self, ip, tab, memory):
        """
        The attributes of a table's factory come from the table, at the first Tab too.
        """
        with memory.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE a (id INTEGER PRIMARY KEY, x)")
            connection.exec_driver_sql(
                "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id REFERENCES a)"
            )
        plain = Lab()
        plain.connect(memory.engine)
        ip.user_ns["plain"] = plain
        run(ip, "%lab use plain")
        tables = plain.tables()

        assert ["a_id=", "a="] == tab("%build b a")
        assert ["a.x="] == tab("%build b a.x")
        assert tables is plain.tables_read()
        assert tables._models is None

    def test_five_hundred_factories_of_fifty_columns(self, ip, tab):
        """
        All of a big lab is offered, not a part of it.
        """
        ip.user_ns["big"] = big_lab(factories=500, columns=50)
        run(ip, "%lab use $big")

        assert 500 == len(tab("%build "))
        assert 50 == len(tab("%build factory_499 "))
