"""The seams of kinds_of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> a set of bools."""
    out = set()
    for x in xs:
        out.add(x > 90)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
