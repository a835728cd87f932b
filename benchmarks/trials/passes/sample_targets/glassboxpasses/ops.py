"""The one seam: the passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"work": "construct"}


def work(once: Callable[[Any], Any], data: Any, passes: int, more: int = 0) -> Any:
    """What the last of `passes` and `more` equal passes over `data` gives."""
    output = None
    for _ in range(passes + more):
        output = None  # freed before the next is made: each pass finds memory as the one before it did
        output = once(data)
    return output


@dataclass(frozen=True)
class Ops:
    work: Callable[..., Any] = work
