"""Arrays of numbers under a rule: equal or not, the first place where not, and wrong ones that must be refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from perfkit import numbers
from perfkit.equivalence import Equivalence
from perfkit.tree.difference import Difference, differs, text

__all__ = ["Array", "array_difference", "bounded", "off_by_one", "same_bits", "within", "wrong_arrays"]

Array = NDArray[Any]
_MUTANT_STEP = 10  # how many tolerances a mutant is off by


def bounded(rule: Equivalence) -> bool:
    """Whether floats may differ at all."""
    return rule.kind != "exact" and bool(rule.rtol or rule.atol or rule.ulp)


def array_difference(expected: Array, got: Array, rule: Equivalence) -> Difference | None:
    """The difference between two arrays of any dtype but object and structured ones."""
    if expected.shape != got.shape:
        return differs(expected.shape, got.shape, "a different shape", "{}.shape")
    real_numbers = expected.dtype.kind in "fiu" and got.dtype.kind in "fiu"
    if expected.dtype != got.dtype and not (rule.dtype_change and real_numbers):
        return differs(expected.dtype, got.dtype, "an undeclared dtype", "{}.dtype")
    floats = expected.dtype.kind in "fc"
    if not (floats and bounded(rule)):
        good = same_bits(expected, got) if expected.dtype == got.dtype else np.asarray(expected == got)
    else:
        good = within(expected, got, rule)
        vacuous = _vacuous(expected, rule)
        if vacuous:
            worst = float(np.nanmax(np.abs(expected)))
            needed, why = f"a tolerance far below {worst:.3g}", f"{vacuous} would pass"
            return Difference(where="{}", index=None, expected=needed, got=str(rule), why=why)
    if bool(np.all(good)):
        return None
    index = tuple(int(i) for i in np.argwhere(~good)[0])
    wrong = int(good.size - np.count_nonzero(good))
    of_all = f"{numbers.count(wrong)} of {numbers.count(good.size)}"
    why = f"{of_all} values differ, first" if good.size > 1 else "a different value"
    found = Difference(where="{}", index=index, expected=text(expected[index]), got=text(got[index]), why=why)
    return _with_sizes(found, expected, got) if floats else found


def _vacuous(expected: Array, rule: Equivalence) -> str:
    """What of no worth the rule would let pass, or nothing."""
    if np.any((expected != 0) & np.isfinite(expected)):
        for factor, what in ((0.0, "zeros"), (0.9, "values a tenth too small")):
            with np.errstate(all="ignore"):
                shrunk = (expected * factor).astype(expected.dtype)
            if bool(np.all(within(expected, shrunk, rule))):
                return what
    return ""


def same_bits(expected: Array, got: Array) -> Array:
    """Element by element, for arrays of one dtype: NaNs with their payload, the sign of zero, NaT for NaT."""
    kind, width = expected.dtype.kind, expected.dtype.itemsize
    if kind in "mM":
        return np.asarray(expected.view(np.int64) == got.view(np.int64))
    if kind == "V":
        raw = (np.ascontiguousarray(a).reshape(-1).view(np.uint8).reshape(*a.shape, width) for a in (expected, got))
        return np.asarray(np.all(next(raw) == next(raw), axis=-1))
    if kind not in "fc":
        return np.asarray(expected == got)
    unsigned = {2: np.uint16, 4: np.uint32, 8: np.uint64}
    real = width // 2 if kind == "c" else width
    if real not in unsigned:  # long double carries padding bytes that mean nothing
        halves = [(expected.real, got.real), (expected.imag, got.imag)] if kind == "c" else [(expected, got)]
        return np.asarray(np.logical_and.reduce([_same_numbers(*pair) for pair in halves]))

    def bits(x: Array) -> Array:
        parts = np.stack([x.real, x.imag], axis=-1) if kind == "c" else x[..., None]
        return np.ascontiguousarray(parts).view(unsigned[real])

    return np.asarray(np.all(bits(expected) == bits(got), axis=-1))


def _same_numbers(expected: Array, got: Array) -> Array:
    same = (expected == got) & (np.signbit(expected) == np.signbit(got))
    return np.asarray(same | (np.isnan(expected) & np.isnan(got)))


def within(expected: Array, got: Array, rule: Equivalence) -> Array:
    """Element by element: whether a float lies within the rule's tolerance."""
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    e, g = expected.astype(wide), got.astype(wide)
    with np.errstate(all="ignore"):
        good = np.abs(g - e) <= rule.atol + rule.rtol * np.abs(e)
        if rule.ulp:
            largest = np.finfo(expected.dtype).max  # whose own step leads to infinity
            size = np.minimum(np.abs(expected), np.nextafter(largest, np.zeros_like(largest)))
            good |= np.abs(g - e) <= rule.ulp * np.spacing(size).astype(np.float64)
    good &= np.isfinite(e)  # a tolerance relative to an infinity would admit anything
    good |= e == g  # equal infinities: their difference is a NaN
    return np.asarray(good | (np.isnan(e) & np.isnan(g)))


