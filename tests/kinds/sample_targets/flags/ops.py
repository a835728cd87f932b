"""The seams of flags."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> {False: below 50, True: the rest} in order of appearance."""
    counts = {}
    for x in xs:
        counts[x >= 50] = counts.get(x >= 50, 0) + 1
    return counts


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
