"""Equivalence checks: is what a candidate returned right?

Arrays and plain values in, the first difference out. Nothing here runs a recipe or reads a clock. Trees are
compared by walking both: dicts, lists, tuples and dataclasses by structure, arrays and scalars by the rule of the
recipe's `Equivalence`, everything else by type and `==`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perfkit.equivalence import Equivalence, exact

__all__ = ["Difference", "first_difference", "leaves", "mutants", "scribble", "snapshot", "values"]

Array = NDArray[Any]
_NUMBERS = (np.generic, float, complex)
_MUTANT_STEP = 10  # how many tolerances a mutant is off by


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place where two outputs differ: path in the tree, index in the array, the two values, and why."""

    where: str
    index: tuple[int, ...] | None
    expected: str
    got: str
    why: str

    def __str__(self) -> str:
        place = self.where + (str(list(self.index)) if self.index else "")
        return f"{self.why} at {place}: expected {self.expected}, got {self.got}"


def first_difference(expected: Any, got: Any, rule: Equivalence, where: str = "output") -> Difference | None:
    """The first difference between two output trees under `rule`, or None when they are equal."""
    if where in rule.free:
        return None
    if _is_tensor(expected) and _is_tensor(got):
        if expected.dtype != got.dtype and not rule.dtype_change:
            return _plain(expected.dtype, got.dtype, f"{where}.dtype", "an undeclared dtype")
        expected, got = _to_numpy(expected), _to_numpy(got)
    if isinstance(expected, np.ndarray) and type(expected) is type(got):
        return _array_difference(expected, got, rule, where)
    if isinstance(expected, _NUMBERS) and isinstance(got, _NUMBERS):
        if type(expected) is not type(got) and not rule.dtype_change:
            return _kind(expected, got, where)
        return _array_difference(np.asarray(expected), np.asarray(got), rule, where)
    if type(expected) is not type(got):
        return _kind(expected, got, where)
    if isinstance(expected, dict):
        return _dict_difference(expected, got, rule, where)
    if isinstance(expected, list | tuple):
        if len(expected) != len(got):
            return _plain(len(expected), len(got), f"len({where})", "another length")
        return _first(
            first_difference(e, g, rule, f"{where}[{i}]") for i, (e, g) in enumerate(zip(expected, got, strict=True))
        )
    if is_dataclass(expected) and not isinstance(expected, type):
        return _first(
            first_difference(getattr(expected, f.name), getattr(got, f.name), rule, f"{where}.{f.name}")
            for f in fields(expected)
        )
    return None if bool(expected == got) else _plain(expected, got, where, "another value")


def _dict_difference(expected: Any, got: Any, rule: Equivalence, where: str) -> Difference | None:
    if list(expected) != list(got):
        return _plain(list(expected), list(got), f"{where}.keys()", "other keys")
    return _first(
        first_difference(expected[k], got[k], rule, f"{where}[{k!r}]") for k in expected if k not in rule.free
    )


def _array_difference(expected: Array, got: Array, rule: Equivalence, where: str) -> Difference | None:
    if expected.shape != got.shape:
        return _plain(expected.shape, got.shape, f"{where}.shape", "another shape")
    real_numbers = expected.dtype.kind in "fiu" and got.dtype.kind in "fiu"
    if expected.dtype != got.dtype and not (rule.dtype_change and real_numbers):
        return _plain(expected.dtype, got.dtype, f"{where}.dtype", "an undeclared dtype")
    if expected.dtype == object or got.dtype == object:
        return _plain(expected.dtype, got.dtype, f"{where}.dtype", "object arrays cannot be compared")
    if rule.kind == "exact" or not (rule.rtol or rule.atol or rule.ulp):
        good = _same_bits(expected, got)
    elif expected.dtype.kind not in "fc":
        good = expected == got
    else:
        good = _within(expected, got, rule)
        if expected.size and np.any(expected):
            for factor, what in ((0.0, "zeros"), (0.9, "values a tenth too small")):
                with np.errstate(all="ignore"):
                    shrunk = (expected * factor).astype(expected.dtype)
                if bool(np.all(_within(expected, shrunk, rule))):
                    worst = float(np.nanmax(np.abs(expected)))
                    return _plain(f"a tolerance far below {worst:.3g}", str(rule), where, f"{what} would pass")
    if bool(np.all(good)):
        return None
    index = tuple(int(i) for i in np.argwhere(~good)[0])
    wrong = int(good.size - np.count_nonzero(good))
    why = f"{wrong} of {good.size} values differ, first" if good.size > 1 else "another value"
    return Difference(where=where, index=index, expected=_text(expected[index]), got=_text(got[index]), why=why)


