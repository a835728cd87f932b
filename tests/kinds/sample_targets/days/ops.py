"""The seams of days."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(ns):
    """[days, negative where unknown] -> datetime64[D], NaT where unknown."""
    return np.array([np.datetime64(n, "D") if n >= 0 else np.datetime64("NaT") for n in ns], dtype="datetime64[D]")


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
