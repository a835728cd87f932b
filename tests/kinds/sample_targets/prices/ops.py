"""The seams of prices."""

import decimal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(cents):
    """cents -> [Decimal with two digits]."""
    return [decimal.Decimal(f"{c // 100}.{c % 100:02d}") for c in cents]


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
