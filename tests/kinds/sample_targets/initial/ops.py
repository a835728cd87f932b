"""The seams of initial."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(name):
    """name -> its first letter as a capital; nothing for no name."""
    return "".join(c.upper() for i, c in enumerate(name) if i == 0)


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
