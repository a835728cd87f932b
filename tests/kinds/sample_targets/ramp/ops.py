"""The seams of ramp."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

KINDS = {"f": "call"}
REUSED = ("f",)


def f(n):
    """n -> float32 (n,) from 0 to 1, a new tensor."""
    return torch.tensor([k / (n - 1) for k in range(n)])


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
