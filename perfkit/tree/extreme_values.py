"""Extremes of Python's own values: numbers, text, and what containers hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from perfkit.tree.extreme_arrays import Variant, of_numbers
from perfkit.tree.walk import copy

__all__ = ["of_dict", "of_list", "of_number", "of_set", "of_text", "vector"]

_LONG = 10_000  # characters or bytes
_BEYOND_ASCII = "äß İ e\u0301 \U0001f600"  # signs of one to four bytes, one that grows in lower case, one made of two
_BEYOND_64_BITS = 2**64


def vector(value: Any) -> bool:
    """Whether a list holds nothing but numbers of one type, or nothing but text: data, and no structure."""
    types = {type(item) for item in value}
    return len(types) == 1 and bool(types & {int, float, str, bytes})


def of_list(value: Any) -> Iterator[Variant]:
    """Every extreme of a list or deque: its length and order, and what it holds where that is numbers or text."""
    items = list(value)
    if not items:
        return
    yield "[]", lambda: _refilled(value, [])
    if len(items) > 1:
        yield "one element", lambda: _refilled(value, items[:1])
        yield "all equal", lambda: _refilled(value, items[:1] * len(items))
        yield "backwards", lambda: _refilled(value, items[::-1])
    if not vector(value):
        if any(item is None for item in items):
            yield "[None]", lambda: _refilled(value, [None])
    elif isinstance(items[0], str | bytes):
        yield from _of_texts(value, items)
    else:
        yield from _of_its_numbers(value, items)


def _of_texts(value: Any, items: list[Any]) -> Iterator[Variant]:
    yield "sorted values", lambda: _refilled(value, sorted(items))
    for name, make in of_text(items[0]):
        yield f"{name} first", lambda m=make: _refilled(value, [m(), *items[1:]])  # type: ignore[misc]


def _of_its_numbers(value: Any, items: list[Any]) -> Iterator[Variant]:
    array = np.array(items)
    if array.dtype.kind in "if":  # whole numbers that fit no dtype have no extremes of one
        for name, make in of_numbers(array):
            if name != "all equal":
                yield name, lambda m=make: _refilled(value, m().tolist())  # type: ignore[misc]
    if isinstance(items[0], int) and len(items) > 1:  # a lone one is likelier a size
        yield "whole numbers beyond 64 bits", lambda: _refilled(value, [_BEYOND_64_BITS + abs(i) for i in items])


def _refilled(value: Any, items: Sequence[Any]) -> Any:
    """A container of the same type with other items: copies, so that no two of them are one."""
    made: Any = deque(maxlen=value.maxlen) if isinstance(value, deque) else []
    made.extend(copy(item) for item in items)
    return made


def of_dict(value: Any) -> Iterator[Variant]:
    """A dict, or one of its kin, with no key, and with its first alone."""
    if value:
        yield "no keys", lambda: _cut(value, 0)
    if len(value) > 1:
        yield "one key", lambda: _cut(value, 1)


def _cut(value: Any, length: int) -> Any:
    made = copy(value)
    for key in list(made)[length:]:
        del made[key]
    return made


def of_set(value: Any) -> Iterator[Variant]:
    """No element, and one alone: of a set or frozenset itself."""
    if value:
        yield "no elements", type(value)
    if len(value) > 1:
        yield "one element", lambda: type(value)([min(value, key=repr)])


def of_number(value: Any) -> Iterator[Variant]:
    """Every extreme of a lone number of Python's or numpy's. A whole one may be a size: it grows no larger."""
    made: Callable[[Any], Any] = type(value)
    if isinstance(value, bool | np.bool_):
        yield str(not value), partial(made, not value)
    elif isinstance(value, int | np.integer):
        for other in dict.fromkeys((0, 1, -1) if value < 0 else (0, 1)):
            if other != value:
                yield str(other), partial(made, other)
    elif isinstance(value, float | np.floating):
        ends = np.finfo(np.asarray(value).dtype)
        for real in (0.0, np.nan, np.inf, -np.inf, ends.max / 4, ends.smallest_subnormal):
            yield f"{float(real):.3g}", partial(made, real)
        yield "its opposite", lambda: -value
    elif isinstance(value, complex | np.complexfloating):
        for number in (0j, complex(np.nan, 0.0), complex(np.inf, 0.0)):
            yield str(number), partial(made, number)


def of_text(value: Any) -> Iterator[Variant]:
    """Every extreme of a str, bytes or bytearray: nothing, one sign, very long, and what few think of."""
    made: Callable[[Any], Any] = type(value)
    sign = value[:1] or made("x" if isinstance(value, str) else b"x")
    times = max(_LONG, 4 * len(value)) // max(1, len(value)) + 1
    if value:
        yield ("an empty string" if isinstance(value, str) else "no bytes"), partial(made, sign[:0])
    if len(value) != 1:
        yield ("one character" if isinstance(value, str) else "one byte"), partial(made, sign)
    if isinstance(value, str):
        yield "a non-ASCII string", lambda: value[:8] + _BEYOND_ASCII
        yield "spaces alone", lambda: " " * max(1, min(len(value), _LONG))
        yield "a very long string", lambda: (value or "x") * times
    else:
        length = max(1, min(len(value), _LONG))
        yield "bytes of 0 alone", lambda: made(bytes(length))
        yield "bytes of 255 alone", lambda: made(b"\xff" * length)
        yield "very many bytes", lambda: made((value or sign) * times)
