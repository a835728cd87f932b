"""Pairs of functions whose fate is known: of each, the first is the baseline."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import functools
import hashlib
import json
import math
import os
import random
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import perfkit

TABLE = [3, 1, 2]


def words(rng: np.random.Generator) -> tuple[list[str]]:
    return ([str(n) for n in rng.integers(0, 30, 60)],)


def numbers(rng: np.random.Generator) -> tuple[list[float]]:
    return (rng.random(50).tolist(),)


def arrays(rng: np.random.Generator) -> Iterator[Any]:
    for size in (1, 7, 50):
        yield (rng.random(size),)


def named(rng: np.random.Generator) -> Any:
    return perfkit.args(rng.random(9).tolist(), digits=int(rng.integers(1, 5)))


# order kept, and lost
def unique_slow(values: list[str]) -> list[str]:
    out: list[str] = []
    for value in values:
        if value not in out:
            out.append(value)
    return out


def unique_fast(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def unique_unordered(values: list[str]) -> list[str]:
    return sorted(set(values))


def unique_one_short(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))[:-1]


def unique_as_tuple(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def unique_in_place(values: list[str]) -> list[str]:
    found = list(dict.fromkeys(values))
    values[:] = found
    return found


def unique_handed_on(values: list[str]) -> list[str]:
    return values if len(set(values)) == len(values) else list(dict.fromkeys(values))


_seen: dict[int, list[str]] = {}


def unique_by_id(values: list[str]) -> list[str]:
    if id(values) not in _seen:
        _seen[id(values)] = list(dict.fromkeys(values))
    return list(_seen[id(values)])


@functools.cache
def _unique_of(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def unique_by_content(values: list[str]) -> list[str]:
    return list(_unique_of(tuple(values)))


# sums
def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def mean_exact(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def mean_of_array(values: list[float]) -> Any:
    return np.float64(sum(values) / len(values))


def alike(expected: Any, got: Any) -> bool:
    return bool(abs(expected - got) < 1e-9)


def digest(values: list[float]) -> Any:
    return hashlib.md5(repr(values).encode())


def same_digest(expected: Any, got: Any) -> bool:
    return bool(expected.digest() == got.digest())


def locked(lock: Any) -> bool:
    return bool(lock.locked())


def locks(rng: np.random.Generator) -> tuple[Any]:
    return (threading.Lock(),)


# arguments by name, and only by name
def rounded(values: list[float], digits: int = 2) -> list[float]:
    return [round(value, digits) for value in values]


def rounded_by_name(values: list[float], *, digits: int) -> list[float]:
    return [round(value, digits) for value in values]


def rounded_otherwise(digits: int, values: list[float]) -> list[float]:
    return [round(value, digits) for value in values]


# classes with state
class Total:
    def __init__(self, start: float) -> None:
        self.sum = start
        self.calls = 0

    def add(self, values: list[float]) -> float:
        self.calls += 1
        for value in values:
            self.sum += value
        return self.sum

    def add_at_once(self, values: list[float]) -> float:
        self.calls += 1
        self.sum = functools.reduce(float.__add__, values, self.sum)
        return self.sum

    def add_uncounted(self, values: list[float]) -> float:
        self.sum = functools.reduce(float.__add__, values, self.sum)
        return self.sum


def totals(rng: np.random.Generator) -> tuple[Total, list[float]]:
    return Total(1.0), rng.random(20).tolist()


@dataclasses.dataclass
class Box:
    values: list[float]


def boxes(rng: np.random.Generator) -> tuple[Box]:
    return (Box(rng.random(5).tolist()),)


def doubled(box: Box) -> Box:
    return Box([2 * value for value in box.values])


def doubled_in_place(box: Box) -> Box:
    for number, value in enumerate(box.values):
        box.values[number] = 2 * value
    return box


# generators and coroutines
def squares(values: list[float]) -> Iterator[float]:
    for value in values:
        yield value * value


def squares_at_once(values: list[float]) -> Iterator[float]:
    return iter([value * value for value in values])


def squares_but_last(values: list[float]) -> Iterator[float]:
    for value in values[:-1]:
        yield value * value


async def gathered(values: list[float]) -> list[float]:
    async def one(value: float) -> float:
        await asyncio.sleep(0)
        return value + 1

    return list(await asyncio.gather(*(one(value) for value in values)))


async def in_turn(values: list[float]) -> list[float]:
    return [value + 1 for value in values]


async def in_turn_wrong(values: list[float]) -> list[float]:
    return [value + 1 for value in values[1:]]


async def streamed(values: list[float]) -> AsyncIterator[float]:
    for value in values:
        yield value


async def streamed_backwards(values: list[float]) -> AsyncIterator[float]:
    for value in reversed(values):
        yield value


# threads, recursion, C extensions
def on_threads(values: list[float]) -> list[float]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(math.sqrt, values))


def on_one_thread(values: list[float]) -> list[float]:
    return [math.sqrt(value) for value in values]


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def fib_loop(n: int) -> int:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def dump(value: Any) -> str:
    return json.dumps(value)


def dump_sorted(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def scaled(x: Any) -> Any:
    return x * 2.0


def scaled_float32(x: Any) -> Any:
    return x.astype(np.float32) * np.float32(2.0)


def scaled_in_place(x: Any) -> Any:
    x *= 2.0
    return x


# what is raised
def parsed(text: str) -> int:
    return int(text)


def parsed_by_hand(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise ValueError(f"invalid literal for int() with base 10: {text!r}")
    return int(text)


def parsed_with_other_words(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise ValueError("not a number")
    return int(text)


def parsed_or_none(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d+", text) else None


# what is printed
def told(n: int) -> None:
    for i in range(n):
        print("line", i)


def told_at_once(n: int) -> None:
    print("\n".join(f"line {i}" for i in range(n)))


def told_less(n: int) -> None:
    print("\n".join(f"line {i}" for i in range(1, n)))


# what is never twice the same, and what is where it is seeded
def drawn(n: int) -> list[float]:
    return [random.SystemRandom().random() for _ in range(n)]


def stamped(n: int) -> float:
    return time.time()


def shuffled(n: int) -> list[int]:
    values = [*range(n)]
    random.shuffle(values)
    return values


def shuffled_too(n: int) -> list[int]:
    values = list(range(n))
    random.shuffle(values)
    return values


def shuffled_in_secret(n: int) -> list[int]:
    random.random()
    return [*range(n)]


def counted(n: int) -> list[int]:
    return [*range(n)]


def floored(values: list[float]) -> list[int]:
    return [math.floor(10 * value) for value in values]


def floored_by_another(values: list[float]) -> list[int]:
    math.floor = lambda x: 7
    return [math.floor(10 * value) for value in values]


class Counter:
    calls = 0


def numbered(n: int) -> int:
    Counter.calls += 1
    return n + Counter.calls


def numbered_by_default(n: int, seen: list[int] = []) -> int:  # noqa: B006
    seen.append(n)
    return len(seen)


def endless(n: int) -> Iterator[int]:
    while True:
        yield n


# what changes the process
def closes(n: int) -> list[int]:
    sys.stdout.close()
    return [*range(n)]


def moves(n: int) -> list[int]:
    os.chdir("/")
    return [*range(n)]


def forks(n: int) -> list[int]:
    os.fork()
    return [*range(n)]


def forks_on_a_thread(n: int) -> list[int]:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(forks, n).result()


def forks_and_raises(n: int) -> list[int]:
    if os.fork() == 0:
        raise ValueError("in the child")
    return [*range(n)]


def forks_and_ends(n: int) -> list[int]:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return [*range(n)]


def forks_and_exits(n: int) -> list[int]:
    child = os.fork()
    if child == 0:
        sys.exit(0)
    os.waitpid(child, 0)
    return [*range(n)]


def told_past_it(n: int) -> int:
    print("done")
    os.write(1, f"{n}\n".encode())
    return n


LOG = "perfkit-tests-written.txt"


def writes(n: int) -> list[int]:
    with open(LOG, "w", encoding="utf-8") as file:
        file.write(f"{n}\n")
    return [*range(n)]


def writes_more(n: int) -> list[int]:
    with open(LOG, "w", encoding="utf-8") as file:
        file.write(f"{n} of them\n")
    return [*range(n)]


def appends(n: int) -> list[int]:
    with open(LOG, "a", encoding="utf-8") as file:
        file.write(f"{n}\n")
    return [*range(n)]


def asks(n: int) -> list[int]:
    input("how many? ")
    return [*range(n)]


def quits(n: int) -> list[int]:
    sys.exit(3)


def tallied(text: str) -> dict[str, int]:
    return dict(collections.Counter(text))


def tallied_backwards(text: str) -> dict[str, int]:
    return dict(collections.Counter(reversed(text)))


# what makes inputs, wrongly


@perfkit.recurring
def again_meant(rng: np.random.Generator) -> tuple[list[int]]:
    return (TABLE,)


def yields_nothing(rng: np.random.Generator) -> Iterator[Any]:
    yield from ()
