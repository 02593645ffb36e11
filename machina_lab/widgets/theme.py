"""
How the widgets look: spacing, type scale and colour in one place.

Colours are the front end's own variables, so light, dark and custom themes are
followed; behind each stands a system colour for front ends that have none of them.
Spacing goes in steps of 4 pixels; three sizes of type: title, text, small.
"""

from __future__ import annotations

from html import escape
from typing import Final

import ipywidgets as widgets

from machina_lab.widgets.markup import escaped


ROOT: Final = "machina"

_CSS: Final = """
.machina{--m-text:var(--jp-ui-font-color1,CanvasText);
--m-soft:var(--jp-ui-font-color2,GrayText);
--m-line:var(--jp-border-color2,color-mix(in srgb,CanvasText 18%,Canvas));
--m-back:var(--jp-layout-color1,Canvas);
--m-raised:var(--jp-layout-color2,color-mix(in srgb,CanvasText 6%,Canvas));
--m-accent:var(--jp-brand-color1,Highlight);
--m-bad:color-mix(in srgb,var(--jp-error-color1,#d32f2f) 78%,var(--m-text));
--m-good:color-mix(in srgb,var(--jp-success-color1,#2e7d32) 70%,var(--m-text));
--m-mono:var(--jp-code-font-family,monospace);
box-sizing:border-box;border:1px solid var(--m-line);border-radius:6px;
padding:12px 16px 12px;margin:4px 0;background:var(--m-back);color:var(--m-text);
font-family:var(--jp-ui-font-family,system-ui);font-size:13px;line-height:1.45;
overflow:hidden}
.machina .machina{border:0;padding:0;margin:0}
.machina .widget-html-content{line-height:1.45;font-size:13px;color:var(--m-text);
align-self:stretch;max-width:100%;min-width:0}
.machina .widget-html{height:auto;min-width:0;margin-left:0;margin-right:0}
.machina .machina-title{font-size:16px;font-weight:600;margin:0}
.machina .machina-heading{font-size:13px;font-weight:600;margin:12px 0 4px}
.machina .machina-quiet,.machina .machina-small{color:var(--m-soft)}
.machina .machina-small,.machina .machina-table+.machina-table{margin-top:12px}
.machina caption{font-size:12px}
.machina .machina-good{color:var(--m-good)}
.machina .machina-warn,.machina .machina-bad{color:var(--m-bad)}
.machina .widget-label{color:var(--m-text);font-size:13px}
.machina .machina-row{display:grid;grid-template-columns:var(--m-name,184px)
minmax(160px,300px) 64px minmax(0,1fr);align-items:center;gap:0 12px;min-height:32px;
overflow:visible}
.machina .machina-row>*{width:auto;margin:0;min-width:0}
.machina .machina-row .machina-name{grid-column:1}
.machina .machina-row .machina-input{grid-column:2}
.machina .machina-row .machina-null{grid-column:3}
.machina .machina-row .machina-message{grid-column:4}
.machina .machina-input>.widget-label,.machina .machina-finder .widget-label{
position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;
clip-path:inset(50%);white-space:nowrap}
.machina .machina-row.machina-set .machina-name{font-weight:600}
.machina .machina-row.machina-wrong .machina-name :is(label,span){color:var(--m-bad)}
.machina .machina-row.machina-wrong .machina-input :is(input,select,textarea){
border-color:var(--m-bad)}
.machina input[type=checkbox]{margin:0 8px 0 0;align-self:center;flex:0 0 auto}
.machina .widget-checkbox{display:flex;align-items:center;height:auto}
.machina .widget-label-basic{display:flex;align-items:center;overflow:hidden;
line-height:1.45;min-height:28px}
.machina select:not([size]){appearance:auto;background-image:none;padding:2px 4px}
.machina .widget-label-basic span{overflow:hidden;text-overflow:ellipsis}
.machina :is(input:not([type=checkbox]),select,textarea){box-sizing:border-box;
font-family:inherit;font-size:13px;color:var(--jp-widgets-input-color,var(--m-text));
background-color:var(--jp-widgets-input-background-color,var(--m-back));
border:1px solid var(--jp-widgets-input-border-color,var(--m-line));border-radius:3px;
padding:2px 8px;min-height:28px;width:100%}
.machina :is(input,select,textarea):focus-visible{
outline:2px solid var(--m-accent);outline-offset:0}
.machina input::placeholder{color:var(--m-soft);opacity:1}
.machina textarea{min-height:28px;font-family:var(--m-mono);font-size:12px}
.machina .machina-message .widget-html-content{font-size:12px;white-space:nowrap;
overflow:hidden;text-overflow:ellipsis}
.machina .machina-nest{margin:0 0 4px 6px;padding-left:14px;
border-left:1px solid var(--m-line);--m-name:163px}
.machina .machina-nest .machina-nest{--m-name:142px}
.machina .widget-tab{margin:4px 0 0}
.machina .machina-finder{display:grid;grid-template-columns:
var(--m-name,184px) minmax(160px,420px);gap:0 12px;margin:2px 0 6px;overflow:visible}
.machina .machina-finder>*{width:auto;margin:0;min-width:0}
.machina .machina-bar{align-items:center;gap:8px;flex-wrap:wrap;overflow:visible;
margin:4px 0}
.machina .machina-bar>*{margin:0}
.machina .machina-bar .widget-label{width:auto;margin:0;text-align:left}
.machina .machina-bar :is(.widget-text,.widget-dropdown){width:auto;gap:8px}
.machina .machina-bar .widget-text input{width:96px}
.machina .machina-bar select{width:auto;min-width:160px;max-width:320px}
.machina .machina-bar .jupyter-button,.machina .machina-chip{width:auto;
min-width:64px;padding:0 12px;border-radius:4px;margin:0}
.machina .machina-bar .machina-chip{min-width:0;border-radius:14px;
background:transparent;border:1px solid var(--m-line);box-shadow:none;line-height:26px;
color:var(--m-text)}
.machina .machina-bar .machina-chip.mod-active{border-color:var(--m-accent);
background:color-mix(in srgb,var(--m-accent) 20%,var(--m-back))}
.machina .machina-bar .machina-earlier{min-width:0;padding:0 8px}
.machina .jupyter-button.mod-primary{background:var(--jp-brand-color0,Highlight);
color:#fff}
.machina .jupyter-button:focus-visible,.machina [tabindex]:focus-visible,
.machina .machina-copy:focus-visible,.machina summary:focus-visible{
outline:2px solid var(--m-accent);outline-offset:1px}
.machina .machina-columns{gap:24px;align-items:flex-start;flex-wrap:wrap}
.machina .machina-list select{font-family:var(--m-mono);font-size:12px;padding:4px}
.machina .machina-code{display:flex;align-items:center;gap:8px;margin:4px 0;min-width:0}
.machina .machina-label{flex:0 0 56px;font-size:12px;color:var(--m-soft)}
.machina code,.machina pre{font-family:var(--m-mono);font-size:12px;
color:var(--m-text);background:none;margin:0;padding:0}
.machina .machina-code code{flex:0 1 auto;min-width:0;overflow-x:auto;white-space:pre;
user-select:all;background:var(--m-raised);border-radius:3px;padding:4px 8px}
.machina .machina-copy{font:inherit;font-size:12px;color:var(--m-text);cursor:pointer;
background:transparent;border:1px solid var(--m-line);border-radius:3px;
padding:1px 8px;min-width:64px;flex:0 0 auto}
.machina .machina-copy:hover{background:var(--m-raised)}
.machina .machina-source{position:relative;margin:4px 0}
.machina .machina-source .machina-copy{position:absolute;top:4px;right:4px;
background:var(--m-back)}
.machina .machina-source pre{background:var(--m-raised);border-radius:3px;padding:8px;
padding-right:80px;overflow:auto;max-height:260px;white-space:pre}
.machina .machina-scroll{overflow:auto;max-height:360px}
.machina .machina-preview{overflow:auto;height:164px;border:1px solid var(--m-line);
border-radius:4px;padding:0 8px}
.machina table,.machina table.dataframe{border-collapse:collapse;font-size:12px;
margin:4px 0;border:0;color:var(--m-text)}
.machina caption{text-align:left;color:var(--m-soft);padding:0 0 4px}
.machina th,.machina td{padding:3px 12px 3px 4px;text-align:left;vertical-align:top;
border:0;border-bottom:1px solid var(--m-line);white-space:nowrap}
.machina tbody th{font-weight:400;color:var(--m-soft)}
.machina thead th{font-weight:600;position:sticky;top:0;background:var(--m-back)}
.machina .machina-number{text-align:right;font-variant-numeric:tabular-nums}
.machina tr.machina-differs td{
background:color-mix(in srgb,var(--m-accent) 16%,transparent)}
.machina .machina-differs td:first-child{font-weight:600}
.machina dl{display:grid;grid-template-columns:max-content 1fr;
gap:2px 16px;margin:4px 0}
.machina dt{color:var(--m-soft);margin:0;font-weight:400;white-space:nowrap}
.machina dd{margin:0}
.machina .machina-status{min-height:24px}
.machina details summary{cursor:pointer}
.machina .machina-canvas{overflow:auto;border:1px solid var(--m-line);border-radius:4px;
height:340px;cursor:grab;touch-action:none}
.machina .machina-canvas:active{cursor:grabbing}
.machina .machina-canvas svg{display:block;height:auto;user-select:none}
.machina .machina-hidden{display:none}
.machina .machina-side{flex:0 0 300px;width:300px}
.machina .machina-side .widget-text,.machina .machina-side .widget-select{
width:100%;flex-direction:column;align-items:stretch;height:auto;margin:0 0 8px}
.machina .machina-side .widget-label{text-align:left;width:auto;font-size:12px;
color:var(--m-soft)}
.machina .machina-side select{height:auto;min-height:300px;width:100%}
.machina .machina-main{flex:1 1 480px;min-width:0;overflow:hidden}
.machina .machina-detail{max-height:420px}
.machina .machina-top{flex-wrap:nowrap;align-items:flex-start;margin:0}
.machina .machina-top>:first-child{flex:1 1 auto;min-width:0}
.machina .machina-main>.widget-html:first-child .machina-heading,
.machina .machina-detail>.machina-heading:first-child{margin-top:0}
.machina .lm-TabBar-tab{font-family:var(--jp-ui-font-family,system-ui);font-size:13px;
flex:0 1 auto;min-width:0;padding:0 16px}
.machina .machina-link{font:inherit;background:none;border:0;padding:0;cursor:pointer;
color:var(--jp-content-link-color,LinkText);text-decoration:underline}
.machina .machina-canvas .widget-html{margin:0;max-width:none;flex:none}
.machina .machina-canvas .widget-html-content{max-width:none;width:100%}
.machina .machina-canvas svg{width:100%}
.machina .d{--paper:var(--m-back);--box:var(--m-raised);--line:var(--m-soft);
--head:color-mix(in srgb,var(--m-accent) 22%,var(--m-back));
--focus:color-mix(in srgb,var(--jp-warn-color1,orange) 34%,var(--m-back));
--text:var(--m-text);--soft:var(--m-soft)}
.machina svg [data-table]{cursor:pointer}
.machina [data-table]:focus{outline:0}
.machina [data-table]:focus-visible{outline:2px solid var(--m-accent)}
"""


