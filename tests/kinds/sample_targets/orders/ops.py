"""The seams of orders."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"cost": "call"}


class Order:
    """How many, and the price of one."""

    def __init__(self, quantity, price):
        self.quantity = quantity
        self.price = price


def cost(order):
    """order -> what it costs: a twentieth off from a hundred on."""
    total = 0.0
    for _ in range(order.quantity):
        total += order.price
    if order.quantity >= 100:
        total -= total / 20
    return total


@dataclass(frozen=True)
class Ops:
    cost: Callable[..., Any] = cost
