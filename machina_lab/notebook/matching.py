"""
Completion in the shell: how candidates reach the user.

One matcher of IPython's matcher API serves the terminal and every front end; where that
API is missing (IPython before 8.6), the older hook does what it can. Completing must
never disturb typing: whatever fails, fails silently.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from machina_lab.notebook.desk import Desk


if TYPE_CHECKING:
    from machina_lab.notebook.grammars import Grammar
    from machina_lab.notebook.sources import Completions


_IDENTIFIER: Final = "machina_lab.completion"
_OLD_KEY: Final = r".*%%?\w+\s"

Find = Callable[[str, int, int], "Completions | None"]


def install(shell: Any, desk: Desk, more: Mapping[str, Grammar]) -> Callable[[], None]:
    """
    Start completing in *shell*, and return how to stop.

    Args:
        shell: The shell.
        desk: Where the current lab is.
        more: Grammars of magics beside the usual ones, by name; it may change.
    """

    def find(text: str, row: int, column: int) -> Completions | None:
        try:
            from machina_lab.notebook.completion import Completer
            from machina_lab.notebook.grammars import LINES

            lines = ChainMap(dict(more), LINES)
            return Completer(desk, lines).completions(text, row, column)
        except Exception:  # noqa: BLE001 - see above: never disturb typing
            return None

    try:
        from IPython.core.completer import context_matcher
    except ImportError:
        return _install_hook(shell, find)

    @context_matcher(identifier=_IDENTIFIER, priority=100)  # type: ignore[untyped-decorator]  # IPython's
    def matcher(context: Any) -> dict[str, Any]:
        return _as_matches(
            find(context.full_text, context.cursor_line, context.cursor_position)
        )

    matchers = shell.Completer.custom_matchers
    matchers.append(matcher)
    return lambda: matchers.remove(matcher)


def _as_matches(found: Completions | None) -> dict[str, Any]:
    if found is None or found.candidates is None:
        return {"completions": []}
    from IPython.core.completer import SimpleCompletion

    return {
        "completions": [
            SimpleCompletion(each.text, type=each.type) for each in found.candidates
        ],
        "matched_fragment": found.fragment,
        "suppress": True,
        "ordered": True,
    }


def _install_hook(shell: Any, find: Find) -> Callable[[], None]:
    """
    Complete through the hook that shells without the matcher API have.
    """

    def hook(_shell: Any, event: Any) -> list[str]:
        line = event.text_until_cursor
        return as_old_matches(find(line, 0, len(line)), event.symbol)

    shell.set_hook("complete_command", hook, re_key=_OLD_KEY)
    regexs = shell.strdispatchers["complete_command"].regexs

    def remove() -> None:
        for pattern in [each for each in regexs if each.pattern == _OLD_KEY]:
            del regexs[pattern]

    return remove


def as_old_matches(found: Completions | None, symbol: str) -> list[str]:
    """
    Return candidates as the old API wants them: each beginning with *symbol*.

    Its symbol may be shorter than our fragment (`admin` of `role=admin`), or longer.
    """
    if found is None or found.candidates is None:
        return []
    fragment = found.fragment
    if fragment.endswith(symbol):
        cut = len(fragment) - len(symbol)
        return [each.text[cut:] for each in found.candidates]
    head = symbol.removesuffix(fragment)
    return [head + each.text for each in found.candidates]
