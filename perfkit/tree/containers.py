"""Containers of Python: what they hold, their kind, and what they say of themselves."""

from __future__ import annotations

import array
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence, exact
from perfkit.tree.cells import Cells
from perfkit.tree.compare import first_difference
from perfkit.tree.difference import Difference, differs, text
from perfkit.tree.kind import OVERWRITTEN, Kind, Wrong, add, register
from perfkit.tree.numeric import array_difference

__all__ = ["is_container"]

# exact values of these are equal when == says so: no sign of zero, no code of the user's
_PLAIN = frozenset((int, str, bytes, bool, type(None)))
_KEYS = _PLAIN | {float, complex}  # their own copies
_Part = Callable[[Any, Any], bool]  # changes a part in place, where that can be done


class _Sequence(Kind):
    """list, tuple, deque. Their subclasses may add fields; a named tuple's parts have names."""

    base: Any = list

    def items(self, value: Any) -> list[Any]:
        return list(self.base.__iter__(value))

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        lengths = self.base.__len__(expected), self.base.__len__(got)
        return None if lengths[0] == lengths[1] else differs(*lengths, "another length", "len({})")

    def pairs(self, expected: Any, got: Any, rule: Equivalence) -> Iterable[tuple[int, Any, Any]]:
        theirs, ours = self.items(expected), self.items(got)
        types_ = list(map(type, theirs))
        if _PLAIN.issuperset(types_) and types_ == list(map(type, ours)) and theirs == ours and not rule.free:
            return ()  # the walk would find as much, an item at a time
        return zip(range(len(theirs)), theirs, ours, strict=True)

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        items = self.items(value)
        if items and self.cls in (list, tuple, deque):
            yield "last one missing", self.cls(items[:-1])
            yield "last one twice", self.cls([*items, items[-1]])
        if len(items) > 1 and self.cls in (list, tuple, deque):
            yield "first and last swapped", self.cls([items[-1], *items[1:-1], items[0]])
        yield from super().wrong(value, earlier, rule, rng)


class _List(_Sequence):
    def shell(self, value: Any) -> Any:
        return list.__new__(self.cls)

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        list.extend(shell, items)
        return shell

    def overwrite(self, value: Any) -> bool:
        list.__setitem__(value, slice(None), [OVERWRITTEN])
        return super().overwrite(value)

    def cells(self, value: Any) -> Iterable[Cells]:
        return (Cells(list.__len__(value), partial(list.__getitem__, value), partial(list.__setitem__, value)),)

    def assign(self, value: Any, source: Any, part: _Part) -> bool:
        items = list(list.__iter__(source))
        if list.__len__(value) == len(items) and not _KEYS.issuperset(map(type, items)):
            for number, wanted in enumerate(items):
                if not part(list.__getitem__(value, number), wanted):
                    list.__setitem__(value, number, wanted)
        else:
            list.__setitem__(value, slice(None), items)
        return self.assign_fields(value, source, part)


class _Tuple(_Sequence):
    base = tuple

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.structure = hasattr(cls, "n_sequence_fields")  # such as torch.return_types.max
        self.names = getattr(cls, "__match_args__" if self.structure else "_fields", ())

    def place(self, value: Any, number: int) -> str:
        return f".{self.names[number]}" if number < len(self.names) else f"[{number}]"

    def shell(self, value: Any) -> Any:
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        if self.structure:
            return self.cls(items, value.__reduce__()[1][1])
        return tuple.__new__(self.cls, items)

    def assign(self, value: Any, source: Any, part: _Part) -> bool:
        items, wanted = self.items(value), self.items(source)
        same = len(items) == len(wanted) and all(map(part, items, wanted))
        return same and self.assign_fields(value, source, part)


class _Deque(_Sequence):
    base = deque

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if expected.maxlen != got.maxlen:
            return differs(expected.maxlen, got.maxlen, "another attribute", "{}.maxlen")
        return super().differ(expected, got, rule)

    def shell(self, value: Any) -> Any:
        shell: Any = deque.__new__(self.cls)
        deque.__init__(shell, (), value.maxlen)
        return shell

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        deque.extend(shell, items)
        return shell

    def overwrite(self, value: Any) -> bool:
        deque.clear(value)
        deque.append(value, OVERWRITTEN)
        return super().overwrite(value)

    def cells(self, value: Any) -> Iterable[Cells]:
        return (Cells(deque.__len__(value), partial(deque.__getitem__, value), partial(deque.__setitem__, value)),)

    def assign(self, value: Any, source: Any, part: _Part) -> bool:
        if value.maxlen != source.maxlen:
            return False
        deque.clear(value)
        deque.extend(value, deque.__iter__(source))
        return self.assign_fields(value, source, part)


class _Mapping(Kind):
    """dict and its kin, in the order of their keys, which are compared bit for bit."""

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.base: Any = OrderedDict if issubclass(cls, OrderedDict) else dict  # whose order is its own

    def _keys(self, value: Any) -> list[Any]:
        return list(self.base.keys(value))

    def items(self, value: Any) -> list[Any]:
        """All values, then the keys that are no plain ones and may hold something."""
        return [*self.base.values(value), *(key for key in self.base.keys(value) if type(key) not in _KEYS)]

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
            self.base.__setitem__(shell, key if type(key) in _KEYS else next(copied), item)
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

    def assign(self, value: Any, source: Any, part: _Part) -> bool:
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

    def assign(self, value: Any, source: Any, part: _Part) -> bool:
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
    if _PLAIN.issuperset(types_):
        return expected == got
    return first_difference(expected, got, exact()) is None


def is_container(kind: Kind) -> bool:
    """Whether values of this kind only hold others."""
    return isinstance(kind, _Sequence | _Mapping | _Set)


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
            return differs(expected.typecode, got.typecode, "another attribute", "{}.typecode")
        return array_difference(self._numbers(expected), self._numbers(got), rule)

    def shell(self, value: Any) -> Any:
        return value[:]

    def overwrite(self, value: Any) -> bool:
        for number in range(len(value)):
            value[number] = "M" if isinstance(value[number], str) else OVERWRITTEN
        return True

    def cells(self, value: Any) -> Iterable[Cells]:
        return (Cells(len(value), value.__getitem__, value.__setitem__),)

    def assign(self, value: Any, source: Any, part: _Part) -> bool:
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


class _Error(Kind):
    """An exception: its type, arguments, fields and message, not where it was raised."""

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.slots = tuple(slot for slot in self.slots if slot[0] != "obj")  # of an AttributeError: whoever lacks it

    def set_field(self, value: Any, name: str, field: Any) -> None:
        with suppress(AttributeError):  # some are read-only: their constructor has set them from the arguments
            super().set_field(value, name, field)

    def items(self, value: Any) -> list[Any]:
        return [value.args]

    def place(self, value: Any, number: int) -> str:
        return ".args"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        return None if str(expected) == str(got) else differs(str(expected), str(got), "another message", "str({})")

    def pairs(self, expected: Any, got: Any, rule: Equivalence) -> Iterable[tuple[int, Any, Any]]:
        return [(0, expected.args, got.args)]

    def shell(self, value: Any) -> Any:
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        copied = self.cls.__new__(self.cls, *items[0])
        copied.args = items[0]
        return copied


add(_List, list, derived="fields")
add(_Tuple, tuple, derived="fields")
add(_Deque, deque, derived="fields")
add(_Set, set, frozenset, derived="fields")
add(_Mapping, dict, OrderedDict, defaultdict, derived="fields")
add(_Buffer, bytearray, array.array)
add(_Error, BaseException, derived="all")
register(types.MappingProxyType, dict, types.MappingProxyType)
