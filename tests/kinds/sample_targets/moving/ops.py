"""The seams of moving."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"push": "call"}


def push(window, x):
    """Adds x to the deque and keeps its last five; -> their sum."""
    window.append(x)
    while len(window) > 5:
        window.popleft()
    total = 0
    for value in window:
        total += value
    return total


@dataclass(frozen=True)
class Ops:
    push: Callable[..., Any] = push
