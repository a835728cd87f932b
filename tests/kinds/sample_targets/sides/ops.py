"""The seams of sides."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


class Side(enum.IntEnum):
    """Left or right of zero."""

    LEFT = 0
    RIGHT = 1


def f(xs):
    """xs -> [Side]."""
    out = []
    for x in xs:
        out.append(Side["RIGHT" if x > 0 else "LEFT"])
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
