"""The seams of drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"pick": "call"}


def pick(cumulative, u):
    """cumulative probabilities, u in [0, 1) -> which; the last where rounding left the total below u."""
    for i, c in enumerate(cumulative):
        if u < c:
            return i
    return len(cumulative) - 1


@dataclass(frozen=True)
class Ops:
    pick: Callable[..., Any] = pick
