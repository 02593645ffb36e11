"""
Finding a lab by where it is: `myapp.factories:lab`.
"""

from __future__ import annotations

import sys

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from machina_lab.errors import ArgumentValueError, nearest


if TYPE_CHECKING:
    from machina_lab.labs.facade import Lab


def lab_at(place: str) -> Lab:
    """
    Return the lab at *place*; the working directory is searched first.

    Args:
        place: `module:name`; the name may be left out where it is `lab`.

    Raises:
        ArgumentValueError: There is no such module, or no lab of that name in it.
    """
    from machina_lab.labs.facade import Lab

    module_name, _, name = place.partition(":")
    name = name or "lab"
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and module_name.startswith(error.name):
            raise ArgumentValueError(
                f"there is no module {error.name!r} here."
            ) from None
        raise
    except ValueError:
        raise ArgumentValueError(
            f"{place!r} is no place of a lab: write module:name."
        ) from None
    found = getattr(module, name, None)
    if isinstance(found, Lab):
        return found
    labs = [each for each, value in vars(module).items() if isinstance(value, Lab)]
    close = nearest(name, labs) or labs
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ArgumentValueError(f"module {module_name!r} has no lab {name!r}.{hint}")
