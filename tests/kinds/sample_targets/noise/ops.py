"""The seams of noise."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(n):
    """n -> [n numbers of random.random()]."""
    out = []
    for _ in range(n):
        out.append(random.random())
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
