"""numpy's arrays: numbers, objects, fields of a structure, and masks.

Subclasses that say more than their buffer (units, a sky position) are not known unless they are registered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence
from perfkit.tree.cells import Cells
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import OVERWRITTEN, Kind, Wrong
from perfkit.tree.numeric import Array, array_difference, wrong_arrays
from perfkit.tree.registry import add, register

__all__: list[str] = []


class _Array(Kind):
    """An array. Its parts are the objects in it, or the fields of a structure."""

    leaf = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def _parted(self, value: Array) -> bool:
        return bool(value.dtype.kind in "OT" or value.dtype.names is not None)

    def items(self, value: Any) -> list[Any]:
        if not self._parted(value):
            return []
        if value.dtype.names is not None:
            return [np.asarray(value[name]) for name in value.dtype.names]
        return [*np.asarray(value).ravel().astype(object, copy=False)]

    def place(self, value: Any, number: int) -> str:
        if value.dtype.names is not None:
            return f"[{value.dtype.names[number]!r}]"
        return str([int(i) for i in np.unravel_index(number, value.shape)])

    def numbers(self, value: Any) -> bool:
        return bool(value.size) and value.dtype.kind in "fciub"

    def leaves(self, value: Any) -> Iterable[Any]:
        return () if value.dtype.names is not None else (value,)

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if not (self._parted(expected) or self._parted(got)):
            return array_difference(np.asarray(expected), np.asarray(got), rule)
        if expected.shape != got.shape:
            return differs(expected.shape, got.shape, "a different shape", "{}.shape")
        same = expected.dtype == got.dtype
        return None if same else differs(expected.dtype, got.dtype, "an undeclared dtype", "{}.dtype")

    def shell(self, value: Any) -> Any:
        return value.copy(order="K")

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        if not items:
            return shell
        if value.dtype.names is not None:
            for name, field in zip(value.dtype.names, items, strict=True):
                shell[name] = field
        else:
            for number, item in enumerate(items):
                shell[np.unravel_index(number, value.shape)] = item
        return shell

    def overwrite(self, value: Any) -> bool:
        if not value.flags.writeable or not value.size:
            return bool(value.size == 0)
        if value.dtype.names is None:  # fields are parts, which are written over by themselves
            _overwrite_plain(value)
        return True

    def shares(self, value: Any, other: Any) -> bool:
        return value is other or bool(np.may_share_memory(value, other))

    def cells(self, value: Any) -> Iterable[Cells]:
        if not value.flags.writeable or value.dtype.kind == "V":
            return ()
        flat = np.asarray(value).flat
        return (Cells(value.size, flat.__getitem__, flat.__setitem__),)

    def assign(self, value: Any, source: Any, part: Callable[[Any, Any], bool]) -> bool:
        if value.shape != source.shape or value.dtype != source.dtype or not value.flags.writeable:
            return False
        value[...] = source
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if value.size and not self._parted(value):
            for what, wrong in wrong_arrays(np.asarray(value), earlier, rule, rng):
                yield what, wrong.view(self.cls)
        elif value.ndim and len(value) > 1:
            yield "last row missing", value[:-1]
        else:
            yield from super().wrong(value, earlier, rule, rng)


def _overwrite_plain(value: Array) -> None:
    """Put another value into every element, unless it held that one: then a third."""
    kind = value.dtype.kind
    if kind == "b":
        np.logical_not(value, out=value)
    elif kind == "O":
        value[...] = OVERWRITTEN
    elif kind in "SUT":
        value[...] = "" if np.any(value != "") else "x"
    elif kind in "mM":
        numbers = value.view(np.int64)
        numbers[...] = 0 if np.any(numbers != 0) else 1
    elif kind == "V":
        value[...] = np.zeros((), value.dtype)
    else:
        value[...] = OVERWRITTEN if np.any(value != OVERWRITTEN) else OVERWRITTEN + 1


class _Masked(_Array):
    """A masked array. What its mask hides does not count; the mask and the fill value do."""

    leaf = False

    def items(self, value: Any) -> list[Any]:
        return [np.ma.getmaskarray(value), np.asarray(value.fill_value), value.hardmask, value.filled()]

    def place(self, value: Any, number: int) -> str:
        return (".mask", ".fill_value", ".hardmask", "")[number]

    def numbers(self, value: Any) -> bool:
        return False

    def leaves(self, value: Any) -> Iterable[Any]:
        return ()

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        return None

    def shell(self, value: Any) -> Any:
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        mask, fill_value, hard, data = items
        if mask.dtype.names is None and mask.any():
            hidden = np.ma.getmaskarray(value)
            data[hidden] = value.data[hidden]
        return np.ma.MaskedArray(
            data, mask if value.mask is not np.ma.nomask else mask.any() and mask, fill_value=fill_value, hard_mask=hard
        )

    def overwrite(self, value: Any) -> bool:
        if not value.flags.writeable:
            return False
        if value.dtype.names is None:
            value.mask = ~np.ma.getmaskarray(value)
            _overwrite_plain(value.data)
        return True

    def cells(self, value: Any) -> Iterable[Cells]:
        return ()

    def assign(self, value: Any, source: Any, part: Callable[[Any, Any], bool]) -> bool:
        if value.shape != source.shape or value.dtype != source.dtype or not value.flags.writeable:
            return False
        value.data[...] = source.data
        value.mask = np.ma.getmaskarray(source)
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        yield "no mask", np.asarray(value)


add(_Array, np.ndarray, np.memmap, np.matrix, np.recarray)  # which say nothing beside their buffer
add(_Masked, np.ma.MaskedArray)
register(np.void, np.asarray, lambda array: array[()])
