"""The seams of shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(amounts):
    """{name: amount} -> {name: share}, a new dict."""
    total = 0.0
    for value in amounts.values():
        total += value
    return {name: value / total for name, value in amounts.items()}


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
