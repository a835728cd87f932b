"""Seams whose arguments cannot be drawn: what they hold is of a kind, in an order, or adds up to one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

KINDS = {
    "places": "call",
    "words": "call",
    "push": "call",
    "price": "call",
    "entropy": "call",
    "segments": "call",
    "scaled": "call",
    "totals": "call",
}


@dataclass
class Order:
    """What somebody buys."""

    items: list[tuple[str, int, float]]
    discount: float


def places(table: list[float], keys: list[float]) -> list[int]:
    """Where each key would have to stand in a sorted table."""
    return [sum(1 for entry in table if entry < key) for key in keys]


def words(text: str) -> list[str]:
    """The words of a text, which one or more blanks part."""
    found, word = [], ""
    for letter in text + " ":
        if letter != " ":
            word += letter
        elif word:
            found.append(word)
            word = ""
    return found


def push(window: deque[float], x: float) -> float:
    """The mean of the window once x has come into it."""
    window.append(x)
    total = 0.0
    for value in window:
        total += value
    return total / len(window)


def price(order: Order) -> float:
    """What an order costs."""
    total = 0.0
    for _, count, each in order.items:
        for _ in range(count):
            total += each
    return total * (1 - order.discount)


def entropy(shares: Any) -> float:
    """-sum p log p of shares (N,) float64 that add up to 1."""
    return -sum(float(p) * float(np.log(p)) for p in shares)


def segments(offsets: Any, values: Any) -> Any:
    """The sum of each segment values[offsets[i]:offsets[i + 1]]; none is empty."""
    return np.array([values[a:b].sum() for a, b in pairwise(offsets)])


def scaled(x: Any, weight: Any) -> Any:
    """x (N, D), which asks for a gradient, times the weight (D,)."""
    return x * weight.expand_as(x).clone()


def totals(frame: Any) -> Any:
    """The amounts of each name, in the order of the names."""
    return {name: int(frame.loc[frame["name"] == name, "amount"].sum()) for name in sorted(set(frame["name"]))}


@dataclass(frozen=True)
class Ops:
    places: Callable[[list[float], list[float]], list[int]] = places
    words: Callable[[str], list[str]] = words
    push: Callable[[deque[float], float], float] = push
    price: Callable[[Order], float] = price
    entropy: Callable[[Any], float] = entropy
    segments: Callable[[Any, Any], Any] = segments
    scaled: Callable[[Any, Any], Any] = scaled
    totals: Callable[[Any], Any] = totals
