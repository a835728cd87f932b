"""scipy's sparse matrices and arrays. Imported when the first of them is met."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence
from perfkit.tree.cells import Cells
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import OVERWRITTEN, Kind, Wrong
from perfkit.tree.registry import add, kind_of

__all__: list[str] = []

sparse: Any = importlib.import_module("scipy.sparse")  # noqa: TID251 - the program has it already
_PARTS = {  # by format: the numbers last, behind what says where they belong
    "csr": ("indptr", "indices", "data"),
    "csc": ("indptr", "indices", "data"),
    "bsr": ("indptr", "indices", "data"),
    "coo": ("coords", "data"),
    "dia": ("offsets", "data"),
    "lil": ("rows", "data"),
}


class _Sparse(Kind):
    """A sparse matrix in its own format: an equal matrix that is stored in another order is another value."""

    whole = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def items(self, value: Any) -> list[Any]:
        if value.format == "dok":
            return [dict(value.items())]
        return [getattr(value, name) for name in _PARTS[value.format]]

    def place(self, value: Any, number: int) -> str:
        return ".items()" if value.format == "dok" else f".{_PARTS[value.format][number]}"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if expected.shape != got.shape:
            return differs(expected.shape, got.shape, "a different shape", "{}.shape")
        if expected.dtype != got.dtype and not rule.dtype_change:
            return differs(expected.dtype, got.dtype, "an undeclared dtype", "{}.dtype")
        if expected.format in ("csr", "csc", "bsr") and not np.array_equal(expected.indices, got.indices):
            orders = expected.has_canonical_format, got.has_canonical_format
            if orders[0] != orders[1]:
                return differs(*orders, "stored in another order", "{}.has_canonical_format")
        return None

    def shell(self, value: Any) -> Any:
        return value.copy()

    def cells(self, value: Any) -> Iterable[Cells]:
        plain = value.format not in ("dok", "lil") and value.data.flags.writeable
        return (Cells(value.data.size, value.data.flat.__getitem__, value.data.flat.__setitem__),) if plain else ()

    def assign(self, value: Any, source: Any, part: Callable[[Any, Any], bool]) -> bool:
        if value.format != source.format or value.shape != source.shape or value.format == "dok":
            return False
        *places, numbers = _PARTS[value.format]
        for name in places:
            setattr(value, name, getattr(source, name))
        held, wanted = getattr(value, numbers), getattr(source, numbers)
        if held.shape == wanted.shape and held.dtype == wanted.dtype and held.flags.writeable:
            held[...] = wanted
        else:
            setattr(value, numbers, wanted)
        return True

    def overwrite(self, value: Any) -> bool:
        """The numbers only: with wrong indices scipy reads foreign memory."""
        if value.format == "dok":
            for key in value.keys():  # noqa: SIM118 - a sparse matrix iterates over something else
                value[key] = OVERWRITTEN
            return True
        numbers = [*value.data] if value.format == "lil" else [value.data]
        return all([_overwritten(part) for part in numbers])  # noqa: C419 - every part is overwritten

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        spoilt = self.shell(value)
        self.overwrite(spoilt)
        yield "other numbers", spoilt
        yield "its transpose", value.T.asformat(value.format)


def _overwritten(part: Any) -> bool:
    kind = kind_of(type(part))
    return kind is not None and kind.overwrite(part)


add(_Sparse, *(getattr(sparse, f"{name}_{sort}") for name in (*_PARTS, "dok") for sort in ("matrix", "array")))
