"""
The schema explorer: tables, their columns and relations, a diagram, sample rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import ipywidgets as widgets

from machina_lab.widgets import theme
from machina_lab.widgets.codelines import python_literal, word
from machina_lab.widgets.deeds import Wait
from machina_lab.widgets.diagram_pages import drawn, picture
from machina_lab.widgets.handlers import guarded, on_change, on_click
from machina_lab.widgets.markup import (
    code_line,
    escaped,
    grid,
    note,
    scrolled,
    source,
    text_table,
)
from machina_lab.widgets.reading import read_tables
from machina_lab.widgets.schema_data import (
    ROWS,
    counted,
    names_data,
    read_schema,
    sample_data,
    schema_data,
    table_data,
)
from machina_lab.widgets.table_pages import (
    columns_html,
    factory_html,
    head_html,
    table_labels,
)
from machina_lab.widgets.views import View, keep_live


_TABS: Final = ("Columns", "Rows", "Diagram", "Factory")
_HEIGHT: Final = 18
_STEP: Final = 1.25
_ZOOMS: Final = (0.1, 4.0)
#: The widest picture that is still readable when it is made to fit, in pixels.
_WIDEST: Final = 1200
_AROUND: Final = "this table and its neighbours"
_WHOLE: Final = "all tables"
_HEADS: Final = ("table", "rows", "columns", "parents", "children")
_NOT_CONNECTED: Final = "No database is connected."


class SchemaExplorer(View):
    """
    The tables of the lab's database, to walk through.

    Attributes:
        schema: What the database looks like; None while it cannot be read.
        selected: The key of the chosen table, or "".
        zoom: How large the diagram is; 1.0 is its own size.
    """

    def __init__(self, lab: Any, *, wait: Wait | None = None) -> None:
        super().__init__(lab, wait)
        self.schema: Any = None
        self._known: Any = None
        self._reading = False
        self.zoom = 1.0
        self._width = 800
        self._keys: list[str] = []
        self._filled: dict[str, str] = {}
        self._steps = 0
        self._quiet = False
        self._make_parts()
        self.add_class("machina-schema")
        self.follow_database()
        keep_live(self)

    def _make_parts(self) -> None:
        self.title, self.head, self.code_lines = (
            theme.html(),
            theme.html(),
            theme.html(),
        )
        self.reload = theme.button("Refresh", "Read the database again")
        self.filter = widgets.Text(description="Filter", placeholder="part of a name")
        self.filter.add_class("machina-filter")
        self.tables = widgets.Select(description="Tables", rows=_HEIGHT)
        self.tables.add_class("machina-tables")
        self.columns, self.rows, self.factory = theme.html(), theme.html(), theme.html()
        self.tabs = widgets.Tab(
            [self.columns, self.rows, self._diagram_page(), self._factory_page()],
            titles=_TABS,
            selected_index=0,
        )
        on_change(self.filter, self._show_list)
        on_change(self.tables, self._choose)
        on_change(self.tabs, self._fill, "selected_index")
        on_click(self.reload, self.reread)
        left = theme.rows(self.filter, self.tables, name="machina-list machina-side")
        page = theme.rows(self.head, self.tabs, self.code_lines, name="machina-main")
        self.lay_out(
            theme.row(self.title, self.reload, name="machina-bar machina-top"),
            theme.row(left, page, name="machina-columns"),
            self.status,
        )

    def _diagram_page(self) -> Any:
        self.scope = widgets.Dropdown(description="Show", options=[_AROUND, _WHOLE])
        self.larger = theme.button("+", "Make the diagram larger")
        self.smaller = theme.button("−", "Make the diagram smaller")  # noqa: RUF001 - a minus sign
        self.fit = theme.button("Fit", "Fit the diagram into the box")
        self.picture = theme.html()
        self.canvas = widgets.Box([self.picture], tabbable=True)
        self.canvas.add_class("machina-canvas")
        on_change(self.scope, self._draw)
        on_click(self.larger, lambda: self._zoom_to(self.zoom * _STEP))
        on_click(self.smaller, lambda: self._zoom_to(self.zoom / _STEP))
        on_click(self.fit, lambda: self._zoom_to(None))
        bar = theme.row(
            self.scope, self.smaller, self.larger, self.fit, name="machina-bar"
        )
        return theme.rows(bar, self.canvas)

    def _factory_page(self) -> Any:
        self.scaffold_button = theme.button("Scaffold", "Write this table's factory")
        self.scaffolded = theme.html()
        self.presses.on_press(self.scaffold_button, self.scaffold)
        bar = theme.row(self.scaffold_button, name="machina-bar")
        # Above what is filled in later: a button that moves cannot be hit.
        return theme.rows(bar, self.factory, self.scaffolded)

    # -- the list ------------------------------------------------------------------

    @property
    def selected(self) -> str:
        """
        The key of the chosen table.
        """
        at = self.tables.value
        return "" if at is None or at >= len(self._keys) else self._keys[at]

    @property
    def code(self) -> str:
        """
        The Python call that shows the chosen table.
        """
        return f"lab.schema.table({python_literal(self.selected)})"

    @guarded
    def reread(self) -> None:
        """
        Read the database again.
        """
        self._read(again=True)

    @guarded
    def follow_database(self) -> None:
        """
        Show the database that the lab is connected to now.
        """
        if self.lab.repo is None:
            self.status.say(
                "The lab has no database: lab.connect('sqlite:///shop.db')."
            )
            return
        self._read()

    def _read(self, *, again: bool = False) -> None:
        def show(schema: Any) -> None:
            self._reading = False
            self.schema, self._known = schema, self.lab.tables_read()
            self._show()
            said = f"Read {len(schema)} tables." if again else ""
            self.status.say(said, "good")

        def fail(error: Exception) -> None:
            self._reading = False
            self.status.fail(error)

        self._reading = True
        if self.lab.repo.is_async:
            self.deeds.ask(read_schema, show, fail)
        else:
            read_tables(
                self.lab,
                lambda: show(self.lab.schema),
                fail,
                self.status.say,
                again=again,
            )

    def refresh(self) -> None:
        """
        Follow what other cells did: a database connected, rows inserted.
        """
        if self.lab.repo is None or self._reading:
            return
        if self.schema is None or self.lab.tables_read() is not self._known:
            self.follow_database()
            return
        newest = max((step.number for step in self.lab.journal), default=0)
        if newest != self._steps:
            self._recount(newest)

    def _recount(self, newest: int) -> None:
        names = {table for step in self.lab.journal for table in step.rows} | set(
            self.lab.pending
        )
        self._steps = newest
        touched = [each for each in self.schema if each.key in names]

        def show(counts: dict[str, int]) -> None:
            tables = [
                replace(each, rows=counts.get(each.key, each.rows))
                for each in self.schema
            ]
            self.schema = replace(self.schema, tables=tuple(tables))
            self._show()

        self.deeds.ask(
            lambda session: counted(session, touched), show, self.status.fail
        )

    def _show(self) -> None:
        data = schema_data(self.schema)
        self._steps = max((step.number for step in self.lab.journal), default=0)
        self._filled = {}
        said = f"{len(data['tables'])} tables · {data['relations']} relations"
        skipped = (
            f" · {len(data['skipped'])} could not be read" if data["skipped"] else ""
        )
        remark = f"{self.lab.repo.label} · {said}{skipped}"
        self.title.value = theme.title("Schema", remark)
        self._show_list()

    @guarded
    def _show_list(self) -> None:
        if self.schema is None:
            return
        wanted, before = self.filter.value.strip().casefold(), self.selected
        self._keys = [table.key for table in self.schema]
        options = [
            (label, at)
            for at, label in enumerate(table_labels(self.schema))
            if wanted in self._keys[at].casefold()
        ]
        places = [at for _, at in options]
        exact = [at for at in places if self._keys[at].casefold() == wanted]
        same = [at for at in places if self._keys[at] == before]
        self._quiet = True
        self.tables.options = options
        self.tables.value = next(iter(exact or same or places), None)
        self._quiet = False
        self._choose()

    # -- the page of a table -------------------------------------------------------

    @guarded
    def _choose(self) -> None:
        if self._quiet:
            return
        if not self.selected:
            self.head.value = f"<p>{note('No table has this in its name.')}</p>"
            self.code_lines.value = ""
            return
        self.head.value = head_html(table_data(self.lab, self.schema, self.selected))
        self.code_lines.value = code_line(
            f"%schema {word(self.selected)}", "Magic"
        ) + code_line(self.code, "Python")
        self.scaffolded.value = ""
        self._fill()

    @guarded
    def _fill(self) -> None:
        """
        Show the open tab of the chosen table, if it does not show already.
        """
        name = _TABS[self.tabs.selected_index or 0]
        if not self.selected or self._filled.get(name) == self.selected:
            return
        fillers: dict[str, Callable[[], None]] = {
            "Columns": self._show_columns,
            "Rows": self._show_rows,
            "Diagram": self._draw,
            "Factory": self._show_factory,
        }
        self.status.say("")
        self._filled[name] = self.selected
        fillers[name]()

    def _show_columns(self) -> None:
        self.columns.value = columns_html(
            table_data(self.lab, self.schema, self.selected)
        )

    def _show_rows(self) -> None:
        table = self.schema.table(self.selected)

        def show(rows: list[list[str]]) -> None:
            heads = [column.name for column in table.columns]
            body = grid(heads, rows) if rows else f"<p>{note('No rows yet.')}</p>"
            self.rows.value = scrolled(body, f"The first {ROWS} rows of {table.key}")

        def fail(error: Exception) -> None:
            self._filled.pop("Rows", None)
            self.status.fail(error)

        self.deeds.ask(lambda session: sample_data(session, table), show, fail)

    def _show_factory(self) -> None:
        self.factory.value = factory_html(
            table_data(self.lab, self.schema, self.selected)
        )

    @guarded
    def _draw(self) -> None:
        if not self.selected:
            return
        svg = drawn(self.schema, self.selected, whole=self.scope.value == _WHOLE)
        self.picture.value, self._width = picture(svg, set(self._keys))
        self._zoom_to(1.0)
        # A little too wide is shown whole; what would get too small to read is not.
        readable = self._width <= _WIDEST
        self.picture.layout.max_width = "100%" if readable else "none"

    @guarded
    def _zoom_to(self, zoom: float | None) -> None:
        self.picture.layout.max_width = "none"
        if zoom is None:
            self.zoom, self.picture.layout.width = 1.0, "100%"
            return
        self.zoom = min(max(zoom, _ZOOMS[0]), _ZOOMS[1])
        self.picture.layout.width = f"{self._width * self.zoom:.0f}px"

    @guarded
    def scaffold(self) -> None:
        """
        Show the source of a factory for the chosen table.
        """
        table = self.selected

        def show(code: str) -> None:
            self.scaffolded.value = (
                code_line(f"%scaffold {word(table)}", "Magic")
                + code_line(f"lab.scaffold({python_literal(table)})", "Python")
                + source(code, "Scaffold")
            )

        self.deeds.ask(
            lambda _session: str(self.lab.scaffold(table)), show, self.status.fail
        )

    def as_text(self) -> str:
        """
        Return the tables as text.
        """
        heads, rows = self._listed()
        return text_table(heads, rows) if rows else self._lacking()

    def as_html(self) -> str:
        """
        Return the tables as plain HTML.
        """
        heads, rows = self._listed()
        listed = grid(heads, rows) if rows else f"<p>{escaped(self._lacking())}</p>"
        return f"<div>{listed}</div>"

    def _listed(self) -> tuple[Sequence[str], list[list[Any]]]:
        """
        Return heads and rows of what is known of the tables: at least their names.
        """
        names: list[str] = []
        if self.schema is not None:
            return _HEADS, [[each[h] for h in _HEADS] for each in self.schema.rows()]
        if self._reading and not self.lab.repo.is_async:
            self.deeds.ask(names_data, names.extend, self.status.fail)
        return _HEADS[:1], [[name] for name in names]

    def _lacking(self) -> str:
        if self.schema is not None:
            return "The database has no tables."
        return "The tables are not read yet." if self._reading else _NOT_CONNECTED


def schema_explorer(lab: Any, *, wait: Wait | None = None) -> SchemaExplorer:
    """
    Return the explorer of the lab's database.

    Args:
        lab: The lab.
        wait: Waits for the coroutines of an asynchronous database; see `override_form`.
    """
    return SchemaExplorer(lab, wait=wait)
