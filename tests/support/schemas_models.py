"""
Tables in several schemas of one database, two of them with the same name.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


SCHEMAS = ("sales", "stock")


class Base(DeclarativeBase):
    pass


class SalesItem(Base):
    __tablename__ = "items"
    __table_args__ = {"schema": "sales"}  # noqa: RUF012 - SQLAlchemy's way

    id: Mapped[int] = mapped_column(primary_key=True)
    stock_id: Mapped[int | None] = mapped_column(ForeignKey("stock.items.id"))
    stock: Mapped[StockItem | None] = relationship()


class StockItem(Base):
    __tablename__ = "items"
    __table_args__ = {"schema": "stock"}  # noqa: RUF012 - SQLAlchemy's way

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