def _with_sizes(found: Difference, expected: Array, got: Array) -> Difference:
    """The largest absolute and relative difference of the finite values, and a tolerance that would cover both."""
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    e, g = expected.astype(wide), got.astype(wide)
    both = np.isfinite(e) & np.isfinite(g)
    with np.errstate(all="ignore"):
        off, size = np.abs(g - e)[both], np.abs(e)[both]
    off, size = off[np.isfinite(off)], size[np.isfinite(off)]
    if not off.size:
        return found
    nonzero = size > 0
    max_rel = float(np.max(off[nonzero] / size[nonzero])) if nonzero.any() else None
    at_zero = float(np.max(off[~nonzero])) if (~nonzero).any() else 0.0
    bounds = [f"rtol={_rounded_up(max_rel)}"] if max_rel else []
    bounds += [f"atol={_rounded_up(at_zero)}"] if at_zero else []
    finite = max_rel is None or math.isfinite(max_rel)
    return msgspec.structs.replace(
        found,
        max_abs=float(np.max(off)),
        max_rel=max_rel if finite else None,
        would_pass=", ".join(bounds) or None if finite else None,
    )


def _rounded_up(bound: float) -> str:
    """A bound with one digit, never below the value."""
    said = f"{bound * 1.000001:.0e}"
    if float(said) < bound * 1.000001:
        digit, _, exponent = said.partition("e")
        said = f"{int(digit) + 1}e{exponent}"
    return f"{float(said):g}"


def wrong_arrays(
    array: Array, earlier: Any, rule: Equivalence, rng: Any, ulp: float = 0.0
) -> Iterator[tuple[str, Array]]:
    """One element off by ten tolerances, two rows swapped, the last row stale.

    Stale: as in `earlier`, an output for another input, or else as the row before. `ulp`: the step between numbers near
    1 where it is coarser than the dtype's own.
    """
    yield "one element off", off_by_one(array, rule, rng, ulp)
    axis = next((i for i, n in enumerate(array.shape) if n > 1), None)
    if axis is None:
        return
    first, last = (slice(None),) * axis + (0,), (slice(None),) * axis + (-1,)
    swapped, stale = array.copy(), array.copy()
    swapped[first], swapped[last] = array[last], array[first]
    yield "two rows swapped", swapped
    usable = isinstance(earlier, np.ndarray) and earlier.shape == array.shape and not np.array_equal(earlier, array)
    stale[last] = earlier[last] if usable else array[(slice(None),) * axis + (-2,)]
    yield "last row stale", stale


def off_by_one(array: Array, rule: Equivalence, rng: Any, ulp: float = 0.0) -> Array:
    """A copy with one element off, by ten tolerances where there is one."""
    wrong, kind = array.copy(), array.dtype.kind
    candidates = np.argwhere(np.isfinite(array) & (array != 0)) if kind in "fc" else np.argwhere(array == array)
    at = tuple(candidates[rng.integers(len(candidates))]) if len(candidates) else (0,) * array.ndim
    if kind == "b":
        wrong[at] = not wrong[at]
    elif kind in "iu":
        wrong[at] = int(array[at]) + (1 if array[at] < np.iinfo(array.dtype).max else -1)
    elif kind in "mM":
        if np.datetime_data(array.dtype)[0] != "generic":  # of which there is only NaT
            wrong.view(np.int64)[at] ^= 1
    elif kind in "SU":
        wrong[at] = array[at][:-1] or "x"
    elif kind == "V":
        wrong[at] = np.void(bytes(b ^ 1 for b in bytes(array[at])))
    else:
        size = float(abs(array[at]))
        one_ulp = float(np.nextafter(array.real.dtype.type(size), array.real.dtype.type(0))) - size
        step = _MUTANT_STEP * max(rule.atol + rule.rtol * size, max(rule.ulp, 1) * max(-one_ulp, ulp * size) * 2)
        room = float(np.finfo(array.dtype).max) - size
        wrong[at] = array[at] + step if step < room else array[at] / 2  # never up to infinity
    return wrong
