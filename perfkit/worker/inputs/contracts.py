"""What an array keeps to that one drawn at random would not: order, sums, symmetry, few values, whole numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SURE", "contracts"]

Array = NDArray[Any]
_LOOKED_AT = 1 << 20  # elements; a larger array is judged by its first ones
_SOME, _FEW = 4096, 16  # elements that are looked at first; values that are few
SURE = math.log(1e4)  # a contract that random numbers keep once in ten thousand times is none of chance


def contracts(array: Array) -> dict[str, float]:
    """The contracts that one array keeps: for each, ln(1/p) of the chance p that random numbers would, too.

    Add them up over calls that all keep to it: from SURE on it is no accident.
    """
    if array.dtype.kind in "iub":
        return {"whole numbers": math.inf}  # indices, offsets, labels: nobody can tell by looking
    if array.dtype.kind not in "fc" or array.size < 2:
        return {}
    part = _part(array)
    if not np.isfinite(part).all():
        return {"numbers that are not finite": math.inf}
    if (part == part.flat[0]).all():
        return {}  # drawn as the same constant
    found = dict.fromkeys(_of_any(part), math.inf)
    if part.dtype.kind == "f":
        found |= dict.fromkeys(_of_reals(part), math.inf)
        surprise = max(_order(part, axis) for axis in {0, part.ndim - 1})
        found |= {"order": surprise} if surprise else {}
    return found


def _part(array: Array) -> Array:
    if array.size <= _LOOKED_AT or array.ndim == 0:
        return array
    return array[: max(1, _LOOKED_AT // (array.size // len(array)))]


def _of_any(array: Array) -> list[str]:
    found = []
    if array.shape[-1] > 1 and _ones(np.sqrt(np.sum(np.abs(array) ** 2, axis=-1, dtype=np.float64)), array):
        found.append("rows of norm 1")
    if array.ndim > 1 and array.shape[-1] == array.shape[-2] > 1:
        if np.array_equal(array, np.swapaxes(array, -1, -2).conj()):
            found.append("symmetry")
        if array.shape[-1] > 2 and not (np.any(np.tril(array, -1)) and np.any(np.triu(array, 1))):
            found.append("a triangle of zeros")
    return found


def _of_reals(array: Array) -> list[str]:
    found = []
    if np.array_equal(array, np.rint(array)):
        found.append("whole numbers")
    some = array.flat[:: max(1, array.size // _SOME)]
    few = min(_FEW, some.size // 4)
    if few and np.unique(some).size <= few and np.unique(array).size <= few:
        found.append("few values")
    elif few and np.count_nonzero(array == 0) >= array.size // 4:
        found.append("many zeros")
    axes = [axis for axis in {0, array.ndim - 1} if array.shape[axis] > 1]
    if (array >= 0).all() and any(_ones(array.sum(axis=axis, dtype=np.float64), array) for axis in axes):
        found.append("sums of 1")
    return found


def _ones(values: Array, of: Array) -> bool:
    rough = min(1e-3, float(np.finfo(of.dtype).eps) * 4 * max(4, of.shape[-1]))  # what rounding adds up to
    return bool(np.allclose(values, 1, rtol=0, atol=rough))


def _order(array: Array, axis: int) -> float:
    """ln(1/p) of the chance that all lines along an axis are sorted one way; 0 where they are not."""
    steps = np.diff(array, axis=axis)
    if not steps.size or not ((steps >= 0).all() or (steps <= 0).all()):
        return 0.0
    lines = array.size // array.shape[axis]
    return int(lines) * math.lgamma(array.shape[axis] + 1) - math.log(2)
