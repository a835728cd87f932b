"""The seams of chain."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> [x0, [x1, [x2, ... None]]], ten thousand levels deep."""
    out = None
    for i in range(len(xs) - 1, -1, -1):
        out = [xs[i], out]
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
