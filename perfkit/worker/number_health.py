"""The denormal guard: data that decayed, overflowed or went subnormal makes a timing mean something else.

Some processors take a slow path for subnormal floats (IEEE 754 numbers below the smallest normal one), some do
not; a loop that feeds its own output back can drift there without the program ever doing so. The scan runs outside
the clock, after a sample, never before one: it would leave the caches in another state.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfkit.tree.kind import Counts, Kind
from perfkit.tree.plain import plain_ends
from perfkit.tree.walk import Walk

__all__ = ["Health", "scan"]

_CHUNK = 2**15  # numbers at a time: what is made of them stays in the cache
_MANTISSA = {2: 10, 4: 23, 8: 52}  # bits of it, by bytes of the float


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How many floats of a tree are subnormal, infinite or NaN, and whether all of them are zero."""

    floats: int = 0
    subnormal: int = 0
    nonfinite: int = 0
    nonzero: int = 0

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong, in words of the sample's flags."""
        found = []
        if self.subnormal:
            found.append("subnormal")
        if self.nonfinite:
            found.append("nonfinite")
        if self.floats and not self.nonzero:
            found.append("decayed")
        return tuple(found)


def scan(tree: Any) -> Health:
    """Count the floats in `tree`, single numbers among them."""
    floats = subnormal = nonfinite = zero = 0
    for part in _floats(tree):
        if isinstance(part, Counts):  # of what lies on a device
            floats, subnormal = floats + part.floats, subnormal + part.subnormal
            nonfinite, zero = nonfinite + part.nonfinite, zero + part.zero
            continue
        floats += part.size
        for counted in _counted(part):
            subnormal, nonfinite, zero = subnormal + counted[0], nonfinite + counted[1], zero + counted[2]
    return Health(floats=floats, subnormal=subnormal, nonfinite=nonfinite, nonzero=floats - zero)


def _floats(tree: Any) -> Iterator[Any]:
    """Every array of floats in a tree, one in memory behind the other; Python's own numbers as arrays of them.

    Of what lies on a device its Counts alone.
    """
    single = array("d")
    walk = Walk(tree)
    for value, kind in walk:
        ends = plain_ends(value) if type(value) in (list, tuple, deque) else None
        if ends is not None:
            single.extend(_plain_floats(ends))
            walk.pass_over()
            continue
        for leaf in _looked_at(value, kind):
            if isinstance(leaf, Counts):
                yield leaf
            elif isinstance(leaf, np.ndarray | np.generic):
                yield from _flat(np.asarray(leaf))
            elif isinstance(leaf, float):
                single.append(leaf)
            elif isinstance(leaf, complex):
                single.extend((leaf.real, leaf.imag))
    if single:
        yield np.frombuffer(single, np.float64)


def _flat(array: Any) -> Iterator[Any]:
    """The floats of an array, if it is of floats; of complex numbers both parts."""
    if array.dtype.kind == "c":
        array = np.ascontiguousarray(array).view(array.real.dtype)
    if array.dtype.kind == "f":
        yield np.ascontiguousarray(array).reshape(-1)


def _looked_at(value: Any, kind: Kind | None) -> Iterable[Any]:
    """What a scan looks at in one value."""
    if kind is None or kind.atom:
        return (value,)
    counts = kind.counted(value)
    return kind.leaves(value) if counts is None else (counts,)


def _plain_floats(values: Iterable[Any]) -> Iterable[float]:
    """Those of some plain values; of a complex number both parts."""
    types_ = set(map(type, values))
    if types_ == {float}:
        return values
    found = [number for number in values if type(number) is float]
    if complex in types_:
        found += [part for number in values if type(number) is complex for part in (number.real, number.imag)]
    return found


def _counted(part: Any) -> Iterator[tuple[int, int, int]]:
    """How many are subnormal, infinite or NaN, and zero; from the bits, as no arithmetic flushes them to zero there."""
    width = _MANTISSA.get(part.dtype.itemsize)
    if width is None:
        yield _counted_by_size(part)
        return
    native = part if part.dtype.isnative else part.astype(part.dtype.newbyteorder("="))
    unsigned = np.dtype(f"u{part.dtype.itemsize}").type
    bits, one, digits = native.view(unsigned), unsigned(1), (1 << 8 * part.dtype.itemsize - 1) - 1
    normal, infinite = unsigned(1 << width), unsigned(digits >> width << width)
    for start in range(0, bits.size, _CHUNK):
        size = bits[start : start + _CHUNK] & unsigned(digits)
        subnormal = zero = nonfinite = 0
        if size.min() < normal:
            zero = size.size - int(np.count_nonzero(size))
            subnormal = int(np.count_nonzero(size - one < normal - one))
        if size.max() >= infinite:
            nonfinite = int(np.count_nonzero(size >= infinite))
        yield subnormal, nonfinite, zero


def _counted_by_size(part: Any) -> tuple[int, int, int]:
    """The same of numbers that no integer is as wide as."""
    size = np.abs(part)
    subnormal = np.count_nonzero((size > 0) & (size < np.finfo(part.dtype).tiny))
    nonfinite = part.size - np.count_nonzero(np.isfinite(part))
    return int(subnormal), int(nonfinite), part.size - int(np.count_nonzero(part))
