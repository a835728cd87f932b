"""The seams of points."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


@dataclass
class Point:
    """Two coordinates."""

    x: float
    y: float


def f(rows):
    """rows of two -> [Point, turned by 90 degrees]."""
    out = []
    for row in rows:
        point = Point(*row)
        point.x, point.y = -point.y, point.x
        out.append(point)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
