"""The seams of grouped."""

import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(words):
    """words -> defaultdict(list): length -> words, in order of appearance."""
    out = collections.defaultdict(list)
    for word in words:
        out[len(word)].append(word)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
