"""
Params, strategies, and the functions that come and go with the factories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from machina_lab.core.builds import Builds
from machina_lab.core.factories import Factory
from machina_lab.core.functions import Generated, made, names_for
from machina_lab.core.merging import is_record
from machina_lab.core.records import MISSING, kind_of
from machina_lab.core.registry import Registry
from machina_lab.core.strategies import InUse, StrategyVerb
from machina_lab.core.wire import wire, with_string_keys
from machina_lab.errors import (
    InsertError,
    OptionError,
    nearest,
)


class Verbs(Builds):
    """
    A lab's params, its strategies, and the functions it has for each factory.
    """

    def __init__(self, *, extends: Registry | None = None, **options: Any) -> None:
        self._generated: dict[str, Generated] | None = None
        self._made: dict[str, Callable[..., Any]] = {}
        super().__init__(extends=extends, **options)

    def _changed(self) -> None:
        self._generated = None
        self._made = {}
        super()._changed()

    # -- params --------------------------------------------------------------------

    def params_for(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        **overrides: Any,
    ) -> Any:
        """
        Return params as one would type them in a form (EM `params_for/2`).

        No generated keys, no parents; children as params of their own. Values stay
        Python values. Nothing is inserted.

        Args:
            name: Factory, variant or composed name, or a handle.
            attrs: Overrides as a mapping.
            keep_none: Whether None is kept; else the option of that name decides.
            overrides: Overrides as keywords; they win.
        """
        return self._params("params_for", name, attrs, overrides, keep_none)

    def string_params_for(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        values: str = "wire",
        **overrides: Any,
    ) -> Any:
        """
        Return params with string keys and wire values (EM `string_params_for/2`).

        Args:
            name: Factory, variant or composed name, or a handle.
            attrs: Overrides as a mapping.
            keep_none: Whether None is kept; else the option of that name decides.
            values: `"wire"` for values that `json.dumps` takes, `"keep"` to leave them.
            overrides: Overrides as keywords; they win.
        """
        as_text = _wired(values)
        return as_text(self._params("params_for", name, attrs, overrides, keep_none))

    def params_with_assocs(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        **overrides: Any,
    ) -> Any:
        """
        Return params with the keys of inserted parents (EM `params_with_assocs/2`).

        The record itself is not inserted.
        """
        return self._params("params_with_assocs", name, attrs, overrides, keep_none)

    def string_params_with_assocs(
        self,
        name: Any,
        attrs: Any = None,
        /,
        *,
        keep_none: Any = MISSING,
        values: str = "wire",
        **overrides: Any,
    ) -> Any:
        """
        Return `params_with_assocs` with string keys and wire values.
        """
        as_text = _wired(values)
        return as_text(
            self._params("params_with_assocs", name, attrs, overrides, keep_none)
        )

    def params_with_options(
        self,
        verb: str,
        name: Any,
        attrs: Any,
        opts: Mapping[str, Any],
        overrides: dict[str, Any],
    ) -> Any:
        """
        Call a params verb with its options apart, so that no attribute is shadowed.
        """
        given = self._given(name, attrs, overrides)
        call: Callable[..., Any] = getattr(self, verb)
        return call(name, given, **opts)

    def _params(
        self,
        verb: str,
        name: Any,
        attrs: Any,
        overrides: dict[str, Any],
        keep_none: Any,
    ) -> Any:
        factory = self.find(name)
        if keep_none is MISSING:
            keep_none = factory.options["keep_none"].value
        given = self._given(name, attrs, overrides)
        record = self._run_of(name)(given)
        if not is_record(record):
            return record
        if verb == "params_with_assocs":
            return self._stripped_with_assocs(
                factory, record, given or {}, keep_none=keep_none
            )
        return kind_of(type(record)).strip(record, keep_none=keep_none)

    def _stripped_with_assocs(
        self,
        factory: Factory[Any],
        record: Any,
        given: Mapping[str, Any],
        *,
        keep_none: bool,
    ) -> Any:
        """
        Return the params of *record*; a lab with a database inserts its parents first.
        """
        del factory, given
        return kind_of(type(record)).strip(record, keep_none=keep_none)

    # -- inserting: the door to a database is the lab's ----------------------------

    def insert(
        self,
        name_or_record: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> Any:
        """
        Insert a record; only a lab with a database can.
        """
        raise InsertError(
            f"{self!r} has no database to insert {name_or_record!r} into."
        )

    def insert_list(
        self,
        n: int,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Insert *n* records; only a lab with a database can.
        """
        raise InsertError(f"{self!r} has no database to insert {name!r} into.")

    def insert_pair(
        self,
        name: Any,
        attrs: Any = None,
        opts: Mapping[str, Any] | None = None,
        /,
        **overrides: Any,
    ) -> list[Any]:
        """
        Insert two records (EM `insert_pair`).
        """
        return self.insert_list(2, name, attrs, opts, **overrides)

    @property
    def connected(self) -> bool:
        """
        Whether there is a database to insert into.
        """
        return False

    # -- names that come and go ----------------------------------------------------

    def strategy_verbs(self) -> dict[str, StrategyVerb]:
        """
        Return the verbs of all strategies in use, by name.
        """
        used: dict[str, InUse] = {}
        for each in self.lineage():
            used |= each._strategies  # noqa: SLF001 - of its own class
        return {
            f"{name}{suffix}": StrategyVerb(self, in_use, suffix)
            for name, in_use in used.items()
            for suffix in ("", "_pair", "_list")
        }

    def strategy_verb(self, name: str) -> StrategyVerb | None:
        """
        Return one verb of a strategy in use, or None.
        """
        return self.strategy_verbs().get(name)

    def generated(self) -> dict[str, Generated]:
        """
        Return the generated functions of all factories and variants, by name.
        """
        if self._generated is None:
            found = {}
            for name in [*self.names(automatic=False), *self.variants()]:
                factory = self.find(name)
                family = names_for(
                    name,
                    model=factory.model,
                    options={k: o.value for k, o in factory.options.items()},
                    connected=self.connected
                    or factory.options["repo"].value is not None,
                )
                found.update({each.name: each for each in family})
            self._generated = found
        return self._generated

    def __getattr__(self, name: str) -> Any:
        """
        Return a generated function, a strategy's verb or a helper.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._made:
            return self._made[name]
        generated = self.generated().get(name)
        if generated is not None:
            return self._made.setdefault(name, made(generated, self.find))
        verb = self.strategy_verb(name)
        if verb is not None:
            return self._made.setdefault(name, verb.function())
        for each in reversed(list(self.lineage())):
            helper = each._helpers.get(name)  # noqa: SLF001 - of its own class
            if helper is not None:
                return helper
        if name in _REMOVED:
            raise AttributeError(
                f"{name} has been removed: use {_REMOVED[name]}, or define a strategy.",
                name=name,
            )
        close = nearest(name, [each for each in dir(self) if each[:1] != "_"])
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise AttributeError(f"the lab has no attribute {name!r}.{hint}", name=name)

    def __dir__(self) -> list[str]:
        """
        List generated functions, strategies' verbs and helpers too.
        """
        helpers = [name for each in self.lineage() for name in each._helpers]  # noqa: SLF001 - of its own class
        return [
            *super().__dir__(),
            *self.generated(),
            *self.strategy_verbs(),
            *helpers,
        ]


#: Verbs of old that people still try (EM), and what does their work now.
_REMOVED: Final = {
    "create": "insert",
    "create_pair": "insert_pair",
    "create_list": "insert_list",
}


def _wired(values: str) -> Callable[[Any], Any]:
    if values not in ("wire", "keep"):
        raise OptionError(f"values cannot be {values!r}. Choose 'wire' or 'keep'.")
    return wire if values == "wire" else with_string_keys
