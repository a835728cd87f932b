"""bytearray and array.array: numbers in a buffer."""

from __future__ import annotations

import array
from collections.abc import Iterable
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence
from perfkit.tree.cells import Cells
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import OVERWRITTEN, Kind, Part, Wrong
from perfkit.tree.numeric import array_difference
from perfkit.tree.registry import add

__all__: list[str] = []


class _Buffer(Kind):
    """bytearray and array.array: numbers in a buffer."""

    def _numbers(self, value: Any) -> Any:
        if self.cls is array.array and value.typecode in "uw":
            return np.array(list(value.tounicode()))
        return np.frombuffer(value, value.typecode if self.cls is array.array else np.uint8)

    def leaves(self, value: Any) -> Iterable[Any]:
        return (self._numbers(value),)

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if self.cls is array.array and expected.typecode != got.typecode:
            return differs(expected.typecode, got.typecode, "a different attribute", "{}.typecode")
        return array_difference(self._numbers(expected), self._numbers(got), rule)

    def shell(self, value: Any) -> Any:
        return value[:]

    def overwrite(self, value: Any) -> bool:
        for number in range(len(value)):
            value[number] = "M" if isinstance(value[number], str) else OVERWRITTEN
        return True

    def cells(self, value: Any) -> Iterable[Cells]:
        return (Cells(len(value), value.__getitem__, value.__setitem__),)

    def assign(self, value: Any, source: Any, part: Part) -> bool:
        if self.cls is array.array and value.typecode != source.typecode:
            return False
        if len(value) == len(source):  # whoever holds a view of it does not let its length change
            for number, element in enumerate(source):
                value[number] = element
        else:
            value[:] = source
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if value:
            yield "cut short", value[:-1]
        yield "more of it", value + (value or self.cls(*([value.typecode] if self.cls is array.array else []), [1]))
        yield from super().wrong(value, earlier, rule, rng)


add(_Buffer, bytearray, array.array)
