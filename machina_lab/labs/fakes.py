"""
Realistic values that repeat with the lab's seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from machina_lab.errors import MissingDependencyError, OptionError, nearest


if TYPE_CHECKING:
    from mimesis import Generic

    from machina_lab.core.randomness import Streams


def generator(streams: Streams, locale: str) -> Generic:
    """
    Return the generator of realistic values that draws from the record being built.

    Args:
        streams: The lab's random streams.
        locale: A locale such as `en`, `de` or `pt-br`.

    Raises:
        OptionError: There is no such locale.
    """
    try:
        from mimesis import Generic, Locale
        from mimesis.random import Random
    except ImportError as error:
        raise MissingDependencyError("mimesis", needed_for="lab.fake") from error

    known = [each.value for each in Locale]
    if locale not in known:
        close = nearest(locale, known)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise OptionError(f"there is no locale {locale!r}.{hint}")

    class Drawn(Random):
        """
        The library's random values, drawn from the current stream.
        """

        def random(self) -> float:
            """
            Return the next number from 0 up to 1.
            """
            return streams.current().random()

        def getrandbits(self, k: int, /) -> int:
            """
            Return a whole number of *k* random bits.
            """
            return streams.current().getrandbits(k)

    drawn = Drawn()
    made = Generic(locale=Locale(locale))
    for name in dir(made):
        provider: Any = getattr(made, name, None)
        if hasattr(provider, "random") and not name.startswith("_"):
            provider.random = drawn
    return made
