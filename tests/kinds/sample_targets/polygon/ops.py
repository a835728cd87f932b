"""The seams of polygon."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}
REUSED = ("f",)


class Polygon:
    """Corners and a label that callers set."""

    def __init__(self, corners):
        self.corners = corners
        self.label = ""


def f(n):
    """n -> a new Polygon with n corners."""
    return Polygon([(math.cos(2 * math.pi * k / n), math.sin(2 * math.pi * k / n)) for k in range(n)])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
