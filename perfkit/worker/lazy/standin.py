"""Objects that compute when they are looked at: an `observe` would have them do so outside of the clock."""

from __future__ import annotations

import functools
from typing import Any

from perfkit.tree.difference import Difference, other_type, placed
from perfkit.tree.kind import Kind
from perfkit.tree.registry import kind_of

__all__ = ["other_sort", "stands_in"]


def stands_in(cls: type) -> bool:
    """Whether it can be read as an array, and is none of a library's whose arrays hold what they show."""
    if not hasattr(cls, "__array__"):
        return False
    return all(kind_of(base) is None or type(kind_of(base)) is Kind for base in cls.__mro__[1:-1])


def _computes(cls: type) -> bool:
    """Whether looking at an attribute may run code of the program's."""
    if hasattr(cls, "__getattr__") or hasattr(cls, "__torch_function__") or stands_in(cls):
        return True
    parts = [part for base in cls.__mro__[:-1] for part in vars(base).values()]
    return any(isinstance(part, property | functools.cached_property) for part in parts)


def other_sort(expected: Any, got: Any) -> Difference | None:
    """The difference between two raw outputs of which the second may compute only when it is looked at.

    An `observe` would have it do so outside of the clock. Data of another type is the target's own affair.
    """
    kind = kind_of(type(got))
    data = kind is not None and type(kind) is not Kind
    if type(expected) is type(got) or data or not _computes(type(got)):
        return None
    return placed(other_type(expected, got), "output")
