"""Types of values that hold nothing and run no code of the user's."""

from __future__ import annotations

__all__ = ["OWN_COPIES", "PLAIN"]

PLAIN = frozenset((int, str, bytes, bool, type(None)))  # equal when == says so: no sign of zero
OWN_COPIES = PLAIN | {float, complex}
