"""The seams of votes."""

import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(words):
    """words -> Counter without `maybe`, in order of appearance."""
    out = collections.Counter()
    for word in words:
        if word != "maybe":
            out[word] += 1
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
