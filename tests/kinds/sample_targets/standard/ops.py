"""The seams of standard."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (N,) -> (x - mean) / spread; zeros where all are equal."""
    spread = x.std()
    if spread == 0:
        return np.zeros_like(x)
    return np.array([(v - x.mean()) / spread for v in x])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
