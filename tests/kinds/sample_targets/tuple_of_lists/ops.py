"""The seams of tuple_of_lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}
REUSED = ("f",)


def f(n):
    """n -> ([even], [odd]), two new lists in a tuple."""
    return [k for k in range(n) if k % 2 == 0], [k for k in range(n) if k % 2]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
