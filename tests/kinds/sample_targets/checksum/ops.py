"""The seams of checksum."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(buffer):
    """buffer -> Fletcher's checksum, 16 bits."""
    a = b = 0
    for byte in buffer:
        a = (a + byte) % 255
        b = (b + a) % 255
    return b << 8 | a


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
