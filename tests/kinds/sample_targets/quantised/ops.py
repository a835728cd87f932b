"""The seams of quantised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

KINDS = {"f": "call"}


def f(t):
    """t (8, 8) -> quint8 with scale 0.05 and zero at 128."""
    return torch.quantize_per_tensor(torch.stack([row.clone() for row in t]), 0.05, 128, torch.quint8)


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
