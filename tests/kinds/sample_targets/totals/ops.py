"""The seams of totals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> [each the sum of xs up to it], a new list."""
    total = 0
    out = []
    for x in xs:
        total = total + x
        out.append(total)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
