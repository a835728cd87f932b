"""The seams of window."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}
REUSED = ("f",)
ONLY_READ = ("f",)


def f(n):
    """n -> float64 (n,), the Hann window; its callers only read it."""
    return np.array([0.5 - 0.5 * math.cos(2 * math.pi * k / n) for k in range(n)])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
