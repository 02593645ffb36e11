"""
What a page does to widgets, without a page: the messages that it sends.
"""

import ipywidgets as widgets


def put(widget, value, trait="value"):
    """
    Enter a value, as the page sends it.
    """
    widget.set_state({trait: value})


def press(button):
    """
    Press a button, as the page sends it; a disabled one does nothing there.
    """
    if not button.disabled:
        button._handle_custom_msg({"event": "click"}, [])


def tick(checkbox, *, on=True):
    """
    Tick a box, or untick it.
    """
    put(checkbox, on)


def everything(widget):
    """
    Yield a widget and all widgets in it.
    """
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def html_of(widget):
    """
    Return all HTML that a widget shows, style sheets left out.
    """
    texts = [
        each.value for each in everything(widget) if isinstance(each, widgets.HTML)
    ]
    return "\n".join(text for text in texts if "<style" not in text)
