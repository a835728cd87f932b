"""The seams of masked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(x):
    """x (60,) -> a masked array: what is negative is masked."""
    return np.ma.masked_array([float(v) for v in x], mask=[bool(v < 0) for v in x])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
