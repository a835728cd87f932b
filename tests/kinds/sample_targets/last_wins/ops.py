"""The seams of last_wins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(pairs):
    """[(key, value)] -> dict; of a key that comes twice the last value counts."""
    out = {}
    for key, value in pairs:
        out[key] = value
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