def _same_bits(expected: Array, got: Array) -> Array:
    if expected.dtype.kind not in "fc":
        return np.asarray(expected == got)
    unsigned = {2: np.uint16, 4: np.uint32, 8: np.uint64}
    real = expected.dtype if expected.dtype.kind == "f" else np.empty(0, expected.dtype).real.dtype
    if real.itemsize not in unsigned:  # long double carries padding bytes that mean nothing
        return np.asarray((expected == got) | (np.isnan(expected) & np.isnan(got)))

    def bits(x: Array) -> Array:
        parts = np.stack([x.real, x.imag], axis=-1) if x.dtype.kind == "c" else x[..., None]
        return np.ascontiguousarray(parts).view(unsigned[real.itemsize])

    return np.asarray(np.all(bits(expected) == bits(got), axis=-1))


def _within(expected: Array, got: Array, rule: Equivalence) -> Array:
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    e, g = expected.astype(wide), got.astype(wide)
    with np.errstate(all="ignore"):
        good = np.abs(g - e) <= rule.atol + rule.rtol * np.abs(e)
        if rule.ulp:
            good |= np.abs(g - e) <= rule.ulp * np.spacing(np.abs(expected)).astype(np.float64)
    good &= np.isfinite(e)  # a tolerance relative to an infinity would admit anything
    good |= e == g  # equal infinities: their difference is a NaN
    return np.asarray(good | (np.isnan(e) & np.isnan(g)))


def _is_tensor(value: Any) -> bool:
    return any(kind.__module__ == "torch" and kind.__name__ == "Tensor" for kind in type(value).__mro__)


def _to_numpy(tensor: Any) -> Array:
    plain = tensor.detach().cpu()
    # numpy has no bfloat16; float32 holds each of its values
    return np.asarray((plain.float() if str(plain.dtype) == "torch.bfloat16" else plain).numpy())


def _first(found: Iterator[Difference | None]) -> Difference | None:
    return next((d for d in found if d is not None), None)


def _text(value: Any) -> str:
    text = f"{value!s}" if isinstance(value, np.generic) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _plain(expected: Any, got: Any, where: str, why: str) -> Difference:
    return Difference(where=where, index=None, expected=_text(expected), got=_text(got), why=why)


def _kind(expected: Any, got: Any, where: str) -> Difference:
    return _plain(type(expected), type(got), f"type({where})", "another type")


def snapshot(tree: Any) -> Any:
    """A deep copy of an output tree that later writes to the original cannot reach."""
    if isinstance(tree, np.ndarray):
        return tree.copy()
    if _is_tensor(tree):
        return tree.detach().clone()
    if isinstance(tree, dict):
        copied = copy.copy(tree)  # keeps the kind of mapping
        copied.update((k, snapshot(v)) for k, v in tree.items())
        return copied
    if type(tree) in (list, tuple):
        return type(tree)(snapshot(v) for v in tree)
    return copy.deepcopy(tree)


