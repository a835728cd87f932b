"""The seams of long_rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(rows):
    """rows -> copies of those with a positive sum."""
    out = []
    for row in rows:
        total = 0.0
        for value in row:
            total += value
        if total > 0:
            out.append([value for value in row])
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
