"""
Paths on a line: what of the file system may stand next.
"""

from __future__ import annotations

import os

from collections.abc import Iterator
from pathlib import Path


def complete_path(fragment: str, kind: str, limit: int = 200) -> list[tuple[str, str]]:
    """
    Return the paths that go on from *fragment*, folders with a slash at the end.

    Args:
        fragment: A path that is being typed, perhaps with an opening quote.
        kind: What a file is called in the list.
        limit: How many at most: a folder may hold a million files.

    Returns:
        Pairs of a text to insert (quoted if it holds a space) and what it is.
    """
    quote = fragment[:1] if fragment[:1] in ("'", '"') else ""
    folder, slash, start = fragment[len(quote) :].rpartition("/")
    found = []
    for name, is_folder in _entries(Path(folder + slash or ".").expanduser(), start):
        path = f"{folder}{slash}{name}" + ("/" if is_folder else "")
        mark = quote or ("'" if " " in path else "")
        text = f"{mark}{path}{'' if is_folder and mark else mark}"
        found.append((text, "folder" if is_folder else kind))
        if len(found) >= limit:
            break
    return sorted(found)


def _entries(folder: Path, start: str) -> Iterator[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                hidden = entry.name.startswith(".") and not start
                if entry.name.startswith(start) and not hidden:
                    yield entry.name, entry.is_dir()
    except (OSError, ValueError):
        return
