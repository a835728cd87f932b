"""The seams of records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(ages):
    """ages -> structured (40,) with age and months."""
    out = np.zeros(len(ages), dtype=[("age", "i4"), ("months", "i4")])
    for i, age in enumerate(ages):
        out[i] = (age, 12 * age)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
