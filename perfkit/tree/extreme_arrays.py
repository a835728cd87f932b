"""Extremes of arrays, tensors and frames: other shapes, other numbers of the same type, other places in memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from perfkit.tree.numeric import Array
from perfkit.tree.registry import kind_of

__all__ = ["Variant", "of_array", "of_frame", "of_numbers", "of_tensor"]

Variant = tuple[str, Callable[[], Any]]  # an extreme in words, and what makes it anew


def of_array(array: Array) -> Iterator[Variant]:
    """Every extreme of a numpy array that has elements; one that is only read stays so."""
    if not array.size:
        return

    def kept(make: Callable[[], Array]) -> Array:
        made = np.asarray(make())  # what numpy makes of an array without axes is no array
        if not array.flags.writeable:
            made.flags.writeable = False
        return made

    for name, make in (*_shapes(array), *of_numbers(array)):
        yield name, partial(kept, make)
    yield from _memory(array)


def _shapes(array: Array) -> Iterator[Variant]:
    if array.ndim == 0:
        return
    shape = array.shape[1:]
    yield "[]" if array.ndim == 1 else f"no rows, shape {(0, *shape)}", array[:0].copy
    if len(array) > 1:
        yield "one element" if array.ndim == 1 else f"one row, shape {(1, *shape)}", array[:1].copy
    if array.ndim == 2 and shape[0] > 1:
        yield f"one column, shape {(len(array), 1)}", array[:, :1].copy


def of_numbers(array: Array) -> Iterator[Variant]:
    """Every extreme of the numbers in an array, which keeps its shape and dtype."""
    kind = array.dtype.kind
    if kind == "b":
        yield "all False", lambda: np.zeros_like(array)
        yield "all True", lambda: np.ones_like(array)
    elif kind in "iu":
        yield from _whole(array)
    elif kind == "f":
        yield from _floats(array)
    elif kind == "c":
        yield "all zeros", lambda: np.zeros_like(array)
        yield "a NaN", lambda: _with(array, {array.size // 2: complex(np.nan, 0.0)})
        yield "an inf", lambda: _with(array, {array.size // 2: complex(np.inf, 0.0)})
    elif kind in "mM":
        yield "a NaT", lambda: _with(array, {array.size // 2: "NaT"})
    elif kind in "US":
        yield "all empty strings", lambda: np.zeros_like(array)
    if kind in "biufmM" and array.ndim and len(array) > 1:
        yield "every value twice", lambda: np.repeat(array, 2, axis=0)[: len(array)].copy()
        yield "sorted values", lambda: np.sort(array, axis=0)
        yield "values sorted backwards", lambda: np.sort(array, axis=0)[::-1].copy()


def _whole(array: Array) -> Iterator[Variant]:
    """Integers may be positions: those of the range that was seen come first, and what lies beyond is said to."""
    low, high, ends = array.min(), array.max(), np.iinfo(array.dtype)
    if low <= 0 <= high:
        yield "all zeros", lambda: np.zeros_like(array)
    for end, which in {high: "largest", low: "smallest"}.items():
        if end:
            yield f"all {end}, the {which} seen", partial(np.full_like, array, end)
    if low < 0:
        yield "only negative values", lambda: -abs(array)
    if high < ends.max:
        yield f"all {ends.max}, beyond any seen", lambda: np.full_like(array, ends.max)
    if low > ends.min and ends.min:
        yield f"all {ends.min}, beyond any seen", lambda: np.full_like(array, ends.min)


def _floats(array: Array) -> Iterator[Variant]:
    middle, ends = array.size // 2, np.finfo(array.dtype)
    yield "all zeros", lambda: np.zeros_like(array)
    yield "all equal", lambda: np.full_like(array, _finite(array).flat[0])
    yield "a NaN", lambda: _with(array, {middle: np.nan})
    yield "all NaN", lambda: np.full_like(array, np.nan)
    yield "an inf", lambda: _with(array, {middle: np.inf})
    yield "a -inf", lambda: _with(array, {middle: -np.inf})
    if array.size > 1:
        yield "an inf and a -inf", lambda: _with(array, {0: np.inf, middle: -np.inf})
    yield f"values up to {float(ends.max / 4):.2g}", lambda: _scaled(array, ends.max / 4)
    yield "subnormal values", lambda: _scaled(array, ends.smallest_normal / 4)
    yield "only negative values", lambda: -abs(array)


def _memory(array: Array) -> Iterator[Variant]:
    """The same numbers, lying otherwise."""
    if array.ndim > 1:
        yield "Fortran order", lambda: np.asfortranarray(array.copy())
    if array.ndim:
        yield "gaps in memory", lambda: _spread(array)
        yield "memory from back to front", lambda: array[::-1].copy()[::-1]
    if array.flags.writeable:
        yield "read-only memory", lambda: _locked(array)


def _with(array: Array, changes: dict[int, Any]) -> Array:
    made = array.copy()
    for position, value in changes.items():
        made.flat[position] = value
    return made


def _finite(array: Array) -> Array:
    """The same, with 1 where it is not finite."""
    return np.where(np.isfinite(array), array, np.ones_like(array))


def _scaled(array: Array, largest: Any) -> Array:
    """The same proportions, with another largest magnitude."""
    finite = _finite(array)
    top = np.abs(finite).max()
    made: Array = (finite / top * largest if top else np.full_like(array, largest)).astype(array.dtype)
    return made


def _spread(array: Array) -> Array:
    """The same numbers in every second place of a larger block."""
    made: Array = np.zeros((*array.shape, 2), array.dtype)[..., 0]
    made[...] = array
    return made


def _locked(array: Array) -> Array:
    made = array.copy()
    made.flags.writeable = False
    return made


def of_tensor(tensor: Any) -> Iterator[Variant]:
    """Every extreme of a plain tensor of torch, on the device it is on; others have none here."""
    torch, kind = sys.modules["torch"], kind_of(type(tensor))
    if kind is None or not kind.numbers(tensor):
        return
    (array,) = kind.leaves(tensor)

    def made(make: Callable[[], Array]) -> Any:
        plain = torch.from_numpy(np.array(make(), order="C")).to(dtype=tensor.dtype, device=tensor.device)
        return plain.requires_grad_(tensor.requires_grad)

    for name, make in (*_shapes(array), *of_numbers(array)):
        yield name, partial(made, make)
    if tensor.ndim > 1:
        yield "transposed memory", lambda: _relaid(tensor, tensor.detach().mT.contiguous().mT)
    if tensor.ndim:
        yield "gaps in memory", lambda: _relaid(tensor, torch.stack([tensor.detach()] * 2, -1)[..., 0])


def _relaid(tensor: Any, plain: Any) -> Any:
    return plain.requires_grad_(tensor.requires_grad)


def of_frame(frame: Any) -> Iterator[Variant]:
    """Every extreme of a frame or series of pandas or polars: its rows, and a NaN where floats are."""
    if not len(frame):
        return
    pandas = type(frame).__module__.startswith("pandas")
    yield "no rows", lambda: frame.iloc[:0].copy() if pandas else frame.head(0)
    if len(frame) > 1:
        yield "one row", lambda: frame.iloc[:1].copy() if pandas else frame.head(1)
        yield "rows backwards", lambda: frame.iloc[::-1].copy() if pandas else frame.reverse()
        yield (
            "the first row throughout",
            lambda: frame.iloc[[0] * len(frame)].copy() if pandas else frame.head(1)[[0] * len(frame)],
        )
    if pandas:
        yield "missing values in one row", lambda: _with_missing(frame)


def _with_missing(frame: Any) -> Any:
    """A NaN in the middle of every column of floats."""
    made, middle = frame.copy(), len(frame) // 2
    if made.ndim == 1:
        if made.dtype.kind == "f":
            made.iloc[middle] = np.nan
        return made
    for column in range(made.shape[1]):
        if made.dtypes.iloc[column].kind == "f":
            made.iloc[middle, column] = np.nan
    return made
