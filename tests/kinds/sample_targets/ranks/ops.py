"""The seams of ranks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (N,) -> (N,) int64, which comes at each rank; equal numbers keep their order."""
    return np.array(sorted(range(len(x)), key=x.tolist().__getitem__), dtype=np.int64)


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
