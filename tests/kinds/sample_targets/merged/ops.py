"""The seams of merged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(pair):
    """(first, second) -> a new dict of both."""
    out = {}
    for part in pair:
        for key, value in part.items():
            out[key] = value
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
