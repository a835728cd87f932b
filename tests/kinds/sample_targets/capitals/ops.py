"""The seams of capitals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(text):
    """text -> in capitals."""
    return "".join([c.upper() for c in text])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
