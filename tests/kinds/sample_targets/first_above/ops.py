"""The seams of first_above."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (300,) sorted -> the first index above 0.5, a numpy integer."""
    return np.flatnonzero(np.append(x, 1.0) > 0.5)[0]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
