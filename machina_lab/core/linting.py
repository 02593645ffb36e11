"""
Trying out every factory and variant, and telling all failures together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from machina_lab.core.sequences import sequences


if TYPE_CHECKING:
    from machina_lab.core.factories import Factory
    from machina_lab.core.verbs import Verbs


def lint(
    lab: Verbs, insert: Callable[[Factory[Any]], None] | None
) -> dict[str, BaseException]:
    """
    Build each factory and variant, then insert it where *insert* is given.

    Factories that come from a database's tables are not tried. Sequences go back to
    where they stood.

    Args:
        lab: The lab.
        insert: Builds and inserts one record and takes it back; None to build only.

    Returns:
        Name -> what went wrong; empty when all is well.
    """
    failures: dict[str, BaseException] = {}
    own = lab.names(automatic=False)
    varied = [name for name in lab.variants() if lab.definition(name).name in own]
    for name in [*own, *varied]:
        before = sequences.snapshot()
        try:
            factory = lab.find(name)
            if factory.options["build_struct"].value is False:
                factory.params()
                continue
            factory.build()
            if insert is not None:
                insert(factory)
        except Exception as error:  # noqa: BLE001 - every failure is reported
            failures[name] = error
        finally:
            sequences.give_back(before, sequences.snapshot())
    return failures
