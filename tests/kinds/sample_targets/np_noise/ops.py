"""The seams of np_noise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(n):
    """n -> (n,) of np.random.random()."""
    return np.array([np.random.random() for _ in range(n)])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
