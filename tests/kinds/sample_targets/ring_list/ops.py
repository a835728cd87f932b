"""The seams of ring_list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> [copies of xs..., the list itself]."""
    out = []
    for x in xs:
        out.append(x)
    out.append(out)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
