"""
The notebook's speed: loading, completing, and what a magic costs over its function.

    python -m pytest -s tests/benchmarks/bench_notebook.py

Times are of the processor, so that whatever else runs here does not count.
"""

import gc
import random
import statistics
import subprocess
import sys

from time import process_time

import pytest

from sqlalchemy import create_engine

from machina_lab import Lab, notebook, sequences
from tests.support.big_labs import big_database, big_lab
from tests.support.shells import completions, shell
from tests.support.shop_lab import shop_lab


LOAD = """\
import sys
from time import process_time
from IPython.core.interactiveshell import InteractiveShell
ip = InteractiveShell.instance()
modules, start = len(sys.modules), process_time()
ip.run_line_magic("load_ext", "machina_lab")
print(process_time() - start, len(sys.modules) - modules)
"""
ROUNDS = 15


def milliseconds(**acts):
    """
    Return the median time of each of *acts*, all measured side by side.
    """
    times = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name in random.sample(list(acts), len(acts)):
            gc.collect()
            start = process_time()
            acts[name]()
            times[name].append((process_time() - start) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}


@pytest.fixture
def ip():
    with sequences.isolated(), shell(extension="machina_lab") as ip:
        yield ip


def test_loading():
    """
    %load_ext in a new shell takes at most 50 ms.
    """
    found = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", LOAD], capture_output=True, text=True, check=True
        )
        seconds, modules = done.stdout.split()
        found.append(float(seconds) * 1000)
    print(f"\n%load_ext {statistics.median(found):.1f} ms, {modules} modules")

    assert statistics.median(found) <= 50


@pytest.mark.parametrize("kind", ["factory", "things"])
def test_completing(ip, kind):
    """
    Tab takes at most 50 ms with 500 factories of 50 columns, own ones or tables'.
    """
    if kind == "factory":
        lab = big_lab()
    else:
        engine = create_engine("sqlite://")
        big_database(engine)
        lab = Lab(engine)
        lab.tables()
    ip.user_ns["lab"] = lab
    ip.run_line_magic("lab", "use $lab")
    lines = {
        "names": f"%build {kind[:3]}",
        "attributes": f"%build {kind}_499 ",
        "one": f"%build {kind}_499 column_48",
        "value": f"%build {kind}_499 column_48=",
        "header": f"%%build_list {kind}_499\n",
    }
    assert 500 == len(completions(ip, lines["names"]))
    assert 50 <= len(completions(ip, lines["attributes"]))
    found = milliseconds(
        **{
            name: lambda line=line: completions(ip, line)
            for name, line in lines.items()
        }
    )
    print(f"\n{kind}:", {name: f"{ms:.1f} ms" for name, ms in found.items()})

    assert max(found.values()) <= 50


def test_what_a_magic_costs(ip):
    """
    A small build is at most 2 ms slower as a magic than as a function.
    """
    ip.user_ns["shop"] = shop_lab()
    ip.run_line_magic("lab", "use $shop")
    found = milliseconds(
        magic=lambda: ip.run_line_magic("build", "customer role=admin"),
        function=lambda: notebook.build("customer", role="admin"),
    )
    print("\n%build", {name: f"{ms:.2f} ms" for name, ms in found.items()})

    assert found["magic"] - found["function"] <= 2
