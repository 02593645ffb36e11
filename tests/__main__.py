"""
Every gate of the project, one after another: `python -m tests`.

Names of gates as arguments run these alone: `python -m tests ruff types`. Each gate
says whether it passed; the closing lines of pytest come last. Not zero if one failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


ROOT: Final = Path(__file__).parents[1]
_COVERED: Final = 95
_ATTEMPTS: Final = 3
_CLOSING_LINES: Final = 40

#: What a person would type first, in an environment that has nothing but the wheel.
_SMOKE: Final = """
%load_ext machina_lab
from machina_lab import lab
@lab.factory
def user():
    return {"name": "Jane"}

found = get_ipython().run_line_magic("build", "user name=Ada")
assert found["name"].tolist() == ["Ada"], found
%unload_ext machina_lab
print("smoke test passed")
"""


@dataclass
class Gates:
    """
    The run of all gates.

    Attributes:
        failed: The names of the gates that failed so far.
        closing: The last lines that pytest wrote.
    """

    failed: list[str] = field(default_factory=list)
    closing: deque[str] = field(default_factory=lambda: deque(maxlen=_CLOSING_LINES))

    def run(self, name: str, gate: Callable[[Gates], bool]) -> None:
        """
        Run one gate and say how it went.
        """
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        passed = gate(self)
        word = "passed" if passed else "FAILED"
        print(f"== {name}: {word} ({time.monotonic() - start:.1f} s)", flush=True)
        if not passed:
            self.failed.append(name)


def ruff(_: Gates) -> bool:
    """
    Check rules and format.
    """
    checked = _python("-m", "ruff", "check")
    return _python("-m", "ruff", "format", "--check") and checked


def types(_: Gates) -> bool:
    """
    Check types, strictly.
    """
    return _python("-m", "mypy")


def rooms(_: Gates) -> bool:
    """
    Check that imports only point down, and that heavy libraries stay in their homes.
    """
    # Its cache does not notice a module that was missing and is there now.
    return _command(Path(sys.executable).with_name("lint-imports"), "--no-cache")


def tests(gates: Gates) -> bool:
    """
    Run all tests on two processes and measure what they cover.
    """
    for old in ROOT.glob(".coverage*"):
        old.unlink()
    pytest = ["-m", "coverage", "run", "-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    passed = _python(*pytest, keep=gates.closing)
    _python("-m", "coverage", "combine", "--quiet")
    report = ["-m", "coverage", "report", f"--fail-under={_COVERED}"]
    return _python(*report) and passed


def wheel(_: Gates) -> bool:
    """
    Build the wheel and use it in an environment that has nothing else.
    """
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        home = Path(folder)
        build = ["-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, str(ROOT)]
        if not _often(lambda: _python(*build)):
            return False
        (built,) = home.glob("*.whl")
        venv.create(home / "venv", with_pip=True)
        python = home / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        install = [python, "-m", "pip", "install", "-q", built]
        if not _often(lambda: _command(*install)):
            return False
        script = home / "smoke.ipy"
        script.write_text(_SMOKE)
        return _command(python, "-m", "IPython", "--quick", script, cwd=home)


GATES: Final[dict[str, Callable[[Gates], bool]]] = {
    "ruff": ruff,
    "types": types,
    "rooms": rooms,
    "wheel": wheel,
    "tests": tests,
}


def main(names: Sequence[str]) -> int:
    """
    Run the gates of *names*, or all of them; return the exit code.
    """
    unknown = [name for name in names if name not in GATES]
    if unknown:
        print(f"no such gate: {', '.join(unknown)}. Gates: {', '.join(GATES)}")
        return 2
    gates = Gates()
    for name in names or GATES:
        gates.run(name, GATES[name])
    print()
    for name in names or GATES:
        print(f"{name:8} {'FAILED' if name in gates.failed else 'passed'}")
    if gates.closing:
        print("", *_closing(gates.closing), sep="\n")
    return 1 if gates.failed else 0


def _closing(lines: Sequence[str]) -> Iterator[str]:
    """
    Yield the summary that pytest ends with, or its last lines if there is none.
    """
    kept = list(lines)
    starts = [at for at, line in enumerate(kept) if "short test summary" in line]
    yield from kept[starts[-1] :] if starts else kept[-5:]


def _often(step: Callable[[], bool]) -> bool:
    """
    Try *step*, which asks the network, until it succeeds, but not for ever.
    """
    for attempt in range(_ATTEMPTS):
        if attempt:
            print(f"trying again ({attempt + 1} of {_ATTEMPTS})", flush=True)
            time.sleep(5 * attempt)
        if step():
            return True
    return False


def _python(*arguments: str, keep: deque[str] | None = None) -> bool:
    return _command(sys.executable, *arguments, keep=keep)


def _command(
    *command: str | Path, keep: deque[str] | None = None, cwd: Path = ROOT
) -> bool:
    """
    Run *command* and tell whether it succeeded.

    Args:
        command: The program and its arguments.
        keep: Where to keep its last lines; they are shown as they come in any case.
        cwd: Where it runs.
    """
    if keep is None:
        return subprocess.run(command, cwd=cwd, check=False).returncode == 0
    with _started(command, cwd) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            keep.append(line.rstrip("\n"))
    return process.returncode == 0


@contextmanager
def _started(
    command: Sequence[str | Path], cwd: Path
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        yield process


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
