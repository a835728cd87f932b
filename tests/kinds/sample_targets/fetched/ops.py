"""The seams of fetched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


async def f(xs):
    """xs -> awaited: [x * x], a new list."""
    out = []
    for x in xs:
        out.append(x * x)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
