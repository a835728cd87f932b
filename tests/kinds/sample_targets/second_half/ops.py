"""The seams of second_half."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(x):
    """x (400,) -> its second half, a view."""
    out = x
    for _ in range(len(x) // 2):
        out = out[1:]
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
