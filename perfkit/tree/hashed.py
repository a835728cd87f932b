"""dict and set and their kin: parts that are found by their hash."""

from __future__ import annotations

import types
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable
from typing import Any

from perfkit.equivalence import Equivalence, exact
from perfkit.tree.cells import Cells
from perfkit.tree.compare import first_difference
from perfkit.tree.difference import Difference, differs, text
from perfkit.tree.kind import OVERWRITTEN, Kind, Part, Wrong
from perfkit.tree.plain import OWN_COPIES, PLAIN
from perfkit.tree.registry import add, register

__all__: list[str] = []


class _Mapping(Kind):
    """dict and its kin, in the order of their keys, which are compared bit for bit."""

    container = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.base: Any = OrderedDict if issubclass(cls, OrderedDict) else dict  # whose order is its own

    def _keys(self, value: Any) -> list[Any]:
        return list(self.base.keys(value))

    def items(self, value: Any) -> list[Any]:
        """All values, then the keys that are no plain ones and may hold something."""
        return [*self.base.values(value), *(key for key in self.base.keys(value) if type(key) not in OWN_COPIES)]

    def place(self, value: Any, number: int) -> str:
        keys = self._keys(value)
        return f"[{text(keys[number])}]" if number < len(keys) else ".keys()"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        theirs, ours = self._keys(expected), self._keys(got)
        same = len(theirs) == len(ours) and _same_items(theirs, ours)
        return None if same else differs(theirs, ours, "other keys", "{}.keys()")

    def pairs(self, expected: Any, got: Any, rule: Equivalence) -> Iterable[tuple[int, Any, Any]]:
        both = zip(self.base.items(expected), self.base.values(got), strict=True)
        for number, ((key, value), other) in enumerate(both):
            if not (rule.free and key in rule.free):
                yield number, value, other

    def shell(self, value: Any) -> Any:
        return self.base.__new__(self.cls)

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        keys = self._keys(value)
        copied = iter(items[len(keys) :])
        for key, item in zip(keys, items, strict=False):
            self.base.__setitem__(shell, key if type(key) in OWN_COPIES else next(copied), item)
        return shell

    def overwrite(self, value: Any) -> bool:
        self.base.clear(value)
        self.base.__setitem__(value, OVERWRITTEN, OVERWRITTEN)
        return super().overwrite(value)

    def cells(self, value: Any) -> Iterable[Cells]:
        keys = self._keys(value)
        yield Cells(
            len(keys),
            lambda number: self.base.__getitem__(value, keys[number]),
            lambda number, element: self.base.__setitem__(value, keys[number], element),
        )

    def assign(self, value: Any, source: Any, part: Part) -> bool:
        if not _same_items(self._keys(value), self._keys(source)):
            self.base.clear(value)
        for key, wanted in list(self.base.items(source)):
            if key not in value or not part(self.base.__getitem__(value, key), wanted):
                self.base.__setitem__(value, key, wanted)
        return self.assign_fields(value, source, part)

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        keys = self._keys(value)
        if self.cls in (dict, OrderedDict, Counter) and keys:
            yield "last key missing", self.cls({key: value[key] for key in keys[:-1]})
            yield "one key more", self.cls({**value, "one more": value[keys[-1]]})
        yield from super().wrong(value, earlier, rule, rng)


class _Set(Kind):
    """set and frozenset: a bag of elements, each compared bit for bit and with its type."""

    container = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.base: Any = frozenset if issubclass(cls, frozenset) else set

    def items(self, value: Any) -> list[Any]:
        return list(self.base.__iter__(value))

    def place(self, value: Any, number: int) -> str:
        return "{…}"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        missing, unexpected = _unmatched(self.items(expected), self.items(got))
        if not missing and not unexpected:
            return None
        return differs(missing[:1], unexpected[:1], "other elements")

    def pairs(self, expected: Any, got: Any, rule: Equivalence) -> Iterable[tuple[int, Any, Any]]:
        return ()

    def shell(self, value: Any) -> Any:
        return None if self.base is frozenset else set.__new__(self.cls)

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        if self.base is frozenset:
            return frozenset.__new__(self.cls, items)
        set.update(shell, items)
        return shell

    def overwrite(self, value: Any) -> bool:
        if self.base is set:
            set.clear(value)
            set.add(value, OVERWRITTEN)
        return super().overwrite(value)

    def assign(self, value: Any, source: Any, part: Part) -> bool:
        if self.base is frozenset:
            return False
        set.clear(value)
        set.update(value, set.__iter__(source))
        return self.assign_fields(value, source, part)

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        items = self.items(value)
        if items and self.cls is self.base:
            yield "one element missing", self.cls(items[:-1])
        if self.cls is self.base:
            yield "one element more", self.cls([*items, "one more"])
        yield from super().wrong(value, earlier, rule, rng)


def _unmatched(expected: list[Any], got: list[Any]) -> tuple[list[Any], list[Any]]:
    """The elements of each side that have no equal on the other."""
    unexpected = {element: element for element in got}
    missing = []
    for element in expected:
        if element in unexpected and _same_items([element], [unexpected[element]]):
            del unexpected[element]
        else:
            missing.append(element)
    rest = list(unexpected)
    for element in list(missing):  # what equals only itself in Python's eyes: NaN, and most objects
        equal = next((i for i, other in enumerate(rest) if _same_items([element], [other])), None)
        if equal is not None:
            missing = [one for one in missing if one is not element]
            del rest[equal]
    return missing, rest


def _same_items(expected: list[Any], got: list[Any]) -> bool:
    types_ = list(map(type, expected))
    if types_ != list(map(type, got)):
        return False
    if PLAIN.issuperset(types_):
        return expected == got
    return first_difference(expected, got, exact()) is None


add(_Set, set, frozenset, derived="fields")
add(_Mapping, dict, OrderedDict, defaultdict, derived="fields")
register(types.MappingProxyType, dict, types.MappingProxyType)
