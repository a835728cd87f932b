"""Take all that something lazy gives: by iterating, by awaiting, or by the method that waits."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from perfkit import numbers
from perfkit.tree.lazy import is_lazy, waits_by
from perfkit.tree.registry import UnknownType, kind_of
from perfkit.tree.walk import copy

__all__ = [
    "Endless",
    "check_end",
    "collected",
    "consumed_by",
    "in_turn",
    "iterator_of",
    "listed",
    "own_copy",
    "returning",
    "to_await",
    "waited",
]

_CHUNK = 65_536
_MOST_ITEMS, _MOST_BYTES = 2**22, 2**32  # of one iterator: more is taken for endless


class Endless(Exception):
    """An iterator that gives more than any caller takes."""


_ways: dict[Any, str] = {}  # by type


def consumed_by(cls: Any) -> str:
    """How a value of this type is consumed: "iterate", "iterate later", "await" or a method; "" where none need be."""
    way = _ways.get(cls)
    if way is None:
        way = _ways[cls] = _way(cls)
    return way


def _way(cls: type) -> str:
    if kind_of(cls) is not None or not is_lazy(cls):
        return ""
    if hasattr(cls, "__await__"):
        return "await"
    return waits_by(cls) or ("iterate" if hasattr(cls, "__next__") else "iterate later")


def own_copy(item: Any) -> Any:
    """A copy that nobody else can change, where its type is known; else the item."""
    if type(item) is np.ndarray and item.dtype.kind != "O":
        return item.copy()  # a hundredth of what the walk takes
    try:
        return copy(item)
    except UnknownType:  # which a target's `observe` may know what to do with
        return item


def returning(generator: Any, returned: list[Any]) -> Iterator[Any]:
    """The same items, and at the end what the generator returns."""
    returned.append((yield from generator))


def iterator_of(value: Any) -> Any:
    """What `for` would walk over, also of what can only say `next`."""
    return value if hasattr(type(value), "__iter__") else iter(functools.partial(next, value), object())


def listed(iterator: Any) -> list[Any]:
    """All items. Raises Endless where they do not end."""
    items = list(islice(iterator, _CHUNK))
    while len(items) and len(items) % _CHUNK == 0:
        check_end(items)
        before = len(items)
        items.extend(islice(iterator, _CHUNK))
        if len(items) == before:
            break
    return items


def check_end(items: list[Any]) -> None:
    """Raise Endless when there are more items, or bytes, than any workload's call gives."""
    size = getattr(items[-1], "nbytes", None) or sys.getsizeof(items[-1])
    if len(items) >= _MOST_ITEMS or size * len(items) > _MOST_BYTES:
        raise _endless(len(items))


def _endless(count: int) -> Endless:
    so_far = numbers.count(count)
    return Endless(f"gives items without end ({so_far} so far): have it take those that count, by itertools.islice")


def in_turn(source: Any, run: Callable[[Any], Any]) -> Iterator[Any]:
    """The items of an asynchronous iterator."""
    end = object()
    while (item := run(_next(source, end))) is not end:
        yield item


async def collected(source: Any) -> list[Any]:
    """All items of an asynchronous iterator. Raises Endless."""
    items = []
    async for item in source:
        items.append(item)
        if len(items) % _CHUNK == 0:
            check_end(items)
    return items


async def _next(source: Any, end: Any) -> Any:
    return await anext(source, end)


async def to_await(value: Any) -> Any:
    """A coroutine of whatever can be awaited."""
    return await value


def waited(value: Any, method: str) -> Any:
    """What the method gives that waits for the value."""
    return getattr(value, method)()
