import re
import xml.etree.ElementTree as ET

from itertools import product

import pytest
import sqlalchemy as sa

from hypothesis import given, settings
from hypothesis import strategies as st

from machina_lab.core.tables import Column, ForeignKey, Table
from machina_lab.errors import OptionError, UnknownTableError
from machina_lab.schema import Schema
from machina_lab.schema.layouts import Box, place
from tests.schema.test_model import table


SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(name="shop")
def _shop():
    return Schema((table("user"), table("article", "user"), table("tag")))


def texts(svg):
    return [each.text for each in ET.fromstring(svg).iter(f"{SVG}text")]


class TestSvg:
    def test_shows_tables_columns_and_relations(self, shop):
        """
        Every table, column and foreign key is in the picture.
        """
        svg = shop.diagram()

        assert {"user", "article", "tag", "user_id"} <= set(texts(svg))
        paths = [e for e in ET.fromstring(svg).iter(f"{SVG}path") if e.get("class")]
        assert ["fk open"] == [path.get("class") for path in paths]

    def test_follows_light_and_dark(self, shop):
        """
        The picture brings its colours for both settings, and its own background.
        """
        svg = shop.diagram()

        assert "prefers-color-scheme: dark" in svg
        assert 'class="paper"' in svg

    def test_asks_nobody(self, shop):
        """
        No address is in the picture but the name of SVG itself.
        """
        svg = shop.diagram().replace("http://www.w3.org/2000/svg", "")

        assert "http" not in svg
        assert "<script" not in svg

    def test_a_notebook_shows_it_untrusted(self, shop, tmp_path):
        """
        In a notebook it is an image that carries itself; its repr is short.
        """
        diagram = shop.diagram()

        assert 'src="data:image/svg+xml;base64,' in diagram._repr_html_()
        assert len(repr(diagram)) < 60
        assert diagram == diagram.save(tmp_path / "shop.svg").read_text()

    def test_a_neighbourhood(self, shop):
        """
        Around one table only its neighbours are drawn; what leads out is counted.
        """
        hub = Schema((*shop.tables, table("comment", "article")))

        near = texts(hub.diagram(around="user"))

        assert "tag" not in near
        assert "comment" not in near
        assert "+ 1 more relation" in near

    def test_hundreds_of_tables_are_boxes(self):
        """
        Where columns would be unreadable, only names are drawn.
        """
        schema = Schema(tuple(table(f"t{n}", f"t{n // 2}") for n in range(300)))

        assert 300 == len(texts(schema.diagram()))

    @pytest.mark.parametrize(
        ("kind", "options", "match"),
        [("png", {}, "unknown option 'png'"), ("svg", {"columns": "some"}, "'some'")],
    )
    def test_unknown_kinds(self, shop, kind, options, match):
        """
        An unknown kind or detail is refused, with those that exist.
        """
        with pytest.raises(OptionError, match=match):
            shop.diagram(kind, **options)

    def test_unknown_table(self, shop):
        """
        The middle of a neighbourhood must exist.
        """
        with pytest.raises(UnknownTableError, match="Did you mean 'user'"):
            shop.diagram(around="usr")


NAMES = st.text(min_size=1, max_size=20)


class TestAnyName:
    @settings(max_examples=50, deadline=None)
    @given(NAMES, NAMES, NAMES)
    def test_is_escaped(self, name, column, comment):
        """
        Whatever tables and columns are called, the picture is well-formed.
        """
        parent = Table(name, (Column(column),), primary_key=(column,), comment=comment)
        fk = ForeignKey((column,), name, (column,))
        child = Table(f"{name}2", (Column(column),), foreign_keys=(fk,))
        schema = Schema((parent, child))

        ET.fromstring(schema.diagram().encode("utf-8", "replace"))
        for kind in ("mermaid", "dot"):
            assert schema.diagram(kind)

    def test_markup_stays_text(self):
        """
        A table called like a script is drawn, not run.
        """
        name = '<script>alert("x")</script>'
        schema = Schema((Table(name, (Column("a"),)),))

        assert name in texts(schema.diagram())
        assert "<script" not in schema.diagram()
        assert "<script" not in schema.diagram("dot")


class TestEdges:
    def test_long_ones_pass_between_the_boxes(self):
        """
        An edge over several columns keeps to a lane of its own in each.
        """
        metadata = sa.MetaData()
        chain = [None, "a", "b", "c"]
        for name, parent in zip("abcd", chain, strict=True):
            table = sa.Table(
                name, metadata, sa.Column("id", sa.Integer, primary_key=True)
            )
            if parent:
                table.append_column(sa.Column("up", sa.ForeignKey(f"{parent}.id")))
        metadata.tables["d"].append_column(sa.Column("far", sa.ForeignKey("a.id")))
        svg = Schema.from_metadata(metadata).diagram()

        (far,) = re.findall(r'd="([^"]*)"><title>d.far = a.id', svg)

        assert 2 == far.count("H")

    def test_one_that_closes_a_cycle(self):
        """
        An edge whose parent is on the right is drawn the other way round.
        """
        metadata = sa.MetaData()
        for name, parent in zip("abcd", "dabc", strict=True):
            key = sa.ForeignKey(f"{parent}.id", use_alter=True, name=name)
            columns = [sa.Column("id", sa.Integer, primary_key=True)]
            sa.Table(name, metadata, *columns, sa.Column("up", key))

        svg = Schema.from_metadata(metadata).diagram()

        starts = [float(x) for x in re.findall(r'd="M([\d.]+) ', svg)]
        ends = [float(x) for x in re.findall(r' ([\d.]+) [\d.]+"><title>', svg)]
        pairs = list(zip(starts[1:], ends, strict=True))
        assert 1 == sum(start < end for start, end in pairs)
        assert 4 == len(pairs)


class TestTexts:
    def test_mermaid(self, shop):
        """
        Mermaid gets plain words, keys and relations.
        """
        text = shop.diagram("mermaid")

        assert text.startswith("erDiagram\n")
        assert 't1["article"] {' in text
        assert 't0 |o--o{ t1 : "user_id"' in text

    def test_dot(self, shop):
        """
        Graphviz gets a table a node, and arrows to the parents.
        """
        text = shop.diagram("dot")

        assert text.startswith("digraph schema {")
        assert "t1:c1 -> t0 [style=dashed];" in text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=30),
    st.lists(st.integers(30, 400), min_size=15, max_size=15),
)
def test_boxes_never_overlap(edges, heights):
    """
    However tables are tied together, no box lies on another and no edge behind one.
    """
    boxes = {str(n): Box(str(n), 100, height) for n, height in enumerate(heights)}

    places = place(boxes, [(str(a), str(b)) for a, b in edges])

    for (child, parent), lanes in places.lanes.items():
        xs = [boxes[child].x, *(lane.x for lane in lanes), boxes[parent].x]
        assert xs in (sorted(xs), sorted(xs, reverse=True))
        for lane, box in product(lanes, boxes.values()):
            beside = box.x != lane.x
            assert beside or not box.y <= lane.y <= box.y + box.height
    placed = list(boxes.values())
    for n, one in enumerate(placed):
        for other in placed[n + 1 :]:
            apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert apart_x or apart_y
