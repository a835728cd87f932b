"""The seams of middles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs [int] -> [the float between each two]."""
    out = []
    for i in range(len(xs) - 1):
        out.append((xs[i] + xs[i + 1]) / 2)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
