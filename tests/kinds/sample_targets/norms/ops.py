"""The seams of norms."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(rows):
    """rows of three -> their lengths."""
    return [math.sqrt(x * x + y * y + z * z) for x, y, z in rows]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
