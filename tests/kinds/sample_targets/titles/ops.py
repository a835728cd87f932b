"""The seams of titles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(text):
    """text -> each word with a capital."""
    out = []
    for word in text.split(" "):
        out.append(word[0].upper() + word[1:])
    return " ".join(out)


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
