"""
Every error that machina_lab raises on purpose.

Each one is also the built-in it resembles, so `except LookupError` and
`except MachinaError` both work. Data live in attributes; the text is built from them:
what happened, where, the nearest right name, the next step.

* MachinaError
  * ArgumentTypeError (TypeError), ArgumentValueError (ValueError)
  * OptionError (TypeError)
    * DuplicateFactoryError (also a ValueError)
  * HookError (TypeError)
  * UnknownNameError (LookupError)
    * UndefinedFactoryError
    * UnknownTableError
    * VariantError
  * UnknownAttributeError (KeyError, TypeError)
  * LazyCycleError, AssociationCycleError (RecursionError)
  * InsertError (ValueError)
  * ForeignKeyConflictError (ValueError)
  * CastError (ValueError)
  * UndoError (RuntimeError)
    * NothingToUndo
  * RepoError (ConnectionError)
  * LintError (AssertionError)
  * FixtureError (ValueError)
  * LineError (ValueError)
  * MissingDependencyError (ImportError)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from machina_lab.wording import either, listed
from machina_lab.wording import nearest as nearest  # noqa: PLC0414 - part of this module


#: How much of a value an error shows.
_SHOWN: Final = 80


def _rebuilt(
    cls: type[MachinaError], args: tuple[Any, ...], data: dict[str, Any]
) -> MachinaError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(data)
    return error


class MachinaError(Exception):
    """
    Base class: `except MachinaError` catches everything raised on purpose.
    """

    def __str__(self) -> str:
        """
        Return the text without the quotes that `KeyError` would add.
        """
        return " ".join(str(arg) for arg in self.args)

    def __reduce__(self) -> tuple[Any, ...]:
        """
        Survive pickling (test runners send errors between processes).
        """
        return _rebuilt, (type(self), self.args, self.__dict__)


class ArgumentTypeError(MachinaError, TypeError):
    """
    A verb was given a value of the wrong type.
    """


class ArgumentValueError(MachinaError, ValueError):
    """
    A verb was given a value that cannot be right.
    """


class OptionError(MachinaError, TypeError):
    """
    A definition or an option is wrong: unknown, contradictory, taken or switched off.
    """

    @classmethod
    def unknown(
        cls, names: Iterable[str], known: Iterable[str], *, where: str
    ) -> OptionError:
        """
        Return the error for *names* that are no options of *where*.
        """
        known = list(known)
        wrong = list(names)
        text = f"unknown option {either(wrong)} for {where}."
        close = [match for name in wrong for match in nearest(name, known)]
        if close:
            text += f" Did you mean {either(close)}?"
        return cls(f"{text} Options: {', '.join(known) or 'none'}.")


class HookError(MachinaError, TypeError):
    """
    A hook has an unknown name, the wrong shape, or returned nothing.
    """


class DuplicateFactoryError(OptionError, ValueError):
    """
    One name was given to two definitions.

    Attributes:
        name: The name that is taken.
        first: Where it was defined first.
        second: Where it was defined again.
    """

    def __init__(self, name: str, *, first: str, second: str) -> None:
        self.name, self.first, self.second = name, first, second
        super().__init__(
            f"{name!r} is defined twice: first as {first}, now as {second}."
            " Rename one of them."
        )


class UnknownNameError(MachinaError, LookupError):
    """
    A name was asked for that nobody defined.

    Attributes:
        name: What was asked for.
        known: The names that exist.
        suggestions: Those of them that look alike.
    """

    kind: ClassVar[str] = "name"

    def __init__(self, name: object, *, known: Iterable[object] = ()) -> None:
        self.name = name
        self.known = [str(each) for each in known]
        self.suggestions = nearest(name, self.known)
        super().__init__(self._text())

    def _text(self) -> str:
        parts = [f"no {self.kind} named {self.name!r}."]
        if self.suggestions:
            parts.append(f"Did you mean {either(self.suggestions)}?")
        if self.known:
            parts.append(f"Defined: {listed(self.known)}.")
        return " ".join(parts)


class UndefinedFactoryError(UnknownNameError):
    """
    No factory of that name (EM UndefinedFactoryError).

    The text ends with a stub to paste.
    """

    kind = "factory"

    def _text(self) -> str:
        stub = str(self.name) if str(self.name).isidentifier() else "my_factory"
        head = super()._text()
        if not self.known:
            head += " No factories are defined yet."
        return (
            f"{head} Check for typos or define it:\n\n"
            f"    @lab.factory\n    def {stub}():\n        return {{...}}"
        )


class UnknownTableError(UnknownNameError):
    """
    A schema has no such table, or several database schemas have one of that name.
    """

    kind = "table"


class VariantError(UnknownNameError):
    """
    A factory has no such variant, or a variant cannot be used this way.

    Attributes:
        factory: The factory that was asked.
    """

    kind = "variant"

    def __init__(
        self, name: object, *, factory: str = "", known: Iterable[object] = ()
    ) -> None:
        self.factory = factory
        super().__init__(name, known=known)

    def _text(self) -> str:
        parts = [f"factory {self.factory!r} has no variant {self.name!r}."]
        if self.suggestions:
            parts.append(f"Did you mean {either(self.suggestions)}?")
        known = listed(self.known) or "none; define one with @lab.variant"
        return f"{' '.join(parts)} Known variants: {known}."


class UnknownAttributeError(MachinaError, KeyError, TypeError):
    """
    A record has no such attribute.

    Attributes:
        factory: The factory that was building, or "".
        model: The name of the record's class.
        keys: The attributes that do not exist.
        known: The attributes that do.
    """

    def __init__(
        self,
        keys: Iterable[str],
        *,
        model: str,
        factory: str = "",
        known: Iterable[str] = (),
        hint: str = "",
    ) -> None:
        self.factory, self.model = factory, model
        self.keys = list(keys)
        self.known = list(known)
        self.suggestions = {key: nearest(key, self.known) for key in self.keys}
        super().__init__(self._text() + (f" {hint}" if hint else ""))

    def _text(self) -> str:
        where = f" (factory {self.factory!r})" if self.factory else ""
        noun = "attribute" if len(self.keys) == 1 else "attributes"
        text = f"{self.model} has no {noun} {either(self.keys)}{where}."
        close = [match for matches in self.suggestions.values() for match in matches]
        if close:
            text += f" Did you mean {either(dict.fromkeys(close))}?"
        return f"{text} Attributes: {listed(self.known, 20) or 'none'}."


class _CycleError(MachinaError, RecursionError):
    """
    Something needs itself.

    Attributes:
        path: The names that were met, the first one again at the end.
    """

    what: ClassVar[str]
    cure: ClassVar[str]

    def __init__(self, path: Sequence[str], *, where: str = "") -> None:
        self.path = tuple(path)
        at = f" in {where}" if where else ""
        super().__init__(f"{self.what}{at}: {' -> '.join(self.path)}. {self.cure}")


class LazyCycleError(_CycleError):
    """
    Lazy attributes wait for each other.
    """

    what = "lazy attributes need each other"
    cure = "Give one of them a plain value."


class AssociationCycleError(_CycleError):
    """
    Default associations build each other without end.
    """

    what = "default associations build each other without end"
    cure = "Give one of them as None or as a record, or make it a variant."


class InsertError(MachinaError, ValueError):
    """
    A record cannot be inserted, or the database is not ours to act on.
    """


class ForeignKeyConflictError(MachinaError, ValueError):
    """
    A foreign key and its association were both given and disagree.
    """


class CastError(MachinaError, ValueError):
    """
    A value does not fit its column or field.

    Attributes:
        model: The name of the record's class, or "".
        attribute: The attribute's name, or "".
        type: The type it should have had, as text.
        value: What was given.
        hint: What would fit, or "".
    """

    def __init__(  # noqa: PLR0913 - what there is to tell
        self,
        value: object,
        type: str,  # noqa: A002 - the word users meet in error.type
        *,
        model: str = "",
        attribute: str = "",
        hint: str = "",
        hidden: bool = False,
    ) -> None:
        self.value, self.type = value, type
        self.model, self.attribute, self.hint = model, attribute, hint
        where = ".".join(part for part in (model, attribute) if part)
        shown = "***" if hidden else repr(value)
        if len(shown) > _SHOWN:
            shown = f"{shown[: _SHOWN - 3]}..."
        text = f"{where + ': ' if where else ''}{shown} does not fit {type}."
        super().__init__(f"{text} {hint}" if hint else text)


class UndoError(MachinaError, RuntimeError):
    """
    A step cannot be taken back.
    """


class NothingToUndo(UndoError):  # noqa: N818 - the name is part of the contract
    """
    There is no step that could be taken back.
    """


class RepoError(MachinaError, ConnectionError):
    """
    A database cannot be reached or opened. Its text never holds a secret.
    """


class LintError(MachinaError, AssertionError):
    """
    Factories that do not build or insert, all of them together.

    Attributes:
        failures: Name of the factory or variant -> the exception it raised.
    """

    def __init__(self, failures: Mapping[str, BaseException]) -> None:
        self.failures = dict(failures)
        lines = [
            f"* {name}: {type(error).__name__}: {error}"
            for name, error in self.failures.items()
        ]
        noun = "factory" if len(lines) == 1 else "factories"
        super().__init__("\n".join([f"{len(lines)} {noun} failed:", *lines]))


class FixtureError(MachinaError, ValueError):
    """
    A fixture set cannot be written or read.

    Attributes:
        problems: Each problem as one line with file, line and column where known.
    """

    def __init__(self, message: str, *, problems: Sequence[str] = ()) -> None:
        self.problems = list(problems)
        shown = [f"  {problem}" for problem in self.problems[:50]]
        if len(self.problems) > len(shown):
            shown.append(f"  and {len(self.problems) - len(shown)} more")
        super().__init__("\n".join([message, *shown]))


class LineError(MachinaError, ValueError):
    """
    A magic line cannot be read.

    Attributes:
        line: The line as typed.
        at: Index of the first character of the word that is wrong.
        length: How many characters that word has.
    """

    def __init__(self, message: str, *, line: str, at: int, length: int = 1) -> None:
        self.line, self.at, self.length = line, at, max(length, 1)
        super().__init__(message)


class MissingDependencyError(MachinaError, ImportError):
    """
    An optional library is needed for this.
    """

    def __init__(self, library: str, *, needed_for: str, extra: str = "") -> None:
        self.library = library
        what = f"machina_lab[{extra}]" if extra else library
        super().__init__(
            f"{needed_for} needs {library}. Install it: pip install '{what}'"
        )
