"""How much slower this machine computes with subnormal floats, operation by operation.

The penalty differs between processors, between operations on one of them, and between operands and results, so it is
measured and never assumed. Normal and subnormal data alternate, in random order; what is told is the median of the
paired ratios, and between which of them it lies at 95 % by the sign test, which assumes nothing of their distribution.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DTYPES", "OPERATIONS", "Penalty", "penalties"]

Array = NDArray[Any]
Call = Callable[[Array, Array], Any]

DTYPES = ("float32", "float64")
OPERATIONS = ("add", "multiply", "divide", "sqrt", "exp", "tanh", "matmul")
_SIZE = 16_384  # fits the first-level cache twice over, so that memory is not what is measured
_WIDTH = 64  # of a product
_PAIRS = 15
_LEAST_NS = 200_000  # of calls that are timed together
_EXPONENT = 60  # of two: what takes a subnormal number back among the normal ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """One operation: time on subnormal data over time on normal data, with its interval.

    `of`: "inputs", where operands are subnormal and results, as far as can be, are not; or "results", where it is the
    other way round.
    """

    operation: str
    dtype: str
    of: str
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """The same operation on data without subnormals and with them."""

    operation: str
    of: str
    call: Call
    normal: Array
    subnormal: Array


def penalties(seed: int = 0) -> Iterator[Penalty]:
    """Measure every operation; a second or two in all."""
    for dtype in DTYPES:
        for pair in _pairs(np.dtype(dtype), np.random.default_rng(seed)):
            point, low, high = _median(_ratios(pair, seed))
            yield Penalty(operation=pair.operation, dtype=dtype, of=pair.of, ratio=point, low=low, high=high)


def _pairs(dtype: np.dtype[Any], rng: np.random.Generator) -> Iterator[_Pair]:
    tiny = float(np.finfo(dtype).tiny)
    spread = rng.uniform(0.1, 0.9, _SIZE)
    one, below = (1 + spread).astype(dtype), (spread * tiny).astype(dtype)  # below: subnormal
    near = ((1 + spread) * tiny).astype(dtype)  # the smallest normal numbers
    far = ((1 + spread) * tiny * 2**8).astype(dtype)
    up, down = dtype.type(2.0**_EXPONENT), dtype.type(0.25)
    edge = math.log(tiny)  # exp of a little less than this is subnormal
    yield _Pair("add", "inputs", lambda x, out: np.add(x, one, out=out), one, below)
    yield _Pair("add", "results", lambda x, out: np.subtract(x, near[::-1], out=out), far, near)
    yield _Pair("multiply", "inputs", lambda x, out: np.multiply(x, up, out=out), one, below)
    yield _Pair("multiply", "results", lambda x, out: np.multiply(x, down, out=out), far, near)
    yield _Pair("divide", "inputs", lambda x, out: np.divide(x, 1 / up, out=out), one, below)
    yield _Pair("divide", "results", lambda x, out: np.divide(x, 1 / down, out=out), far, near)
    yield _Pair("sqrt", "inputs", lambda x, out: np.sqrt(x, out=out), one, below)  # no result is subnormal
    yield _Pair("exp", "inputs", lambda x, out: np.exp(x, out=out), -one / 2**10, below)
    above, under = (edge + 3 + spread).astype(dtype), (edge - 3 - spread).astype(dtype)
    yield _Pair("exp", "results", lambda x, out: np.exp(x, out=out), above, under)
    yield _Pair("tanh", "inputs", lambda x, out: np.tanh(x, out=out), near, below)  # so are the results
    yield from _products(one, below, near, far, up)


def _products(one: Array, below: Array, near: Array, far: Array, up: Any) -> Iterator[_Pair]:
    """Products of matrices, whose sums are as large as what is multiplied."""
    square = _WIDTH, _WIDTH
    ones = one[: _WIDTH**2].reshape(square)
    large, small = ones * up, ones * one.dtype.type(1 / (8 * _WIDTH))

    def by(other: Array) -> Call:
        return lambda x, out: np.matmul(x[: _WIDTH**2].reshape(square), other, out=out[: _WIDTH**2].reshape(square))

    yield _Pair("matmul", "inputs", by(large), one, below)
    yield _Pair("matmul", "results", by(small), far, near)


def _ratios(pair: _Pair, seed: int) -> list[float]:
    """Of time with subnormals by time without, pair by pair."""
    out = np.empty_like(pair.normal)
    order = random.Random(seed)
    ratios = []
    with np.errstate(all="ignore"):
        calls = max(1, math.ceil(_LEAST_NS / max(1, _elapsed_ns(pair.call, pair.normal, out, 1))))
        for _ in range(_PAIRS):
            took = {}
            for which in order.sample(("normal", "subnormal"), 2):
                data = pair.normal if which == "normal" else pair.subnormal
                took[which] = _elapsed_ns(pair.call, data, out, calls)
            ratios.append(took["subnormal"] / took["normal"])
    return ratios


def _elapsed_ns(call: Call, data: Array, out: Array, calls: int) -> int:
    """Nanoseconds of some calls, after one that is not timed."""
    call(data, out)
    start = time.perf_counter_ns()
    for _ in range(calls):
        call(data, out)
    return max(1, time.perf_counter_ns() - start)


def _median(values: Sequence[float]) -> tuple[float, float, float]:
    """The median, and its interval at 95 % or more by the sign test."""
    ordered, n = sorted(values), len(values)
    beyond, tail = 0, 0.5**n  # so many may be skipped at each end
    while tail + math.comb(n, beyond + 1) * 0.5**n <= 0.025:
        beyond += 1
        tail += math.comb(n, beyond) * 0.5**n
    return statistics.median(ordered), ordered[beyond], ordered[-1 - beyond]
