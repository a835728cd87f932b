"""How fast this machine can multiply and read at all: what no rewrite of a program goes beyond.

One large float32 product, and one matrix too large for the caches times a vector, by BLAS on as many threads as this
process has: the roofline of Williams, Waterman and Patterson, 2009, measured with the tools that a program has.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

__all__ = ["Rates", "operations_rate", "rates", "reading_rate"]

_WIDTH = 1024  # of the product: 4 MiB an operand, which BLAS cuts to fit the caches
_READ_BYTES, _LEAST_BYTES = 256 * 2**20, 256 * 2**10
_TRIES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Floating-point operations a second (a multiply-add is two), and bytes read a second."""

    operations: float
    read: float


def rates() -> Rates:
    """Measure both; about half a second."""
    return Rates(operations=operations_rate(), read=reading_rate(_READ_BYTES))


@cache
def operations_rate() -> float:
    """Floating-point operations a second; measured once a process."""
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((_WIDTH, _WIDTH), dtype=np.float32) for _ in range(2))
    out = np.empty_like(a)
    return 2 * _WIDTH**3 / _least_s(lambda: np.matmul(a, b, out=out))


def reading_rate(size_bytes: int) -> float:
    """Bytes read a second, of data of that size, which the caches may hold; measured once a process and power of two.

    From 256 KiB on: of less the call itself would be what is measured. Up to 256 MiB, which no cache holds.
    """
    return _reading_rate(1 << (min(max(size_bytes, _LEAST_BYTES), _READ_BYTES) - 1).bit_length())


@cache
def _reading_rate(size_bytes: int) -> float:
    wide = np.ones((size_bytes // 4 // _WIDTH, _WIDTH), np.float32)
    vector, sums = np.ones(_WIDTH, np.float32), np.empty(len(wide), np.float32)
    return wide.nbytes / _least_s(lambda: np.matmul(wide, vector, out=sums))


def _least_s(call: Callable[[], object]) -> float:
    """The shortest of a few calls: the machine's limit, and not what others leave of it."""
    call()
    taken = []
    for _ in range(_TRIES):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)
