"""The seams of payload."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(packet):
    """packet -> bytes after the first four."""
    return bytes([packet[i] for i in range(4, len(packet))])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
