"""The seams of silu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

KINDS = {"f": "call"}


def f(x):
    """x (16, 16) that asks for a gradient -> x sigmoid(x), which carries one."""
    return x * (1 / (1 + torch.exp(-x)))


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
