"""
The pytest plugin: a lab in every test that asks for one.

* `lab`: the lab named in the ini file: `machina_lab = myapp.factories:lab`. What a test
  inserts is rolled back after it; sequences start anew, with other numbers in every
  process of pytest-xdist.
* `@pytest.mark.fixtures("tests/fixtures/shop")`: the fixture set is loaded before the
  test.
* `--machina-seed N`: repeats the random values of a run; failed tests tell N.

The plugin is imported in every test run of an environment: it imports nothing heavy.
"""

from __future__ import annotations

import os

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest


if TYPE_CHECKING:
    from machina_lab.labs import Lab

_INI: Final = "machina_lab"
#: Numbers that each process of pytest-xdist has for itself.
_SPAN: Final = 1_000_000_000
#: Seeds are below this, so that they are short to type.
_SEEDS: Final = 1_000_000

_loader = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    Add the option and the ini value.
    """
    group = parser.getgroup("machina_lab")
    group.addoption(
        "--machina-seed",
        type=int,
        default=None,
        metavar="N",
        help="Repeat the random values of an earlier run (a failed test tells N).",
    )
    parser.addini(
        _INI, "Where the lab is: machina_lab = myapp.factories:lab", default=""
    )


def pytest_configure(config: pytest.Config) -> None:
    """
    Announce the marker and choose a seed; processes of pytest-xdist inherit it.
    """
    config.addinivalue_line(
        "markers", "fixtures(*paths): load these fixture sets before the test."
    )
    inherited = getattr(config, "workerinput", {}).get(_INI)
    if inherited is not None:
        config.option.machina_seed = inherited
    elif config.option.machina_seed is None:
        config.option.machina_seed = int.from_bytes(os.urandom(4), "big") % _SEEDS


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """
    Tell a process of pytest-xdist the seed.
    """
    node.workerinput[_INI] = node.config.option.machina_seed


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """
    The project's lab; what the test does with it is undone afterwards.
    """
    from machina_lab.core.sequences import sequences
    from machina_lab.labs.isolation import isolated

    found = _find(request.config)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    before = sequences.offset
    sequences.offset = _SPAN * int(worker) if worker.isdigit() else 0
    try:
        with isolated(found), found.seeded(request.config.option.machina_seed):
            for marker in reversed(list(request.node.iter_markers("fixtures"))):
                for path in marker.args:
                    _load(request, found, path)
            yield found
    finally:
        sequences.offset = before


def _find(config: pytest.Config) -> Lab:
    from machina_lab.errors import MachinaError
    from machina_lab.labs.places import lab_at

    place = config.getini(_INI)
    if not place:
        raise pytest.UsageError(
            "the lab fixture needs to know where your lab is: add"
            " `machina_lab = myapp.factories:lab` to the pytest section of your ini"
            " file."
        )
    try:
        return lab_at(place)
    except MachinaError as error:
        raise pytest.UsageError(f"machina_lab = {place}: {error}") from error


def _load(request: pytest.FixtureRequest, found: Lab, path: Any) -> None:
    from machina_lab.labs.loads import Loader

    loader = request.config.stash.setdefault(_loader, Loader())
    loader.load(request.config.rootpath / path, found)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Give tests that are marked with fixture sets the lab that loads them.
    """
    for item in items:
        names = getattr(item, "fixturenames", None)
        marked = item.get_closest_marker("fixtures") is not None
        if marked and names is not None and "lab" not in names:
            names.append("lab")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """
    Tell how to repeat a failed test's random values.
    """
    report: Any = yield
    if report.failed and "lab" in getattr(item, "fixturenames", ()):
        seed = item.config.option.machina_seed
        report.sections.append(("machina_lab", f"repeat with --machina-seed {seed}"))
    return report
