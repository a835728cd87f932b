"""The seams of smoothed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (300,) -> the mean of each five."""
    return np.convolve(x, np.full(5, 0.2), mode="valid")


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
