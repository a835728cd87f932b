"""Programs whose shares are known by construction: the same loop, so many times here and so many times there.

Each takes a number of loops and stands for one kind of program; `truth.py` says what is to be found.
"""

from __future__ import annotations

import asyncio
import functools
import os
import subprocess
import sys
import threading as library_threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from . import queue, threading

NUMBERS = tuple(range(20_000))
ARRAY = np.arange(1, 200_001, dtype=np.float64)


# threads, one after the other: the second has the first one's address
def thread_a(n: int) -> None:
    i = 75 * n
    while i:
        i -= 1


def thread_b(n: int) -> None:
    i = 25 * n
    while i:
        i -= 1


def threads(n: int) -> None:
    for work in (thread_a, thread_b):
        thread = library_threading.Thread(target=work, args=(n,))
        thread.start()
        thread.join()


def pooled_a(n: int) -> None:
    i = 7 * n
    while i:
        i -= 1


def pooled_b(n: int) -> None:
    i = 3 * n
    while i:
        i -= 1


def thread_pool(n: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            for future in [pool.submit(pooled_a, n), pool.submit(pooled_b, n)]:
                future.result()


def timed(n: int) -> None:
    i = 60 * n
    while i:
        i -= 1


def untimed(n: int) -> None:
    i = 40 * n
    while i:
        i -= 1


def timers(n: int) -> None:
    timer = library_threading.Timer(0, timed, args=(n,))
    timer.start()
    timer.join()
    untimed(n)


LOCK = library_threading.Lock()


def locked_a(n: int) -> None:
    with LOCK:
        i = 70 * n
        while i:
            i -= 1


def locked_b(n: int) -> None:
    with LOCK:
        i = 30 * n
        while i:
            i -= 1


def locks(n: int) -> None:
    both = [library_threading.Thread(target=work, args=(n,)) for work in (locked_a, locked_b)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()


# processes
def forked_a(n: int) -> None:
    i = 75 * n
    while i:
        i -= 1


def forked_b(n: int) -> None:
    i = 25 * n
    while i:
        i -= 1


@functools.cache
def workers() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("fork"))


def process_pool(n: int) -> None:
    for work in (forked_a, forked_b):
        workers().submit(work, n).result()


CODE = "def child(n):\n    i = n\n    while i: i -= 1\nchild({})"


def parent(n: int) -> None:
    i = 200 * n
    while i:
        i -= 1


def children(n: int) -> None:
    subprocess.run([sys.executable, "-S", "-c", CODE.format(800 * n)], check=True)
    parent(n)


# waiting
def spin(n: int) -> None:
    i = 100 * n
    while i:
        i -= 1


def nap(seconds: float) -> None:
    time.sleep(seconds)


def sleeps(n: int) -> None:
    spin(n)
    nap(0.02)


# generators and coroutines
def produce(n: int) -> Iterator[int]:
    for k in range(10):
        i = 8 * n
        while i:
            i -= 1
        yield k


def consume(n: int) -> None:
    for _ in produce(n):
        i = 2 * n
        while i:
            i -= 1


async def heavy(n: int) -> None:
    for _ in range(10):
        i = 7 * n
        while i:
            i -= 1
        await asyncio.sleep(0)


async def light(n: int) -> None:
    for _ in range(10):
        i = 3 * n
        while i:
            i -= 1
        await asyncio.sleep(0)


async def gathered(n: int) -> None:
    await asyncio.gather(heavy(n), light(n))


def tasks(n: int) -> None:
    asyncio.run(gathered(n))


async def async_produce(n: int) -> AsyncIterator[int]:
    for k in range(10):
        i = 7 * n
        while i:
            i -= 1
        yield k


async def async_consume(n: int) -> None:
    async for _ in async_produce(n):
        i = 3 * n
        while i:
            i -= 1


def async_generators(n: int) -> None:
    asyncio.run(async_consume(n))


# recursion
def recursive(depth: int, n: int) -> None:
    i = 7 * n
    while i:
        i -= 1
    if depth:
        recursive(depth - 1, n)


def straight(n: int) -> None:
    i = 30 * n
    while i:
        i -= 1


def recursion(n: int) -> None:
    recursive(9, n)
    straight(n)


def deep(depth: int, n: int) -> None:
    if depth:
        return deep(depth - 1, n)
    i = 60 * n
    while i:
        i -= 1
    return None


def shallow(n: int) -> None:
    i = 40 * n
    while i:
        i -= 1


def deep_recursion(n: int) -> None:
    deep(300, n)
    shallow(n)


# code made from text, and functions in functions
MADE: dict[str, Any] = {}
_TEXT = "def made(n):\n    i = 70 * n\n    while i: i -= 1\n"
exec(compile(_TEXT, "<made>", "exec"), MADE)


def plain(n: int) -> None:
    i = 30 * n
    while i:
        i -= 1


def execd(n: int) -> None:
    MADE["made"](n)
    plain(n)


def long_one() -> Callable[[int], None]:
    def inner(n: int) -> None:
        i = 70 * n
        while i:
            i -= 1

    return inner


def short_one() -> Callable[[int], None]:
    def inner(n: int) -> None:
        i = 30 * n
        while i:
            i -= 1

    return inner


def nested(n: int) -> None:
    long_one()(n)
    short_one()(n)


F1, F2 = (lambda n: sum(range(70 * n))), (lambda n: sum(range(30 * n)))


def lambdas(n: int) -> None:
    F1(n)
    F2(n)


# wrappers and classes
def wrapping(f: Callable[[int], None]) -> Callable[[int], None]:
    @functools.wraps(f)
    def wrapper(n: int) -> None:
        f(n)

    return wrapper


@wrapping
def wrapped_a(n: int) -> None:
    i = 60 * n
    while i:
        i -= 1


@wrapping
def wrapped_b(n: int) -> None:
    i = 40 * n
    while i:
        i -= 1


def decorators(n: int) -> None:
    wrapped_a(n)
    wrapped_b(n)


class Shape:
    def __init__(self, n: int) -> None:
        self.n = n

    @property
    def area(self) -> int:
        i = 65 * self.n
        while i:
            i -= 1
        return i

    def __getattr__(self, name: str) -> int:
        i = 35 * self.n
        while i:
            i -= 1
        return i


def properties(n: int) -> None:
    shape = Shape(n)
    _ = shape.area
    _ = shape.colour


class First:
    def run(self, n: int) -> None:
        i = 60 * n
        while i:
            i -= 1


class Second:
    def run(self, n: int) -> None:
        i = 40 * n
        while i:
            i -= 1


def twins(n: int) -> None:
    First().run(n)
    Second().run(n)


@dataclass
class Record:
    n: int

    def __post_init__(self) -> None:
        i = 60 * self.n
        while i:
            i -= 1

    def use(self) -> None:
        i = 40 * self.n
        while i:
            i -= 1


def dataclasses_(n: int) -> None:
    Record(n).use()


class Door:
    def __init__(self, n: int) -> None:
        self.n = n

    def __enter__(self) -> None:
        i = 30 * self.n
        while i:
            i -= 1

    def __exit__(self, *_: object) -> None:
        i = 20 * self.n
        while i:
            i -= 1


def inside(n: int) -> None:
    i = 50 * n
    while i:
        i -= 1


def context_managers(n: int) -> None:
    with Door(n):
        inside(n)


@contextmanager
def opened(n: int) -> Iterator[None]:
    i = 40 * n
    while i:
        i -= 1
    yield


def used(n: int) -> None:
    i = 60 * n
    while i:
        i -= 1


def context_generators(n: int) -> None:
    with opened(n):
        used(n)


def fails(n: int) -> None:
    i = 60 * n
    while i:
        i -= 1
    raise ValueError(n)


def handles(n: int) -> None:
    i = 40 * n
    while i:
        i -= 1


def exceptions(n: int) -> None:
    try:
        fails(n)
    except ValueError:
        handles(n)


# C
def c_long(n: int) -> None:
    for _ in range(n // 100):
        sum(NUMBERS), sum(NUMBERS), sum(NUMBERS), sum(NUMBERS), sum(NUMBERS), sum(NUMBERS)


def c_short(n: int) -> None:
    for _ in range(n // 100):
        sum(NUMBERS), sum(NUMBERS), sum(NUMBERS), sum(NUMBERS)


def c_calls(n: int) -> None:
    c_long(n)
    c_short(n)


def ufunc_a(n: int) -> None:
    for _ in range(3 * n // 100):
        np.sqrt(ARRAY)


def ufunc_b(n: int) -> None:
    for _ in range(n // 100):
        np.sqrt(ARRAY)


def ufuncs(n: int) -> None:
    ufunc_a(n)
    ufunc_b(n)


def key_of(n: int) -> int:
    i = 7 * n
    while i:
        i -= 1
    return n


def mapped(n: int) -> int:
    i = 3 * n
    while i:
        i -= 1
    return n


def callbacks(n: int) -> None:
    sorted([n] * 10, key=key_of)
    list(map(mapped, [n] * 10))


def comprehension_a(n: int) -> None:
    [x * x for x in range(70 * n)]


def comprehension_b(n: int) -> None:
    [x * x for x in range(30 * n)]


def comprehensions(n: int) -> None:
    comprehension_a(n)
    comprehension_b(n)


def tiny(x: int) -> int:
    return x + 1


def many_a(n: int) -> None:
    for x in range(30 * n):
        tiny(x)


def many_b(n: int) -> None:
    for x in range(10 * n):
        tiny(x)


def small_calls(n: int) -> None:
    many_a(n)
    many_b(n)


def write_a(n: int) -> None:
    with open(os.devnull, "w", encoding="utf-8") as file:
        for _ in range(30 * n):
            file.write("some text and a number\n")


def write_b(n: int) -> None:
    with open(os.devnull, "w", encoding="utf-8") as file:
        for _ in range(10 * n):
            file.write("some text and a number\n")


def files(n: int) -> None:
    write_a(n)
    write_b(n)


# names of the standard library
def library_names(n: int) -> None:
    queue.get(50 * n)
    threading.wait(30 * n)
    threading.join(20 * n)


# slices about as long as the time between two samples
def slice_a(n: int) -> None:
    i = 6 * n
    while i:
        i -= 1


def slice_b(n: int) -> None:
    i = 4 * n
    while i:
        i -= 1


def slices(n: int) -> None:
    for _ in range(20):
        slice_a(n)
        slice_b(n)
