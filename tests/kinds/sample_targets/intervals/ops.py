"""The seams of intervals."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(seconds):
    """[s; a multiple of 50 is unknown] -> timedelta64[s] between them, NaT beside an unknown one."""
    known = [np.datetime64(s, "s") if s % 50 else np.datetime64("NaT", "s") for s in seconds]
    return np.array([b - a for a, b in itertools.pairwise(known)])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
