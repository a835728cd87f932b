"""The seams of calendar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

KINDS = {"f": "call"}
REUSED = ("f",)


def f(n):
    """n -> a new frame of n days."""
    days = pd.date_range("2024-01-01", periods=n)
    return pd.DataFrame({"day": days, "weekday": [d.weekday() for d in days]})


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
