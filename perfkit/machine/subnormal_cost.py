"""How much slower this machine computes with subnormal floats, operation by operation.

The penalty differs between processors and between operations on one of them, so it is measured and never assumed.
Normal and subnormal inputs alternate, in random order, and the median of the paired ratios is reported.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Penalty", "penalties"]

Array = NDArray[Any]

_SIZE = 16_384  # fits the first-level cache twice over, so that memory is not what is measured
_PAIRS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """One operation: time on subnormal data over time on normal data."""

    operation: str
    dtype: str
    ratio: float


def penalties(seed: int = 0) -> Iterator[Penalty]:
    """Measure every operation; about half a second in all."""
    rng = np.random.default_rng(seed)
    for name in ("float32", "float64"):
        dtype = np.dtype(name)
        smallest = float(np.finfo(dtype).tiny)
        edge = math.log(smallest)  # exp of a little less than this is subnormal
        spread = rng.uniform(0.1, 0.9, _SIZE)
        normal, subnormal = (1 + spread).astype(dtype), (spread * smallest).astype(dtype)
        above, below = (edge + 3 + spread).astype(dtype), (edge - 3 - spread).astype(dtype)
        half = dtype.type(0.5)
        operations: dict[str, tuple[Callable[[Array, Array], Array], Array, Array]] = {
            "add": (lambda x, out: np.add(x, x, out=out), normal, subnormal),
            "multiply": (partial(_multiply, half), normal, subnormal),
            "divide": (partial(_divide, 1 / half), normal, subnormal),
            "sqrt": (lambda x, out: np.sqrt(x, out=out), normal, subnormal),
            "exp": (lambda x, out: np.exp(x, out=out), above, below),
        }
        for operation, (call, fast, slow) in operations.items():
            yield Penalty(operation=operation, dtype=name, ratio=_paired(call, fast, slow, seed))


def _multiply(factor: Any, x: Array, out: Array) -> Array:
    np.multiply(x, factor, out=out)
    return out


def _divide(divisor: Any, x: Array, out: Array) -> Array:
    np.divide(x, divisor, out=out)
    return out


def _paired(call: Callable[[Array, Array], Array], fast: Array, slow: Array, seed: int) -> float:
    out = np.empty_like(fast)
    order = random.Random(seed)
    ratios = []
    with np.errstate(all="ignore"):
        for _ in range(_PAIRS):
            took = {}
            for which in order.sample(("fast", "slow"), 2):
                data = fast if which == "fast" else slow
                call(data, out)
                start = time.perf_counter_ns()
                for _ in range(20):
                    call(data, out)
                took[which] = time.perf_counter_ns() - start
            ratios.append(took["slow"] / took["fast"])
    return statistics.median(ratios)
