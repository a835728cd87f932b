"""The seams of variance."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (N,) -> its variance, in two passes."""
    mean = x.mean()
    return np.mean(np.array([(v - mean) ** 2 for v in x]))


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
