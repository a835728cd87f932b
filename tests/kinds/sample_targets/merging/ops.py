"""The seams of merging."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"merge": "call"}


def merge(first, second):
    """Two lists of (key, text), sorted by key -> one; of equal keys the first list's come first."""
    out = []
    i = j = 0
    while i < len(first) or j < len(second):
        if j == len(second) or (i < len(first) and first[i][0] <= second[j][0]):
            out.append(first[i])
            i += 1
        else:
            out.append(second[j])
            j += 1
    return out


@dataclass(frozen=True)
class Ops:
    merge: Callable[..., Any] = merge
