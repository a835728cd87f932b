"""The seams of rotated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(text):
    """text -> its letters a-z moved by thirteen, all else as it is."""
    return "".join([chr((ord(c) - 84) % 26 + 97) if "a" <= c <= "z" else c for c in text])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
