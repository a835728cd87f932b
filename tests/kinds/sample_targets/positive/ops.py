"""The seams of positive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (12,) -> max(x, 0): new memory, always."""
    return np.array([max(v, 0.0) for v in x.tolist()])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
