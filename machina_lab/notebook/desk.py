"""
The desk: what the notebook has at hand, the current lab first of all.

There is one, `desk`. Until `%lab use` puts another lab on it, it is `machina_lab.lab`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from machina_lab.errors import ArgumentTypeError, ArgumentValueError, nearest
from machina_lab.notebook.settings import MachinaLab


class Desk:
    """
    What magics and their plain functions work on.

    Attributes:
        settings: What `%config MachinaLab` shows.
        shell: The shell that the extension is loaded in, or None.
        on_use: Called after another lab was put on the desk.
    """

    def __init__(self) -> None:
        self.settings = MachinaLab()
        self.shell: Any = None
        self.on_use: Callable[[], object] = lambda: None
        self._lab: Any = None

    @property
    def lab(self) -> Any:
        """
        The current lab.
        """
        if self._lab is None:
            from machina_lab.labs import lab

            self._lab = lab
        return self._lab

    def use(self, lab: Any) -> Any:
        """
        Make *lab* the current one.

        Args:
            lab: A lab, or where to find one: `package.module:name`.

        Raises:
            ArgumentValueError: There is no such module or name.
            ArgumentTypeError: It is no lab.
        """
        from machina_lab.labs import Lab

        found = find_object(lab) if isinstance(lab, str) else lab
        if not isinstance(found, Lab):
            raise ArgumentTypeError(
                f"a lab is expected, not {type(found).__name__}. Name one:"
                " package.module:lab."
            )
        self._lab = found
        self.on_use()
        return found

    def laid_out(self) -> dict[str, Any]:
        """
        Return all that is on the desk, for `lay_out`.
        """
        return dict(vars(self))

    def lay_out(self, things: dict[str, Any]) -> None:
        """
        Put everything back as it was.
        """
        vars(self).update(things)


def find_object(path: str) -> Any:
    """
    Import what `package.module:name` names.

    An error inside the module itself comes through with its traceback.

    Raises:
        ArgumentValueError: There is no such module, or it has no such name.
    """
    module_name, colon, name = path.partition(":")
    if not module_name or (colon and not name):
        raise ArgumentValueError(f"{path!r} names no lab. Use package.module:name.")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise ArgumentValueError(
            f"there is no module {error.name!r}. Name a lab as package.module:name;"
            " the folder it is in must be on sys.path."
        ) from None
    name = name or "lab"
    try:
        return getattr(module, name)
    except AttributeError:
        close = nearest(name, vars(module))
        hint = f" Did you mean {module_name}:{close[0]}?" if close else ""
        raise ArgumentValueError(
            f"module {module_name!r} has no {name!r}.{hint}"
        ) from None


desk: Final = Desk()
