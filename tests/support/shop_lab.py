"""
Factories for the shop, as a notebook's user would write them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from machina_lab import Lab, assoc, sequence
from tests.support.shop_models import Category, Customer, Order, Product, State


def shop_lab(repo: Any = None) -> Lab:
    """
    Return a lab with the shop's factories and variants.
    """
    shop = Lab(repo)

    @shop.factory
    def customer():
        return Customer(
            name="Jane", email=sequence("email", lambda n: f"jane-{n}@example.com")
        )

    @shop.factory(model=Order)
    def order():
        return {
            "number": sequence("number", "A{:03}".format),
            "customer": assoc("customer"),
        }

    @shop.factory
    def category():
        return Category(name="Tea")

    @shop.factory(model=Product)
    def product(*, euros=3):
        return {
            "sku": sequence("sku", "TEA-{}".format),
            "title": "Green tea",
            "price": Decimal(euros),
        }

    @shop.factory
    def broken():
        return Customer(name=1 / 0)

    shop.variant("customer", "admin", defaults={"role": "admin"})
    shop.variant("customer", "retired", defaults={"active": False})
    shop.variant("order", "paid", defaults={"state": State.paid})
    return shop
