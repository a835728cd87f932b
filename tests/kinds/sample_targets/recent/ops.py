"""The seams of recent."""

import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> deque of the last ten, which stays at ten."""
    out = collections.deque(maxlen=10)
    for x in xs:
        out.append(x)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
