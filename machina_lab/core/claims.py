"""
Who has which name on a lab.

Names of factories and variants, and the attributes a lab gains from helpers, strategies
and generated functions. The same place may say a name again (a cell run twice); another
place may not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from machina_lab.errors import DuplicateFactoryError


@dataclass(frozen=True, slots=True)
class Claim:
    """
    One name taken.

    Attributes:
        owner: The definition it belongs to; redefining it gives its names back first.
        place: Where that was written.
        what: What it is, for messages.
    """

    owner: str
    place: str
    what: str

    def __str__(self) -> str:
        """
        Say what it is and where it was written.
        """
        return f"{self.what} ({self.place})"


@dataclass
class Claims:
    """
    The names of one lab.

    Attributes:
        reserved: Names that the lab's class has itself.
    """

    reserved: frozenset[str]
    _claims: dict[str, Claim] = field(default_factory=dict)

    def take(
        self, owner: str, place: str, names: Iterable[tuple[str, str, bool]]
    ) -> None:
        """
        Give *owner* its names, or raise before any is given.

        Args:
            owner: The definition, such as `factory user`.
            place: Where it was written.
            names: Each name, what it is, and whether it becomes an attribute of the
            lab.

        Raises:
            DuplicateFactoryError: A name is taken by something written elsewhere.
        """
        names = list(names)
        for name, what, attribute in names:
            claim = Claim(owner, place, what)
            if attribute and name in self.reserved:
                first = "a verb or property of every lab"
                raise DuplicateFactoryError(name, first=first, second=str(claim))
            held = self._claims.get(name)
            if held is not None and (held.owner, held.place) != (owner, place):
                raise DuplicateFactoryError(name, first=str(held), second=str(claim))
        self.release(owner)
        self._claims.update({n: Claim(owner, place, what) for n, what, _ in names})

    def copy(self) -> Claims:
        """
        Return the same claims, to go back to.
        """
        return Claims(self.reserved, dict(self._claims))

    def release(self, owner: str) -> None:
        """
        Give back the names of *owner*.
        """
        self._claims = {n: c for n, c in self._claims.items() if c.owner != owner}
