"""
A schema's diagram inside a page: it pans by dragging, zooms, and opens tables.

The picture is the schema's own SVG. The box around it scrolls by itself, and the
kernel's buttons change the picture's width; so much works on any page. A few handlers
written into the picture add the rest: dragging, zooming by wheel, and a press on a
table, which chooses it in the list beside the picture as a person would.
"""

from __future__ import annotations

import re

from html import escape, unescape
from itertools import count
from typing import Any, Final

from machina_lab.widgets.markup import escaped


_numbers: Final = count(1)
_TABLE: Final = re.compile(r"<g><title>(?:table|view) (.*?): \d+ columns")
_SIZE: Final = re.compile(r'width="(\d+)" height="(\d+)"')
#: Between a table's name and its number of rows in the list.
GAP: Final = "\u2003"

#: Chooses the table `k` in the list; where a filter hides it, filters for it.
_OPEN: Final = (
    "const r=this.closest('.machina-schema'),"
    "s=r.querySelector('.machina-tables select'),"
    f"i=[...s.options].findIndex(o=>o.value.split('{GAP}')[0]===k);"
    "if(i>=0){s.selectedIndex=i;s.dispatchEvent(new Event('change',{bubbles:true}))}"
    "else{const f=r.querySelector('.machina-filter input');f.value=k;"
    "for(const e of['input','change'])f.dispatchEvent(new Event(e,{bubbles:true}))}"
)
_FOUND: Final = "const g=event.target.closest('[data-table]');"
_CLICK: Final = f"{_FOUND}if(g&&!(this.moved>4)){{const k=g.dataset.table;{_OPEN}}}"
_KEY: Final = (
    f"{_FOUND}if(g&&(event.key==='Enter'||event.key===' ')){{"
    f"event.preventDefault();event.stopPropagation();const k=g.dataset.table;{_OPEN}}}"
)
_DOWN: Final = "this.moved=0"
_MOVE: Final = (
    "if(event.buttons&1){const c=this.closest('.machina-canvas');"
    "c.scrollLeft-=event.movementX;c.scrollTop-=event.movementY;"
    "this.moved=(this.moved||0)+Math.abs(event.movementX)+Math.abs(event.movementY)}"
)
_WHEEL: Final = (
    "if(event.ctrlKey||event.metaKey){event.preventDefault();"
    "const w=this.closest('.widget-html');"
    "w.style.width=w.offsetWidth*(event.deltaY<0?1.15:1/1.15)+'px'}"
)


def picture(svg: str, known: set[str]) -> tuple[str, int]:
    """
    Return a diagram as HTML, and its width in pixels.

    Args:
        svg: The schema's own picture.
        known: The keys of the tables that can be opened.
    """
    mark = f"machina-to-{next(_numbers)}"
    # Two pictures on a page must not share their arrow heads.
    text = svg.replace('id="to"', f'id="{mark}"').replace("url(#to)", f"url(#{mark})")
    text = _TABLE.sub(lambda found: _openable(found, known), text)
    handlers = "".join(
        f' on{event}="{escape(code, quote=True)}"'
        for event, code in (
            ("click", _CLICK),
            ("keydown", _KEY),
            ("pointerdown", _DOWN),
            ("pointermove", _MOVE),
            ("wheel", _WHEEL),
        )
    )
    # What can be pressed must not be inside an image.
    text = text.replace('role="img"', f'role="group"{handlers}', 1)
    size = _SIZE.search(text)
    return text, int(size[1]) if size else 800


def _openable(found: re.Match[str], known: set[str]) -> str:
    key = found[1]
    if unescape(key) not in known:
        return found[0]
    head = f'<g data-table="{key}" tabindex="0" role="button" aria-label="Open {key}">'
    return found[0].replace("<g>", head, 1)


def link(key: str) -> str:
    """
    Return a button that opens a table.
    """
    code = f"const k=this.dataset.table;{_OPEN}"
    return (
        f'<button type="button" class="machina-link" data-table="{escape(key)}"'
        f' onclick="{escape(code, quote=True)}">{escaped(key)}</button>'
    )


def drawn(schema: Any, key: str, *, whole: bool) -> str:
    """
    Return the picture of a table's neighbourhood, or of all tables.
    """
    return str(schema.diagram("svg", **({} if whole else {"around": key})))
