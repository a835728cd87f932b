"""The seams of lookup."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"find": "call"}


def find(table, x):
    """table sorted, x -> the first place whose entry is not below x; len(table) where there is none."""
    for i, entry in enumerate(table):
        if entry >= x:
            return i
    return len(table)


@dataclass(frozen=True)
class Ops:
    find: Callable[..., Any] = find
