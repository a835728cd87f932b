"""The seams of raised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


class Item:
    """A name and a price."""

    def __init__(self, name, price):
        self.name = name
        self.price = price


def f(items):
    """items -> new items, each 10 % dearer."""
    return [Item("".join(list(item.name)), item.price * 1.1) for item in items]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
