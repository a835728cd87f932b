"""The seams of escaped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(lines):
    """lines -> escaped for HTML."""
    import html

    return [html.escape(line) for line in lines]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
