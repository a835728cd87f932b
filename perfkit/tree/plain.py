"""Types of values that hold nothing and run no code of the user's, and sequences of nothing else."""

from __future__ import annotations

from array import array
from collections import deque
from itertools import chain
from typing import Any

__all__ = ["OWN_COPIES", "PLAIN", "are_alike", "is_flat", "plain_ends"]

PLAIN = frozenset((int, str, bytes, bool, type(None)))  # equal when == says so: no sign of zero
OWN_COPIES = PLAIN | {float, complex}
_NESTS = frozenset((list, tuple))
_DEEPEST = 4  # of sequences in one another; one that holds itself has no end


def is_flat(value: Any) -> bool:
    """Whether it is a sequence of such values alone: a walk through it would find nothing, and may take seconds."""
    return type(value) in (list, tuple, deque) and OWN_COPIES.issuperset(map(type, value))


def plain_ends(value: Any) -> list[Any] | None:
    """Such values at the ends of lists and tuples of one depth, or of a deque, in order; None if there are others."""
    level = list(value) if type(value) is deque else [value]
    for _ in range(_DEEPEST):
        types_ = set(map(type, level))
        if not types_ <= _NESTS:
            return level if types_ <= OWN_COPIES else None
        level = list(chain.from_iterable(level))
    return None


def are_alike(theirs: list[Any], ours: list[Any], *, floats: bool) -> bool:
    """Whether two lists surely hold the same, bit for bit, in lists and tuples of one depth.

    False where a walk has to find out; `floats`: where any are in there it has not.
    """
    for _ in range(_DEEPEST):
        types_ = list(map(type, theirs))
        kinds = set(types_)
        if types_ != list(map(type, ours)):
            return False
        if not kinds or not kinds <= _NESTS:
            return _same_ends(theirs, ours, kinds, floats=floats)
        if list(map(len, theirs)) != list(map(len, ours)):
            return False
        theirs, ours = list(chain.from_iterable(theirs)), list(chain.from_iterable(ours))
    return False


def _same_ends(theirs: list[Any], ours: list[Any], kinds: set[type], *, floats: bool) -> bool:
    if kinds <= PLAIN:
        return theirs == ours
    if not floats or not kinds <= PLAIN | {float}:
        return False
    if kinds == {float}:
        return array("d", theirs).tobytes() == array("d", ours).tobytes()
    numbers = [[item for item in items if type(item) is float] for items in (theirs, ours)]
    others = [[item for item in items if type(item) is not float] for items in (theirs, ours)]
    return others[0] == others[1] and array("d", numbers[0]).tobytes() == array("d", numbers[1]).tobytes()