def values(tree: Any) -> Iterator[Any]:
    """Everything at the ends of a tree, in the order of comparison; tensors as arrays."""
    if _is_tensor(tree):
        yield _to_numpy(tree)
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from values(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from values(value)
    elif is_dataclass(tree) and not isinstance(tree, type):
        for field in fields(tree):
            yield from values(getattr(tree, field.name))
    else:
        yield tree


def leaves(tree: Any) -> Iterator[Array]:
    """Every array in a tree, in the order of comparison."""
    return (value for value in values(tree) if isinstance(value, np.ndarray))


def scribble(tree: Any) -> None:
    """Overwrite every writable array of a result, as the caller who owns it may. Read-only ones are left."""
    for array in leaves(tree):
        if array.flags.writeable and array.size:
            array[...] = np.zeros((), array.dtype) if array.dtype.kind in "OSUV" else 77


def mutants(tree: Any, earlier: Any, rule: Equivalence, seed: int = 0) -> Iterator[tuple[str, Any]]:
    """Wrong copies of a right output, by name. A proof that accepts one of them proves nothing.

    One element off by 10 tolerances, two rows swapped, the last row stale (taken from `earlier`, an output for
    another input, or else from the row before). A mutant that would equal the original is left out.
    """
    rng = np.random.default_rng(seed)
    free = _free_leaves(tree, rule)
    for number, array in enumerate(leaves(tree)):
        if number in free or not array.size or array.dtype.kind not in "fciub":
            continue
        before = next((a for i, a in enumerate(leaves(earlier)) if i == number), None)
        for name, wrong in _wrong_arrays(array, before, rule, rng):
            if first_difference(array, wrong, exact()) is not None:
                yield f"{name} (array {number})", _with_leaf(tree, number, wrong)


def _free_leaves(tree: Any, rule: Equivalence) -> set[int]:
    """The numbers of the arrays that a rule does not compare."""
    if "output" in rule.free:
        return set(range(sum(1 for _ in leaves(tree))))
    found: set[int] = set()
    number = 0
    for key, part in tree.items() if isinstance(tree, dict) else ():
        count = sum(1 for _ in leaves(part))
        found.update(range(number, number + count) if key in rule.free else ())
        number += count
    return found


def _wrong_arrays(
    array: Array, before: Array | None, rule: Equivalence, rng: np.random.Generator
) -> Iterator[tuple[str, Array]]:
    yield "one element off", _off_by_one(array, rule, rng)
    axis = next((i for i, n in enumerate(array.shape) if n > 1), None)
    if axis is None:
        return
    first, last = (slice(None),) * axis + (0,), (slice(None),) * axis + (-1,)
    swapped, stale = array.copy(), array.copy()
    swapped[first], swapped[last] = array[last], array[first]
    yield "two rows swapped", swapped
    usable = before is not None and before.shape == array.shape and not np.array_equal(before, array)
    stale[last] = before[last] if usable and before is not None else array[(slice(None),) * axis + (-2,)]
    yield "last row stale", stale


def _off_by_one(array: Array, rule: Equivalence, rng: np.random.Generator) -> Array:
    wrong = array.copy()
    candidates = (
        np.argwhere(np.isfinite(array) & (array != 0)) if array.dtype.kind in "fc" else np.argwhere(array == array)
    )
    at = tuple(candidates[rng.integers(len(candidates))]) if len(candidates) else (0,) * array.ndim
    if array.dtype.kind == "b":
        wrong[at] = not wrong[at]
    elif array.dtype.kind in "iu":
        wrong[at] = int(array[at]) + (1 if array[at] < np.iinfo(array.dtype).max else -1)
    else:
        size = float(abs(array[at]))
        one_ulp = float(np.nextafter(array.real.dtype.type(size), array.real.dtype.type(0))) - size
        step = _MUTANT_STEP * max(rule.atol + rule.rtol * size, max(rule.ulp, 1) * -one_ulp * 2)
        room = float(np.finfo(array.dtype).max) - size
        wrong[at] = array[at] + step if step < room else array[at] / 2  # never up to infinity
    return wrong


def _with_leaf(tree: Any, number: int, array: Array) -> Any:
    changed = snapshot(tree)
    for i, leaf in enumerate(leaves(changed)):
        if i == number:
            if leaf.flags.writeable:
                leaf[...] = array
                return changed
            break
    return array if isinstance(tree, np.ndarray) else changed
