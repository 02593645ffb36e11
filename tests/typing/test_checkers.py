"""
Both type checkers agree with `api.py`, and see the mistakes at its end.
"""

import json
import os
import subprocess
import sys

from pathlib import Path

import pytest


HERE = Path(__file__).parent
ROOT = HERE.parent.parent
API = HERE / "api.py"


@pytest.mark.timeout(600)
def test_mypy(tmp_path):
    """
    Strict mypy accepts every assertion, and misses none of the marked mistakes.
    """
    cache = os.environ.get("MYPY_CACHE_DIR", str(tmp_path))
    command = [
        sys.executable,
        *("-m", "mypy", "--strict", "--cache-dir", cache),
        *("--follow-imports", "silent", str(API)),
    ]

    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "Success: no issues found in 1 source file\n" == done.stdout, done.stderr


@pytest.mark.timeout(600)
def test_pyright():
    """
    Pyright accepts every assertion, and misses none of the marked mistakes.
    """
    command = [
        sys.executable,
        *("-m", "pyright", "--outputjson", "--pythonpath", sys.executable, str(API)),
    ]

    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    report = json.loads(done.stdout)

    assert [] == [
        f"{each['range']['start']['line'] + 1}: {each['message']}"
        for each in report["generalDiagnostics"]
    ]
    assert 1 == report["summary"]["filesAnalyzed"]
