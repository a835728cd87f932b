"""The seams of parsed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(texts):
    """texts -> [int, or the ValueError that says which text is none]."""
    out = []
    for text in texts:
        value = 0
        for letter in text:
            if letter not in "0123456789":
                value = ValueError(f"no number: {text}")
                break
            value = 10 * value + ord(letter) - 48
        out.append(value)
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
