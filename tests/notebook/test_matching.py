"""
Completion in shells without the matcher API.
"""

import sys

import pytest

from machina_lab.notebook.matching import as_old_matches
from machina_lab.notebook.sources import Candidate, Completions
from tests.support.shells import completions, run, shell


class TestOldShells:
    def test_the_hook_completes(self, monkeypatch):
        """
        Where the matcher API is missing, factories and values are offered all the same.
        """
        from IPython.core import completer

        monkeypatch.delattr(completer, "context_matcher")
        with shell(extension="machina_lab") as ip:
            run(
                ip,
                "from machina_lab import Lab\nshop = Lab()\n"
                "@shop.factory\ndef customer():\n    return {}",
            )
            run(ip, "%lab use $shop")
            offered = [text for text, _ in completions(ip, "%build cust")]
            hooks = ip.strdispatchers["complete_command"].regexs
            run(ip, "%unload_ext machina_lab")

            assert "customer" in offered
            assert not [each for each in hooks if "%%" in each.pattern]
            ip.extension_manager.loaded.discard("machina_lab")

    @pytest.mark.parametrize(
        ("fragment", "text", "symbol", "expected"),
        [
            ("us", "user", "us", "user"),
            ("ad", "admin", "role=ad", "role=admin"),
            ("customer.na", "customer.name=", "na", "name="),
            ("", "user", "", "user"),
        ],
    )
    def test_candidates_begin_with_the_symbol(self, fragment, text, symbol, expected):
        """
        The old API wants whole symbols, whatever it took for one.
        """
        found = Completions(fragment, [Candidate(text, "x")])

        assert [expected] == as_old_matches(found, symbol)

    def test_nothing_to_offer(self):
        """
        Without candidates there are none.
        """
        assert [] == as_old_matches(None, "x")
        assert [] == as_old_matches(Completions("{x", None), "x")


def test_a_failing_completion_is_silent(capsys):
    """
    What goes wrong while completing never disturbs typing.
    """
    with shell(extension="machina_lab") as ip:
        run(ip, "class Bad:\n    def factories(self): 1 / 0\n    journal = []")
        from machina_lab.notebook.desk import desk

        desk._lab = ip.user_ns["Bad"]()
        completions(ip, "%build us")

    assert "ZeroDivisionError" not in capsys.readouterr().err
    assert "machina_lab" in sys.modules
