"""The seams of trim."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (30, 30) -> the inner (26, 26), new memory."""
    return np.array([[v for v in row[2:-2]] for row in x[2:-2].tolist()])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
