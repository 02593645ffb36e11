"""
The demo module of FactoryMan's test suite: models, a base lab and its child.
"""

from __future__ import annotations

import datetime as dt
import itertools

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, inspect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    make_transient,
    mapped_column,
    object_session,
    relationship,
)

from machina_lab import Lab, assoc, sequence


class Base(DeclarativeBase):
    """
    FactoryMan's two tables.
    """


class User(Base):
    """
    A user, who may be an author.
    """

    __tablename__ = "fm_users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str | None]
    full_name: Mapped[str | None]
    created_at: Mapped[dt.datetime | None]
    author: Mapped[Author | None] = relationship(back_populates="user")


class Author(Base):
    """
    An author, who is a user.
    """

    __tablename__ = "fm_authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("fm_users.id"))
    user: Mapped[User | None] = relationship(back_populates="author")


@dataclass
class Embedded:
    """
    What Ecto calls an embedded schema: a class without a table.
    """

    some_field: str | None = None


def reset_assocs(record: Any) -> Any:
    """
    Return *record* as if freshly read: its associations are not loaded.
    """
    session = object_session(record)
    if session is not None:
        session.expire(record, list(inspect(type(record)).relationships.keys()))
    return record


def as_new(record: Any, **changes: Any) -> Any:
    """
    Return *record* marked as built, without a key (`Ecto.put_meta`).
    """
    session = object_session(record)
    if session is not None:
        session.expunge(record)
    make_transient(record)
    record.id = None
    for name, value in changes.items():
        setattr(record, name, value)
    return record


_seconds = itertools.count()


def now() -> dt.datetime:
    """
    Return a moment; each call is a second later, however fast the machine.
    """
    return dt.datetime(2024, 1, 1) + dt.timedelta(seconds=next(_seconds))


def base_lab(repo: Any = None) -> Lab:
    """
    Return FactoryMan's base module: a repo, a hook and a helper, no factories.
    """
    lab = Lab(repo, hooks={"after_insert": reset_assocs})

    @lab.helper
    def generate_username() -> str:
        return sequence("username", "user-{}".format)

    return lab


def demo_lab(repo: Any = None) -> Lab:
    """
    Return FactoryMan's demo module, which extends the base.
    """
    lab = Lab(extends=base_lab(repo))
    _add_records(lab)
    _add_lazy(lab)
    _add_heads(lab)
    _add_values(lab)
    _add_variants(lab)
    return lab


def _add_records(lab: Lab) -> None:
    @lab.factory(model=User)
    def user(params: dict[str, Any]) -> dict[str, Any]:
        return {"username": lab.generate_username(), **params}

    @lab.factory(model=Author)
    def author() -> dict[str, Any]:
        return {"name": sequence("author"), "user": assoc("user")}

    @lab.factory(model=User)
    def extended_user(params: dict[str, Any]) -> dict[str, Any]:
        username = sequence("extended", "extended-user-{}".format)
        return lab.build_user_params({"username": username, **params})

    @lab.factory(model=Embedded)
    def embedded_schema(params: dict[str, Any]) -> dict[str, Any]:
        return {"some_field": "some value", **params}

    @lab.factory(build_params=False)
    def raw_user(params: dict[str, Any]) -> User:
        username = params.get("username") or sequence("raw", "raw-user-{}".format)
        return User(username=username)

    @lab.factory(model=User, insert=False)
    def non_insertable() -> dict[str, Any]:
        return {"username": sequence("non_insertable")}

    @lab.factory(hooks={"after_build_params": lambda it: it | {"hook_applied": True}})
    def hooked(params: dict[str, Any]) -> dict[str, Any]:
        return {"name": "hooked", **params}


def _add_lazy(lab: Lab) -> None:
    @lab.factory(model=User)
    def lazy_user(params: dict[str, Any]) -> dict[str, Any]:
        defaults = {
            "username": lab.generate_username,
            "first_name": "User",
            "created_at": now,
            "full_name": lambda user: f"{user.first_name} Userson",
        }
        return {**defaults, **params}

    @lab.factory(model=Author)
    def lazy_author() -> dict[str, Any]:
        return {
            "name": lambda author: f"author-{author.user.first_name}",
            "user": assoc("lazy_user"),
        }

    @lab.factory(model=User)
    def user_sequence() -> dict[str, Any]:
        return {"username": sequence("user_id", "user-{}".format, start_at=7_000)}

    @lab.factory(model=User)
    def user_with_role() -> dict[str, Any]:
        roles = ["admin", "user", "guest"]
        head = sequence("user_role_id")
        return {"username": lambda: f"{head}-{sequence('user_role', roles)}"}


def _add_heads(lab: Lab) -> None:
    @lab.factory(model=User)
    def simple_required(params: dict[str, Any]) -> dict[str, Any]:
        return {"first_name": "Simple", **params}

    @lab.factory
    def no_default_fallback(params: dict[str, Any], *, username: str) -> dict[str, Any]:
        return {"greeting": f"Hi {username}", **params}

    @lab.factory(model=User)
    def combined_pattern(
        params: dict[str, Any] = {"first_name": "Default"},  # noqa: B006 - copied per call
        *,
        first_name: str,
    ) -> dict[str, Any]:
        username = lab.generate_username()
        return {"username": username, "full_name": f"{first_name} User", **params}

    @lab.factory(model=User)
    def nested_pattern(
        params: dict[str, Any], *, author: dict[str, Any]
    ) -> dict[str, Any]:
        del params
        return {"username": f"author-{author['name'].lower()}"}


def _add_values(lab: Lab) -> None:
    @lab.factory
    def non_struct(params: dict[str, Any]) -> dict[str, Any]:
        return {"name": sequence("name"), "age": 42, **params}

    @lab.factory
    def greeting(name: str = "world") -> str:
        return f"Hello, {name}!"

    @lab.factory
    def nothing(value: Any = None) -> Any:
        return value

    @lab.factory
    def couple(values: tuple[Any, Any] = ("a", "b")) -> tuple[Any, Any]:
        return values

    @lab.factory
    def tags(name: str = "tag") -> list[str]:
        return [f"{name}-{n}" for n in (1, 2, 3)]

    @lab.factory(name="settings")
    def options(given: dict[str, Any]) -> dict[str, Any]:
        return {"timeout": 5000, "retries": 3, **given}

    @lab.factory
    def unique_email(domain: str = "example.com") -> str:
        return sequence("unique_email", lambda n: f"user{n}@{domain}")

    @lab.factory(evaluate_lazies=True)
    def lazy_options(given: dict[str, Any]) -> dict[str, Any]:
        return {
            "timeout": 5000,
            "created_at": now,
            "label": lambda it: f"timeout-{it.timeout}",
            **given,
        }


def _add_variants(lab: Lab) -> None:
    @lab.variant("user")
    def admin(params: dict[str, Any]) -> dict[str, Any]:
        return {"username": sequence("admin", "admin-{}".format), **params}

    @lab.variant("user")
    def guest(params: dict[str, Any]) -> dict[str, Any]:
        return {"username": "guest", "first_name": "Guest", **params}

    @lab.variant("user", as_="mod")
    def moderator(params: dict[str, Any]) -> dict[str, Any]:
        return {"username": sequence("mod", "mod-{}".format), **params}

    @lab.variant("admin_user", as_="senior_user")
    def senior(params: dict[str, Any]) -> dict[str, Any]:
        return {"first_name": "Senior", **params}

    @lab.variant("greeting")
    def loud(name: str = "world") -> str:
        return name.upper()
