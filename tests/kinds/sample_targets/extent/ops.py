"""The seams of extent."""

import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


Extent = collections.namedtuple("Extent", "low high")


def f(xs):
    """xs -> Extent(low, high)."""
    low = high = xs[0]
    for x in xs:
        low = x if x < low else low
        high = x if x > high else high
    return Extent(low, high)


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
