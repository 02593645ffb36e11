"""
Named changes to what a factory is given.

A *variant* runs before its base and turns the caller's params into what the base gets:
a function of one positional, or declared values, `defaults` which the caller beats and
`force` which beats everybody. Variants combine: the caller wins over the later variant,
that one over the earlier, that one over the base.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from machina_lab.core.bodies import source_of
from machina_lab.core.calling import called
from machina_lab.core.definitions import Shape, factory_name, place_of, shape_of
from machina_lab.core.merging import lay_over
from machina_lab.errors import ArgumentTypeError, OptionError


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """
    One variant of a factory.

    Attributes:
        name: Its own name, as in `"user+admin"`.
        base: The factory or variant that it is of.
        full_name: The name it has as a factory: `admin_user`.
        place: Where it was written.
        function: Its body, or None where it is declared.
        shape: How the body is called.
        defaults: What it gives where the caller gives nothing.
        force: What it gives whatever the caller gives.
    """

    name: str
    base: str
    full_name: str
    place: str
    function: Callable[..., Any] | None = None
    shape: Shape = field(default_factory=Shape)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    force: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, given: Any) -> Any:
        """
        Return what the base gets when the caller gave *given*.
        """
        if self.function is not None:
            made = called(self.function, self.shape, given, where=self.full_name)
            if made is None and given is not None:
                raise ArgumentTypeError(
                    f"variant {self.name!r} of {self.base!r} returned None."
                    " Return the params for its base."
                )
            return made
        if given is not None and not isinstance(given, Mapping):
            raise ArgumentTypeError(
                f"variant {self.name!r} merges defaults= and force= into its params, so"
                f" its params must be a map, got: {given!r}."
            )
        merged = dict(self.defaults)
        lay_over(merged, given or {})
        return {**merged, **self.force}

    @property
    def source(self) -> str:
        """
        The text of the body; for a declared variant, the declaration.
        """
        if self.function is not None:
            return source_of(self.function)
        said = [
            f"{label}={dict(values)!r}"
            for label, values in (("defaults", self.defaults), ("force", self.force))
            if values
        ]
        return f"lab.variant({', '.join([repr(self.base), repr(self.name), *said])})"


def written_variant(
    function: Callable[..., Any],
    *,
    name: str | None,
    base: str,
    full_name: str | None,
) -> Variant:
    """
    Return the variant that a function body makes.

    Args:
        function: The body.
        name: The variant's own name; else the function's.
        base: The factory or variant that it is of.
        full_name: Its name as a factory; else `{name}_{base}`.

    Raises:
        OptionError: The function does not take exactly one positional.
    """
    called_so = name or function.__name__
    shape = shape_of(function, name=called_so)
    if not shape.positional:
        raise OptionError(
            f"variant {called_so!r} must take one positional argument, the params, and"
            f" return what {base!r} gets:"
            f" def {called_so}(params): return {{..., **params}}."
        )
    own = factory_name(function, name)
    place = place_of(function)
    full = full_name or f"{own}_{base}"
    return Variant(own, base, full, place, function=function, shape=shape)


def declared_variant(  # noqa: PLR0913 - what a declaration says
    *,
    name: str,
    base: str,
    full_name: str,
    place: str,
    defaults: Mapping[str, Any] | None,
    force: Mapping[str, Any] | None,
) -> Variant:
    """
    Return the variant that declared values make.

    Raises:
        OptionError: Nothing was declared, or a declaration is no mapping.
    """
    if defaults is None and force is None:
        raise OptionError(f"variant {name!r} without a body needs defaults= or force=.")
    for label, values in (("defaults", defaults), ("force", force)):
        if values is not None and not isinstance(values, Mapping):
            raise OptionError(
                f"variant {name!r}: {label}= must be a map (a mapping), got {values!r}."
            )
    return Variant(
        name,
        base,
        full_name,
        place,
        defaults=dict(defaults or {}),
        force=dict(force or {}),
    )
