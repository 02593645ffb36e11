"""
%load_ext, %unload_ext, %reload_ext: in at once, out without a trace.
"""

import inspect
import subprocess
import sys

import pytest

from machina_lab.errors import MachinaError
from machina_lab.notebook.desk import desk
from machina_lab.notebook.grammars import CELLS, LINES
from tests.support.shells import run, shell


def state(ip):
    """
    Return everything of a shell that an extension may change.
    """
    manager = ip.magics_manager
    return {
        "line": dict(manager.magics["line"]),
        "cell": dict(manager.magics["cell"]),
        "registry": dict(manager.registry),
        "configurables": list(ip.configurables),
        "matchers": list(ip.Completer.custom_matchers),
        "events": {name: list(f) for name, f in ip.events.callbacks.items()},
        "names": {name for name in ip.user_ns if name[0] != "_"},
        "desk": desk.laid_out(),
        "rendering": "_render_traceback_" in vars(MachinaError),
        "formatters": {
            mime: dict(each.type_printers)
            for mime, each in ip.display_formatter.formatters.items()
        },
    }


@pytest.fixture
def ip():
    """
    Return a shell without the extension.
    """
    with shell() as ip:
        # Some of the shell's own magics are loaded when they are first used.
        run(ip, "%load_ext machina_lab\n%unload_ext machina_lab\n%config Magics")
        yield ip
        run(ip, "%unload_ext machina_lab")


class TestLoading:
    def test_every_magic_is_there_and_nothing_in_the_namespace(self, ip):
        """
        %load_ext brings all magics and no variable.
        """
        names = state(ip)["names"]
        run(ip, "%load_ext machina_lab")
        magics = {name.partition(" ")[0] for name in LINES}

        assert magics <= set(ip.magics_manager.magics["line"])
        assert {"build_list", "insert_list"} <= set(ip.magics_manager.magics["cell"])
        assert names == state(ip)["names"]

    @pytest.mark.parametrize(
        ("kind", "grammars", "call"),
        [
            ("line", LINES, {"line": "", "local_ns": {}}),
            ("cell", CELLS, {"line": "", "cell": "", "local_ns": {}}),
        ],
    )
    def test_every_magic_tells_how_it_is_called(self, ip, kind, grammars, call):
        """
        The signature of a magic is that of its call: old shells call it by that.
        """
        run(ip, "%load_ext machina_lab")
        magics = ip.magics_manager.magics[kind]

        for name in {name.partition(" ")[0] for name in grammars}:
            assert inspect.signature(magics[name]).bind(**call).arguments == call

    def test_unloading_puts_everything_back(self, ip):
        """
        %unload_ext leaves the shell as it was, magics that ours had hidden included.
        """
        run(
            ip,
            "from IPython.core.magic import register_line_magic\n"
            "@register_line_magic\ndef build(line):\n    return 'mine'",
        )
        before = state(ip)
        run(ip, "%load_ext machina_lab")
        run(ip, "from machina_lab import lab, Strategy\n")
        run(ip, "%config MachinaLab.rows = 3\n%lab seed 1\n%build nosuch")
        run(ip, "%unload_ext machina_lab")
        run(ip, "del lab, Strategy")

        assert before == state(ip)
        assert "mine" == run(ip, "%build user").result

    def test_loading_again_changes_nothing(self, ip):
        """
        %reload_ext and a cell that is run twice leave one of everything.
        """
        run(ip, "%load_ext machina_lab")
        once = state(ip)
        run(ip, "%load_ext machina_lab\n%reload_ext machina_lab\n")
        again = state(ip)

        for part in ("matchers", "configurables"):
            assert len(once[part]) == len(again[part])
        assert once["line"].keys() == again["line"].keys()

    def test_reloading_keeps_the_lab_usable(self, ip):
        """
        After %reload_ext factories defined before still build.
        """
        run(ip, "%load_ext machina_lab\nfrom machina_lab import Lab\nshop = Lab()")
        run(ip, "@shop.factory\ndef tea():\n    return {'price': 3}")
        run(ip, "%reload_ext machina_lab")
        run(ip, "%lab use $shop")

        assert 3 == run(ip, "%build tea").result.loc[0, "price"]

    def test_it_is_light(self):
        """
        Loading imports neither pandas, SQLAlchemy nor ipywidgets.
        """
        code = (
            "import sys\n"
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "ip = InteractiveShell.instance()\n"
            "ip.run_line_magic('load_ext', 'machina_lab')\n"
            "heavy = {'pandas', 'sqlalchemy', 'ipywidgets', 'numpy', 'pyarrow'}\n"
            "print(sorted(heavy & set(sys.modules)))\n"
        )

        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )

        assert "[]" == done.stdout.strip()
