"""
What type checkers must make of the public API. Never run, only checked.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from dataclasses import dataclass
from typing import Any, NamedTuple, assert_type

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from machina_lab import (
    Factory,
    Lab,
    Strategy,
    assoc,
    assoc_list,
    casters,
    evaluate_lazy_attributes,
    lab,
    lazy,
    literal,
    merge_attributes,
    name_from_record,
    sequence,
    sequences,
)
from machina_lab.errors import LintError, MachinaError, UnknownAttributeError


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@dataclass
class Article:
    title: str
    author: User | None = None


class Point(NamedTuple):
    x: int
    y: int


shop = Lab("sqlite://", keep_none=True, hooks={"after_insert": lambda record: record})
child = Lab(extends=shop)


# A function without parentheses: the handle is generic in what the function returns.
@shop.factory
def user() -> User:
    return User(name=sequence("name"))


assert_type(user, Factory[User])
assert_type(user.name, str)
assert_type(user.build(), User)
assert_type(user.build({"name": "Al"}, name="Bo"), User)
assert_type(user.build_pair(), list[User])
assert_type(user.build_list(3), list[User])
assert_type(user.insert(), User)
assert_type(user.insert(None, {"returning": True}, name="Al"), User)
assert_type(user.insert_pair(), list[User])
assert_type(user.insert_list(3, name="Al"), list[User])
assert_type(user.variant("admin"), Factory[User])
assert_type(user.variant("admin", "confirmed").build().name, str)
assert_type(user.build().id, int)


# Parentheses without a model: the same.
@shop.factory(insert=False, hooks={"after_build_struct": lambda it: it})
def point() -> Point:
    return Point(1, 2)


assert_type(point, Factory[Point])
assert_type(point.build().x, int)


# A dict body with a model: the model.
@shop.factory(model=Article)
def article() -> dict[str, Any]:
    return {"title": sequence("title", "Part {}".format), "author": assoc("user")}


assert_type(article, Factory[Article])
assert_type(article.build(), Article)
assert_type(article.build().title, str)
assert_type(article.build_list(2), list[Article])


# A name first, options after it.
@shop.factory("blog_post", model=Article)
def post(*, title: str | None = None, words: int = 3) -> dict[str, Any]:
    return {"title": title or "word" * words}


assert_type(post, Factory[Article])


# A value factory: any value.
@shop.factory
def greeting(name: str = "world") -> str:
    return f"Hello, {name}!"


assert_type(greeting, Factory[str])
assert_type(greeting.build("Bob"), str)
assert_type(greeting.build_list(2, "Bob"), list[str])


# Functions that take the attributes.
@shop.factory
def payload(attrs: dict[str, Any]) -> dict[str, Any]:
    return merge_attributes({"action": "create"}, attrs)


assert_type(payload.build(action="delete"), dict[str, Any])


# Derived factories are ordinary Python.
@shop.factory(model=Article)
def featured() -> dict[str, Any]:
    return {**article(), "title": "Featured"}


assert_type(featured.build(), Article)


@shop.variant("user")
def admin(params: dict[str, Any]) -> dict[str, Any]:
    return {"name": "admin", **params}


shop.variant("user", "guest", defaults={"name": "guest"}, force={"id": 1})


@shop.hook("after_insert")
def note(record: Any) -> Any:
    return record


@shop.helper
def slugify(text: str) -> str:
    return text.lower()


assert_type(slugify("A"), str)


class Encode(Strategy, function_name="encode"):
    """
    A strategy of one's own.
    """

    def handle(self, record: Any, details: Any) -> str:
        return f"{details.factory}: {record}"


shop.use(Encode, indent=2)
shop.include({"a_factory": dict})

# Lists in the lab's own words: names are texts, so records are Any.
built: User = shop.build("user")
many: list[User] = shop.build_list(3, "user", name="Al")
pair: list[User] = shop.build_pair("user+admin", {"name": "Al"})
saved: User = shop.insert("user", None, {"returning": True})
params: dict[str, Any] = shop.params_for("user", keep_none=True)
wire: dict[str, Any] = shop.string_params_for("user", values="keep")
with_assocs: dict[str, Any] = shop.params_with_assocs("article")

# Sequences give what their formatter gives.
assert_type(sequence("name"), str)
assert_type(sequence("number", lambda n: n), int)
assert_type(sequence("text", "a-{}".format), str)
assert_type(sequence("role", ["admin", "user"]), str)
assert_type(sequence("number", lambda n: n * 1.5, start_at=3), float)
assert_type(sequences.peek("name"), int)

# Merging and evaluating keep the type.
assert_type(merge_attributes(Article("T"), {"title": "U"}), Article)
assert_type(evaluate_lazy_attributes(Article("T")), Article)

fields = {"at": lazy(int), "with": literal(len), "all": assoc_list(3, "user", name="x")}
assert_type(name_from_record(Article("T")), str)
casters.register(Point, lambda value: Point(*value))

lab.seed(42)
assert_type(lab.random.random(), float)


def failures() -> list[str]:
    """
    Errors carry their data, typed.
    """
    try:
        shop.lint()
    except LintError as error:
        return list(error.failures)
    except UnknownAttributeError as error:
        return error.keys
    except MachinaError as error:
        return [str(error)]
    return []


# Mistakes that a checker must see.
user.build().nme  # type: ignore[attr-defined]
user.build_list("3")  # type: ignore[arg-type]
wrong: Article = user.build()  # type: ignore[assignment]
