"""Types of values that hold nothing and run no code of the user's."""

from __future__ import annotations

from collections import deque
from typing import Any

__all__ = ["OWN_COPIES", "PLAIN", "is_flat"]

PLAIN = frozenset((int, str, bytes, bool, type(None)))  # equal when == says so: no sign of zero
OWN_COPIES = PLAIN | {float, complex}


def is_flat(value: Any) -> bool:
    """Whether it is a sequence of such values alone: a walk through it would find nothing, and may take seconds."""
    return type(value) in (list, tuple, deque) and OWN_COPIES.issuperset(map(type, value))
