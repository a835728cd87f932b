"""Elements of a value that can be read and written one at a time, in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Cells"]


@dataclass(frozen=True, slots=True)
class Cells:
    """`count` elements, by their number from 0."""

    count: int
    get: Callable[[int], Any]
    put: Callable[[int, Any], None]
