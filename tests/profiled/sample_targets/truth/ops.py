"""Functions that take as long as they are told, so that what a profiler says can be held against it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

TREE: dict[str, tuple[str, ...]] = {}
KINDS = {
    "long": "call",
    "short": "call",
    "in_c": "call",
    "chatty": "call",
    "plain": "call",
    "pooled": "call",
    "child": "call",
    "brittle": "call",
}
REUSED = ()
SUMMARIES: dict[str, str] = {}
NUMBERS = tuple(range(2_000))


def long(seconds: float) -> None:
    """Loop for that long, by the processor: what others take of a busy machine lengthens all such functions alike."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def short(seconds: float) -> None:
    """The same under another name."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def also_long(seconds: float) -> None:
    """And under a third."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def in_c(seconds: float) -> None:
    """That long, nearly all of it inside of one C function after the other."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(NUMBERS)


def add(total: int, number: int) -> int:
    return total + number


def chatty(times: int) -> int:
    """A call for every addition."""
    total = 0
    for number in range(times):
        total = add(total, number)
    return total


def plain(times: int) -> int:
    """The additions without the calls, as many as take about as long."""
    total = 0
    for number in range(times):
        total += number
    return total


def pooled(pool: ThreadPoolExecutor, seconds: float) -> None:
    """Two threads at work, each with a function of its own, and this one waiting."""
    for future in [pool.submit(long, seconds), pool.submit(also_long, seconds)]:
        future.result()


def child(seconds: float) -> None:
    """A process of its own at work."""
    code = f"import time\nend = time.perf_counter() + {seconds}\nwhile time.perf_counter() < end: pass"
    subprocess.run([sys.executable, "-S", "-c", code], check=True)


def brittle() -> None:
    """Crash when a profiler has a hook in this process."""
    if sys.getprofile() is not None:
        os.abort()
    long(0.004)


@dataclass(frozen=True)
class Ops:
    long: Callable[..., None] = long
    short: Callable[..., None] = short
    in_c: Callable[..., None] = in_c
    chatty: Callable[..., int] = chatty
    plain: Callable[..., int] = plain
    pooled: Callable[..., None] = pooled
    child: Callable[..., None] = child
    brittle: Callable[..., None] = brittle


BASELINE = Ops()
