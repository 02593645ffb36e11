"""
Labs as large as a company's: hundreds of factories, and as many tables.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from machina_lab import Lab


def big_lab(factories: int = 500, columns: int = 50) -> Lab:
    """
    Return a lab of `factory_0`, `factory_1` ..., each of a model with `column_0` ...
    """

    class Base(DeclarativeBase):
        pass

    lab = Lab()
    names = [f"column_{n}" for n in range(columns - 1)]
    for n in range(factories):
        body: dict[str, Any] = {
            "__tablename__": f"table_{n}",
            "__annotations__": {"id": Mapped[int], **dict.fromkeys(names, Mapped[str])},
            "id": mapped_column(primary_key=True),
        }
        model = type(f"Model{n}", (Base,), body)
        lab.define(_nothing, name=f"factory_{n}", model=model)
    return lab


def big_database(engine: Any, tables: int = 500, columns: int = 50) -> None:
    """
    Make tables `things_0`, `things_1` ... in a database.
    """
    names = ", ".join(f"column_{n} TEXT" for n in range(columns - 1))
    with engine.begin() as connection:
        for n in range(tables):
            connection.exec_driver_sql(
                f"CREATE TABLE things_{n} (id INTEGER PRIMARY KEY, {names})"
            )


def _nothing() -> dict[str, Any]:
    return {}
