"""
What other rooms can read, and how the core gets there when such an object turns up.

The front door says it, so this imports nothing: `import machina_lab` is quick, and the
core itself comes with the first name that somebody uses.
"""

from __future__ import annotations


# Not from `typing`, which is most of what the import would cost.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from machina_lab.core.datatypes import DataType
    from machina_lab.core.records import RecordKind


#: Sorts of records: whether a class is of that sort, and the kind that reads it.
kinds: list[tuple[Callable[[type], bool], Callable[[], RecordKind]]] = []
#: Type objects of libraries: whether a class is one, and the function that reads it.
readers: list[
    tuple[Callable[[type], bool], Callable[[], Callable[[Any], DataType]]]
] = []


def add_kind(matches: Callable[[type], bool], load: Callable[[], RecordKind]) -> None:
    """
    Teach the lab a sort of record, before it meets the first.

    Kinds added later are asked first.

    Args:
        matches: Tells whether a class is of this sort; must import nothing.
        load: Returns the kind; called when the first such class turns up.
    """
    kinds.insert(0, (matches, load))


def add_reader(
    matches: Callable[[type], bool], load: Callable[[], Callable[[Any], DataType]]
) -> None:
    """
    Teach the lab to read the type objects of another library.

    Args:
        matches: Tells whether a type object's class is of that library; it must
            import nothing.
        load: Returns the function that reads one; called when it is first needed.
    """
    readers.insert(0, (matches, load))
