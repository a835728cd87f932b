"""Numbers of tensors on a device: looked at, compared and spoilt there, and fetched only to name a difference.

What is decided here is what `numeric` decides of the same numbers in the host's memory; where it is not sure it leaves
the decision to that.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence
from perfkit.tree.kind import Counts
from perfkit.tree.numeric import bounded, off_by_one

__all__ = ["alike", "can_spoil", "counts", "is_there", "same_bits", "wrong"]

torch: Any = importlib.import_module("torch")  # noqa: TID251 - the program has it already
_DEVICES = frozenset(("cuda",))  # and nothing else: others lack dtypes that are computed in here
_MANTISSA = {torch.float16: 10, torch.bfloat16: 7, torch.float32: 23, torch.float64: 52}  # bits of it
_BITS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}  # by bytes: what holds as many
_WHOLE = frozenset((torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64))
_REAL = {torch.complex64: torch.float32, torch.complex128: torch.float64}


def is_there(tensor: Any) -> bool:
    """Whether it lies in the memory of a device, from which fetching takes longer than looking there."""
    return tensor.device.type in _DEVICES


def alike(expected: Any, got: Any, rule: Equivalence) -> bool:
    """Whether two tensors of one shape are surely equal under the rule. False: it has to be looked at closely."""
    expected, got = expected.detach(), got.detach()
    if expected.dtype != got.dtype:
        return False
    real = _REAL.get(expected.dtype, expected.dtype)
    if not (bounded(rule) and real in _MANTISSA):
        return same_bits(expected, got)
    if rule.ulp and real not in (torch.float32, torch.float64):  # whose steps are taken in a wider dtype there
        return False
    return bool(_within(expected, got, rule).all()) and not _vacuous(expected, rule)


def same_bits(expected: Any, got: Any) -> bool:
    """Whether two tensors of one shape and dtype are the same, bit for bit."""
    if not expected.numel():
        return True
    one, other = _flat_bits(expected.detach()), _flat_bits(got.detach())
    return bool(torch.equal(one, other))


def _flat_bits(plain: Any) -> Any:
    plain = plain.resolve_conj().resolve_neg().contiguous().reshape(-1)
    plain = torch.view_as_real(plain).reshape(-1) if plain.is_complex() else plain
    return plain.view(_BITS[plain.element_size()])


def _within(expected: Any, got: Any, rule: Equivalence) -> Any:
    """See `numeric.within`."""
    wide = torch.complex128 if expected.is_complex() else torch.float64
    e, g = expected.to(wide), got.to(wide)
    off, size = (g - e).abs(), e.abs()
    good = off <= rule.atol + rule.rtol * size
    if rule.ulp:
        plain = expected.abs()
        end = torch.finfo(plain.dtype).max
        least = torch.minimum(plain, torch.nextafter(torch.full_like(plain, end), torch.zeros_like(plain)))
        step = torch.nextafter(least, torch.full_like(least, float("inf"))) - least
        good |= off <= rule.ulp * step.to(torch.float64)
    good &= torch.isfinite(e)
    good |= e == g
    return good | (torch.isnan(e) & torch.isnan(g))


def _vacuous(expected: Any, rule: Equivalence) -> bool:
    """See `numeric._vacuous`."""
    if not bool(((expected != 0) & torch.isfinite(expected)).any()):
        return False
    wide = expected.float() if expected.dtype == torch.bfloat16 else expected  # as numpy holds it
    return any(bool(_within(wide, (wide * factor).to(wide.dtype), rule).all()) for factor in (0.0, 0.9))


def counts(tensor: Any) -> Counts | None:
    """What a scan counts. None: of this dtype it is not known here."""
    plain = tensor.detach()
    real = _REAL.get(plain.dtype, plain.dtype)
    if not (plain.is_floating_point() or plain.is_complex()):
        return Counts(0, 0, 0, 0)
    if real not in _MANTISSA:
        return None
    bits = _flat_bits(plain)
    digits = 8 * bits.element_size() - 1
    size = bits & ((1 << digits) - 1)
    normal = 1 << _MANTISSA[real]
    infinite = (1 << digits) - normal
    found = torch.stack([((size > 0) & (size < normal)).sum(), (size >= infinite).sum(), (size == 0).sum()])
    subnormal, nonfinite, zero = found.tolist()  # the one thing that is fetched
    return Counts(size.numel(), subnormal, nonfinite, zero)


def can_spoil(tensor: Any) -> bool:
    """Whether wrong values of it can be made where it is."""
    return _REAL.get(tensor.dtype, tensor.dtype) in _MANTISSA or tensor.dtype in _WHOLE


def wrong(plain: Any, earlier: Any, rule: Equivalence, rng: Any) -> Iterator[tuple[str, Any]]:
    """See `numeric.wrong_arrays`: the same three, made where the numbers are."""
    yield "one element off", _one_off(plain, rule, rng)
    axis = next((number for number, size in enumerate(plain.shape) if size > 1), None)
    if axis is None:
        return
    swapped, stale = plain.clone(), plain.clone()
    swapped.select(axis, 0).copy_(plain.select(axis, -1))
    swapped.select(axis, -1).copy_(plain.select(axis, 0))
    yield "two rows swapped", swapped
    usable = isinstance(earlier, torch.Tensor) and earlier.shape == plain.shape and earlier.dtype == plain.dtype
    usable = usable and earlier.device == plain.device and not same_bits(earlier, plain)
    stale.select(axis, -1).copy_(earlier.detach().select(axis, -1) if usable else plain.select(axis, -2))
    yield "last row stale", stale


def _one_off(plain: Any, rule: Equivalence, rng: Any) -> Any:
    """A copy with one element off, of those that are neither zero nor infinite where there is one."""
    spoilt = plain.clone()
    floats = plain.is_floating_point() or plain.is_complex()
    candidates = torch.nonzero((torch.isfinite(plain) & (plain != 0)) if floats else torch.ones_like(plain, dtype=bool))
    at = tuple(candidates[int(rng.integers(len(candidates)))].tolist()) if len(candidates) else (0,) * plain.ndim
    element = plain[at].reshape(1).cpu()
    ulp = torch.finfo(plain.dtype).eps if floats else 0.0
    known = element.to(torch.float32) if plain.dtype == torch.bfloat16 else element
    off = off_by_one(np.asarray(known.numpy()), rule, rng, ulp)
    spoilt[at] = torch.from_numpy(off).to(plain.dtype).to(plain.device)[0]
    return spoilt