#: JupyterLab takes plain keys for its own commands (arrows walk the cells, `d d`
#: deletes one) unless one types text. So lists, boxes and buttons keep their keys by
#: its own attribute for that; other front ends do not know it.
_KEYS: Final = (
    "const r=this.closest('.machina');"
    "r&&!r.dataset.keys&&(r.dataset.keys=1,r.addEventListener('focusin',e=>"
    "e.target.matches('select,button,[type=checkbox],[role=button],[role=tab]')"
    "&&e.target.setAttribute('data-lm-suppress-shortcuts','true')))"
)


def style() -> widgets.HTML:
    """
    Return the style sheet, to be put first into a widget.
    """
    sheet = widgets.HTML(f'<style onload="{escape(_KEYS, quote=True)}">{_CSS}</style>')
    sheet.layout.display = "none"
    return sheet


def row(*children: widgets.Widget, name: str = "machina-row") -> widgets.HBox:
    """
    Return widgets side by side.
    """
    box = widgets.HBox(list(children))
    for each in name.split():
        box.add_class(each)
    return box


def button(text: str, tooltip: str, *, primary: bool = False) -> widgets.Button:
    """
    Return a button; the tooltip says what it does.
    """
    return widgets.Button(
        description=text, tooltip=tooltip, button_style="primary" if primary else ""
    )


def html(text: str = "", *names: str) -> widgets.HTML:
    """
    Return a piece of HTML with style classes.
    """
    made = widgets.HTML(text)
    for name in names:
        made.add_class(name)
    return made


def rows(*children: widgets.Widget, name: str = "") -> widgets.VBox:
    """
    Return widgets below each other.
    """
    box = widgets.VBox(list(children))
    for each in name.split():
        box.add_class(each)
    return box


def title(text: str, remark: str = "") -> str:
    """
    Return the title of a widget, which must be plain text.
    """
    beside = f' <span class="machina-quiet">{escaped(remark)}</span>' if remark else ""
    return (
        '<div class="machina-title" role="heading" aria-level="2">'
        f"{escaped(text)}</div>{beside}"
    )


def mark(widget: widgets.Widget, name: str, *, on: bool) -> None:
    """
    Set a style class, or take it away.
    """
    has = name in widget._dom_classes  # noqa: SLF001 - there is no public way to ask
    if on and not has:
        widget.add_class(name)
    elif has and not on:
        widget.remove_class(name)
