"""
A small web shop: the everyday mapping, with defaults, enums, a tree and a join table.

`Customer` has one `Profile` and many `Order`s; an `Order` has `OrderLine`s (an
association object with a composite key) to `Product`s; products have `Tag`s through a
plain join table and sit in a tree of `Category`s.
"""

from __future__ import annotations

import datetime as dt
import enum

from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Numeric, String, Table, func
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    new = "N"
    paid = "P"
    sent = "S"


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


product_tags = Table(
    "product_tags",
    Base.metadata,
    Column("product_id", ForeignKey("products.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str | None] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20), default="member")
    active: Mapped[bool] = mapped_column(default=True)
    born: Mapped[dt.date | None]
    joined_on: Mapped[dt.date] = mapped_column(default=today)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    profile: Mapped[Profile | None] = relationship(back_populates="customer")
    orders: Mapped[list[Order]] = relationship(back_populates="customer")


class Profile(Base):
    __tablename__ = "profiles"

    id: Mapped[int] = mapped_column(primary_key=True)
    bio: Mapped[str | None]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    customer: Mapped[Customer] = relationship(back_populates="profile")


class Category(Base):
    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    parent: Mapped[Category | None] = relationship(
        back_populates="children", remote_side="Category.id"
    )
    children: Mapped[list[Category]] = relationship(back_populates="parent")


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    products: Mapped[list[Product]] = relationship(
        secondary=product_tags, back_populates="tags"
    )

    def __init__(self, name: str | None = None, **rest: object) -> None:
        super().__init__(name=name, **rest)


class Product(Base):
    __tablename__ = "products"
    __table_args__ = (CheckConstraint("price >= 0", name="price_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    weight: Mapped[float | None]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    category: Mapped[Category | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(
        secondary=product_tags, back_populates="products"
    )
    tag_names: AssociationProxy[list[str]] = association_proxy("tags", "name")


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[State] = mapped_column(default=State.new)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order")


class OrderLine(Base):
    __tablename__ = "order_lines"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quantity: Mapped[int] = mapped_column(default=1)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()
