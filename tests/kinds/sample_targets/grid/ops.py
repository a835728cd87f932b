"""The seams of grid."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(n):
    """n -> n lists of n zeros, each its own."""
    return [[0 for _ in range(n)] for _ in range(n)]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
