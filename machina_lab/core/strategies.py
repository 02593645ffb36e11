"""
Things to do with a record once it is built.

A *strategy* adds a family of verbs to a lab: `json_encode`, `json_encode_pair`,
`json_encode_list`. Given a factory's name they build and handle, given a record they
handle it (EM `ExMachina.Strategy`).
"""

from __future__ import annotations

import inspect
import re

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from machina_lab.core.associations import checked_count
from machina_lab.errors import ArgumentTypeError, OptionError


if TYPE_CHECKING:
    from machina_lab.core.factories import Factory
    from machina_lab.core.verbs import Verbs


@dataclass(frozen=True, slots=True)
class Details:
    """
    What a strategy is told beside the record.

    Attributes:
        lab: The lab whose verb was called.
        factory: The factory's handle; None for a bare record.
        options: The options given to `lab.use`.
        call_options: The options of this call; empty if none.
    """

    lab: Verbs
    factory: Factory[Any] | None
    options: Mapping[str, Any]
    call_options: Mapping[str, Any]


class Strategy:
    """
    Base of strategies.

    Subclasses say their verb and handle one record; a `handle_list(records, details)`
    of theirs takes the records of one call at once instead.

    Examples:
        >>> class Shout(Strategy, function_name="shout"):
        ...     def handle(self, record, details):
        ...         return str(record).upper() + details.options["end"]
    """

    function_name: ClassVar[str]

    def __init_subclass__(
        cls, function_name: str | None = None, **options: object
    ) -> None:
        if options or (function_name is None and not hasattr(cls, "function_name")):
            raise OptionError(
                "expected function_name as an option of the strategy"
                f" {cls.__name__}, instead got {list(options) or 'nothing'}:"
                f" class {cls.__name__}(Strategy, function_name='...')."
            )
        if function_name is not None:
            if not function_name.isidentifier():
                raise OptionError(
                    f"function_name of strategy {cls.__name__} must be a name that can"
                    f" be called, not {function_name!r}."
                )
            cls.function_name = function_name
        super().__init_subclass__()

    def handle(self, record: Any, details: Details) -> Any:
        """
        Return what becomes of *record*.
        """
        raise OptionError(f"strategy {type(self).__name__} has no handle method.")


@dataclass(frozen=True, slots=True)
class InUse:
    """
    A strategy that a lab uses.

    Attributes:
        strategy: The strategy.
        options: What `lab.use` was given with it.
        place: Where its class was written.
    """

    strategy: Strategy
    options: Mapping[str, Any]
    place: str

    def handled(self, record: Any, details: Details) -> Any:
        """
        Return what becomes of one record.
        """
        return self.strategy.handle(record, details)

    def handled_list(self, records: list[Any], details: Details) -> Any:
        """
        Return what becomes of *records*: a list, or what `handle_list` makes of them.
        """
        at_once = getattr(self.strategy, "handle_list", None)
        if at_once is not None:
            return at_once(records, details)
        return [self.strategy.handle(record, details) for record in records]


@dataclass(frozen=True, slots=True)
class StrategyVerb:
    """
    One verb of a strategy, bound to a lab.

    Attributes:
        lab: The lab.
        used: The strategy in use.
        suffix: "", "_pair" or "_list".
    """

    lab: Verbs
    used: InUse
    suffix: str

    def of(self, path: str) -> Callable[..., Any]:
        """
        Return the verb for one factory.
        """
        if self.suffix == "_list":
            return lambda n, attrs=None, opts=None, /, **overrides: self(
                n, path, attrs, opts, **overrides
            )
        return lambda attrs=None, opts=None, /, **overrides: self(
            path, attrs, opts, **overrides
        )

    def function(self) -> Callable[..., Any]:
        """
        Return the verb as a plain function with a name and a docstring.
        """

        def verb(*args: Any, **overrides: Any) -> Any:
            return self(*args, **overrides)

        name = f"{self.used.strategy.function_name}{self.suffix}"
        verb.__name__ = verb.__qualname__ = name
        how = {"": "Build one record", "_pair": "Build two records"}.get(
            self.suffix, "Build n records"
        )
        handled = "" if self.suffix else ", or take a built one,"
        verb.__doc__ = (
            f"{how}{handled} and hand it to {type(self.used.strategy).__name__}.\n\n"
            f"{inspect.getdoc(type(self.used.strategy)) or ''}".rstrip()
        )
        return verb

    def __call__(self, *args: Any, **overrides: Any) -> Any:
        """
        Build and handle, or handle the record that was given.
        """
        n = 2 if self.suffix == "_pair" else 1
        if self.suffix == "_list":
            n, args = checked_count(args[0] if args else None), args[1:]
        target, attrs, opts = (*args, None, None)[:3] if args else (None, None, None)
        if not args or len(args) > 3:  # noqa: PLR2004 - target, attrs, opts
            raise ArgumentTypeError(
                f"{self.used.strategy.function_name}{self.suffix} takes a factory or a"
                " record, attributes and options."
            )
        if not (isinstance(target, str) or _is_handle(target)):
            if self.suffix:
                raise ArgumentTypeError(
                    f"{self.used.strategy.function_name}{self.suffix} takes a factory,"
                    f" not {target!r}."
                )
            if overrides or (attrs and opts):
                raise OptionError("attributes beside a record: change it first.")
            return self.used.handled(target, self._details(None, attrs or opts))
        factory = self.lab.find(target)
        records = self.lab.build_list(n, factory.path, attrs, **overrides)
        details = self._details(factory, opts)
        if not self.suffix:
            return self.used.handled(records[0], details)
        return self.used.handled_list(records, details)

    def _details(
        self, factory: Factory[Any] | None, call_options: Mapping[str, Any] | None
    ) -> Details:
        given = MappingProxyType(dict(call_options or {}))
        return Details(self.lab, factory, self.used.options, given)


def _is_handle(target: object) -> bool:
    from machina_lab.core.factories import Factory

    return isinstance(target, Factory)


def name_from_record(record: Any) -> str:
    """
    Return the name of a record's class as a factory would be called (EM).

    Args:
        record: A record, or a class.

    Examples:
        >>> class HTTPServer: ...
        >>> name_from_record(HTTPServer())
        'http_server'
    """
    cls = record if isinstance(record, type) else type(record)
    split = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", cls.__name__)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", split).lower()
