"""
The lab: the one object a person holds.

It joins the rooms: factories, a database, its schema, DataFrames and fixture sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from machina_lab.core.records import MISSING
from machina_lab.labs.fakes import generator
from machina_lab.labs.fixture_sets import FixtureSets


class Lab(FixtureSets):
    """
    Factories, their options and hooks, and the door to a database.

    What EM calls a factory module and FM a module with `use FactoryMan`.

    Args:
        repo: Where inserts go: a URL, Engine, Connection, Session, sessionmaker,
            scoped_session, a function that returns a Session, an AsyncEngine or an
            AsyncSession. Without one, everything but inserting works.
        extends: A lab to inherit from: its repo, hooks, options, helpers and factories,
            now and later; this lab's own win.
        hooks: Name -> function, list of functions, or None to switch one off.
        hook_mode: `"override"`: the nearest hook of a name replaces the others;
            `"chain"`: all of them run.
        insert: Whether factories can be inserted.
        build_struct: Whether factories build records.
        build_params: Whether bodies return params (else they return the record itself).
        keep_none: Whether params keep None.
        cast: Whether values are cast to their columns' types on insert.
        evaluate_lazies: Whether lazies are worked out; None: where the lab merges.
        strict: Whether unknown attributes raise; `"all"`: also when a body of one
            positional ignored or changed what it was given.
        autocommit: Commit each call.

    Raises:
        OptionError: An option is unknown or cannot have that value.

    Examples:
        >>> from machina_lab import Lab
        >>> shop = Lab()
        >>> @shop.factory
        ... def product():
        ...     return {"name": "Tea", "price": 250}
        >>> shop.build("product", price=300)
        {'name': 'Tea', 'price': 300}
    """

    def __init__(  # noqa: PLR0913 - the options of a lab, all by name
        self,
        repo: Any = None,
        *,
        extends: Lab | None = None,
        hooks: Mapping[str, Any] | None = None,
        hook_mode: Any = MISSING,
        insert: Any = MISSING,
        build_struct: Any = MISSING,
        build_params: Any = MISSING,
        keep_none: Any = MISSING,
        cast: Any = MISSING,
        evaluate_lazies: Any = MISSING,
        strict: Any = MISSING,
        autocommit: Any = MISSING,
        **unknown: Any,
    ) -> None:
        self._fakes: dict[str, Any] = {}
        super().__init__(
            extends=extends,
            hooks=hooks,
            hook_mode=hook_mode,
            insert=insert,
            build_struct=build_struct,
            build_params=build_params,
            keep_none=keep_none,
            cast=cast,
            evaluate_lazies=evaluate_lazies,
            strict=strict,
            autocommit=autocommit,
            **unknown,
        )
        if repo is not None:
            self.connect(repo)

    @property
    def fake(self) -> Any:
        """
        The generator of realistic values: `lab.fake.person.full_name()`.

        What it draws repeats, record by record, after `seed`.
        """
        return self.fake_for("en")

    def fake_for(self, locale: str) -> Any:
        """
        Return the generator of realistic values of one locale, such as `de`.

        Raises:
            OptionError: There is no such locale.
        """
        if locale not in self._fakes:
            self._fakes[locale] = generator(self._streams, locale)
        return self._fakes[locale]

    def __repr__(self) -> str:
        """
        Show the factories and where inserts go; never a secret.
        """
        where = f" on {self.repo.label}" if self.repo is not None else ""
        names = self.names(automatic=False)
        shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")  # noqa: PLR2004 - as many as read well
        return f"<lab{where}: {shown or 'no factories'}>"


#: A ready, empty lab for notebooks and small scripts.
lab: Final = Lab()
