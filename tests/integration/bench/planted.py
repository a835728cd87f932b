"""Functions that walk into the traps of microbenchmarks; each notes in SEEN what its calls find.

A copy of it is `mine` to the tests of this folder. A file `stop` beside it ends what goes on.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SEEN: list[Any] = []
BUFFER = np.ones(512, np.float32)
POOL = ThreadPoolExecutor(1)
OPEN: list[Future[int]] = []
LAST: Callable[[], Any] = lambda: None  # noqa: E731
WORK = 3_000  # turns of a loop: a tenth of a millisecond
STOP = Path(__file__).with_name("stop")


def make(rng: Any, size: int = 64, dtype: str = "float32") -> tuple[Array]:
    return (rng.random(size).astype(dtype),)


def spin(turns: int = WORK) -> int:
    total = 0
    for number in range(turns):
        total += number
    return total


def double(x: Array) -> Array:
    SEEN.append(x.dtype)
    return x * 2


def make_anew(rng: Any) -> tuple[Array]:
    """As `make`; and what `decays` and `overflows` have left is gone."""
    BUFFER[:] = 1
    return make(rng)


def decays(x: Array) -> Array:
    """Subnormal from the fifth call of a sample on, and 0 from the sixth."""
    np.multiply(BUFFER, np.float32(1e-9), out=BUFFER)
    return BUFFER.copy()


def overflows(x: Array) -> Array:
    """Infinite from the fifth call of a sample on."""
    with np.errstate(all="ignore"):
        np.multiply(BUFFER, np.float32(1e9), out=BUFFER)
    return BUFFER.copy()


def hidden(x: Array) -> Array:
    """Computes with subnormals that no output shows, and takes a processor's detour for them."""
    small = x * np.float32(1e-44) * np.float32(1)
    detour = bool(np.any(small))
    SEEN.append(detour)
    if detour:
        spin()
    return x + 1


def sound(x: Array) -> Array:
    """As `hidden`, of numbers that are not subnormal."""
    SEEN.append(bool(np.any(x * np.float32(1e-14))))
    spin()
    return x + 1


@functools.lru_cache
def remembered(n: int) -> int:
    SEEN.append(n)
    return spin() + n * n


def compiles(x: Array) -> float:
    """A first call that prepares what later ones use."""
    if not SEEN:
        spin(20 * WORK)
    SEEN.append(1)
    return float(x[0])


def lazy(x: Array) -> Iterator[float]:
    for value in x:
        SEEN.append(1)
        yield float(value)


def submits(x: Array) -> Future[int]:
    """Its work goes on in another thread when it has returned; notes whether that of the last call is done."""
    SEEN.append(all(future.done() for future in OPEN))
    OPEN[:] = [POOL.submit(spin, 300)]
    return OPEN[0]


def until_stopped() -> None:
    while not STOP.exists():
        hashlib.sha256(bytes(2**20))  # without the interpreter's lock


def goes_on(x: Array) -> float:
    """Starts work that nobody can wait for."""
    if not SEEN:
        threading.Thread(target=until_stopped, daemon=True).start()
    SEEN.append(1)
    return float(x[0])


class Held:
    """A result."""


def unused(x: Array) -> Held:
    """Notes whether what the last call gave is still held."""
    global LAST
    SEEN.append(LAST() is not None)
    held = Held()
    LAST = weakref.ref(held)
    return held


def sorts(x: Array) -> Array:
    SEEN.append(bool(np.all(x[1:] >= x[:-1])))
    x.sort()
    return x


def reuses(x: Array) -> Array:
    BUFFER[: x.size] = x
    return BUFFER[: x.size]


def cycles(x: Array) -> float:
    """Leaves garbage that only a collection frees; notes whether one may come, and how much lies about."""
    for _ in range(40):
        knot: list[Any] = []
        knot.append(knot)
    SEEN.append((gc.isenabled(), gc.get_count()[0]))
    return float(x[0])


def addresses(x: Array) -> float:
    SEEN.append(x.ctypes.data)
    return float(x[0])


def moves(x: Array) -> float:
    sys.setrecursionlimit(sys.getrecursionlimit() + 1)
    return float(x[0])


def pins(x: Array) -> float:
    """Moves the process to one processor, as compilers that measure do."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return float(x[0])


def breaks(x: Array) -> None:
    raise ValueError("broken")


def narrow(x: Array) -> float:
    if x.size > 8:
        raise ValueError("too wide")
    return float(x[0])


def random(x: Array) -> float:
    return float(np.random.default_rng().random())
