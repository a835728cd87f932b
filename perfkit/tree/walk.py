"""Walk over a tree of values: look at each, copy all, or write over all.

No tree is too deep, and one that holds itself does not go round for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from perfkit.tree.kind import Kind
from perfkit.tree.plain import OWN_COPIES, is_flat
from perfkit.tree.registry import UnknownType, kind_of

__all__ = ["Spot", "Walk", "bytes_of", "copy", "leaves", "overlapping", "overwrite", "path_of", "place_of", "places"]
__all__ += ["visit"]

T = TypeVar("T")


@dataclass(slots=True)
class _Level:
    """A value on the way down: its parts, and the copies of those that are done."""

    kind: Kind
    value: Any
    parts: list[Any]
    names: list[str]  # of its fields, which come last among the parts
    up: Spot = None
    whole: bool = False  # it or what holds it is only copied as a whole
    at: int = -1
    shell: Any = None
    copies: list[Any] = field(default_factory=list)
    keys: list[Any] | None = None  # of a dict, where some may be free

    @classmethod
    def of(cls, kind: Kind, value: Any, up: Spot = None) -> _Level:
        fields = kind.fields(value) if kind.has_fields else {}
        whole = kind.whole or (up is not None and up[0].whole)
        return cls(kind, value, [*kind.items(value), *fields.values()], list(fields), up, whole)

    def place(self, at: int) -> str:
        items = len(self.parts) - len(self.names)
        return self.kind.place(self.value, at) if at < items else f".{self.names[at - items]}"

    def copied(self) -> Any:
        items = len(self.parts) - len(self.names)
        new = self.kind.fill(self.shell, self.value, self.copies[:items])
        for name, copied in zip(self.names, self.copies[items:], strict=True):
            self.kind.set_field(new, name, copied)
        return new


Spot = tuple[_Level, int] | None  # the value that holds another, and the number of that part; None at the top


def _way(spot: Spot) -> list[tuple[_Level, int]]:
    way = []
    while spot is not None:
        way.append(spot)
        spot = spot[0].up
    return way[::-1]


def place_of(spot: Spot, where: str = "output") -> str:
    """Where a value stands in its tree, as Python would reach it."""
    return where + "".join(level.place(at) for level, at in _way(spot))


def path_of(spot: Spot) -> tuple[int, ...]:
    """The same, as the number of each part on the way."""
    return tuple(at for _, at in _way(spot))


class Walk:
    """Every value of a tree with its kind, from the top; what several parts share is met once.

    `free`: the keys of dicts that are passed over, and full places.
    """

    def __init__(self, tree: Any, where: str = "output", free: Iterable[str] = ()) -> None:
        self._tree, self._where, self._free = tree, where, frozenset(free)
        self._full = any(name.startswith(where) for name in self._free)
        self.spot: Spot = None
        self._passes = False

    def __iter__(self) -> Iterator[tuple[Any, Kind | None]]:
        if self._where in self._free:
            return
        met: dict[int, Any] = {}
        levels: list[_Level] = []
        value = self._tree
        while True:
            kind = kind_of(type(value))
            if kind is None or kind.atom:
                yield value, kind
            elif id(value) not in met:
                met[id(value)] = value
                yield value, kind
                if self._passes:
                    self._passes = False
                else:
                    levels.append(_Level.of(kind, value, self.spot))
                    yield from self._ends(levels[-1])
            while levels:
                level = levels[-1]
                level.at += 1
                self.spot = level, level.at
                if level.at == len(level.parts):
                    levels.pop()
                elif not self._free or not self._is_free(level):
                    break
            else:
                return
            value = level.parts[level.at]

    def pass_over(self) -> None:
        """Do not go into the value just met, which must be one that has parts."""
        self._passes = True

    def _ends(self, level: _Level) -> Iterator[tuple[Any, Kind | None]]:
        """All parts of a value at once, where none of them has parts: a list may hold millions."""
        types_ = set(map(type, level.parts))
        if self._free or not OWN_COPIES.issuperset(types_):
            return
        kinds = {cls: kind_of(cls) for cls in types_}
        for at, part in enumerate(level.parts):
            level.at = at
            self.spot = level, at
            yield part, kinds[type(part)]

    @property
    def place(self) -> str:
        """Where the value just met stands."""
        return place_of(self.spot, self._where)

    @property
    def within_whole(self) -> bool:
        """Whether it is a part of something that is only copied as a whole."""
        return self.spot is not None and self.spot[0].whole

    def _is_free(self, level: _Level) -> bool:
        if level.keys is None:
            level.keys = list(level.value) if isinstance(level.value, dict) else []
        if level.at < len(level.keys) and level.keys[level.at] in self._free:
            return True
        return self._full and self.place in self._free


def visit(tree: Any) -> Iterator[Any]:
    """Everything at the ends of a tree, in the order of comparison: tensors as arrays, what is not known as it is."""
    walk = Walk(tree)
    for value, kind in walk:
        if kind is None or kind.atom:
            yield value
        elif is_flat(value):
            yield from value
            walk.pass_over()
        else:
            yield from kind.leaves(value)


def leaves(tree: Any) -> Iterator[Any]:
    """Every array in a tree, in the order of comparison."""
    return (value for value in visit(tree) if isinstance(value, np.ndarray))


def bytes_of(tree: Any) -> int:
    """Bytes of the arrays and tensors in a tree."""
    return sum(_each(tree, lambda kind, value: [kind.size_bytes(value)]))


def overlapping(tree: Any) -> list[bool]:
    """Of every array and tensor in a tree: whether its elements overlap in memory, so that one write is several."""
    return [*_each(tree, lambda kind, value: kind.overlaps(value))]


def _each(tree: Any, ask: Callable[[Kind, Any], Iterable[T]]) -> Iterator[T]:
    """What the kind of every value of a tree that has parts, or numbers, answers."""
    walk = Walk(tree)
    for value, kind in walk:
        if kind is None or kind.atom:
            continue
        if is_flat(value):
            walk.pass_over()
        else:
            yield from ask(kind, value)


def _unknown(value: Any, where: str, levels: Sequence[_Level]) -> UnknownType:
    return UnknownType(type(value), where + "".join(level.place(len(level.copies)) for level in levels))


def _opened(kind: Kind, value: Any, where: str, levels: Sequence[_Level]) -> _Level:
    """A value whose parts are to be copied, with the empty copy that they go into where its kind makes one first."""
    level = _Level(kind, value, [], []) if kind.whole else _Level.of(kind, value)
    if hasattr(kind.cls, "__del__") and any(part is None for _, part in Walk(value)):
        raise _unknown(value, where, levels)  # a copy begun and thrown away would run its finaliser half made
    try:
        level.shell = kind.shell(value)
    except TypeError:  # made by its own library alone, such as msgspec's records
        raise _unknown(value, where, levels) from None
    return level


def _is_at(path: tuple[int, ...], levels: Sequence[_Level]) -> bool:
    return len(path) == len(levels) and path == tuple(len(level.copies) for level in levels)


def copy(tree: Any, where: str = "output", *, instead: tuple[tuple[int, ...], Any] | None = None) -> Any:
    """A deep copy that later writes to the original cannot reach. Raises UnknownType where it does not know how.

    `instead`: the path of one part, and what is copied in its place.
    """
    levels: list[_Level] = []
    copies: dict[int, tuple[Any, Any]] = {}  # by id of the original, which is kept so that the id stays its own
    value = tree
    while True:
        if instead and _is_at(instead[0], levels):
            value, instead = instead[1], None
        kind = kind_of(type(value))
        if kind is None:
            raise _unknown(value, where, levels)
        if kind.atom or (instead is None and type(value) is tuple and is_flat(value)):
            new = value
        elif id(value) in copies:
            new = copies[id(value)][1]
        else:
            level = _opened(kind, value, where, levels)
            if level.shell is not None:
                copies[id(value)] = value, level.shell
            if level.parts and not (instead is None and OWN_COPIES.issuperset(map(type, level.parts))):
                levels.append(level)
                value = level.parts[0]
                continue
            level.copies = level.parts
            new = level.copied()
            copies[id(value)] = value, new
        while levels:
            level = levels[-1]
            level.copies.append(new)
            if len(level.copies) < len(level.parts):
                value = level.parts[len(level.copies)]
                break
            levels.pop()
            done = copies.get(id(level.value)) if level.shell is None else None  # on its own way round
            new = done[1] if done else level.copied()
            copies[id(level.value)] = level.value, new
        else:
            return new


def places(tree: Any, where: str = "output") -> dict[str, type]:
    """Every part that holds something, by its place; what several parts share stands where it is met first."""
    walk = Walk(tree, where)
    return {walk.place: type(value) for value, kind in walk if kind and not kind.atom and not walk.within_whole}  # noqa: B035 - the walk moves on


def overwrite(tree: Any, where: str = "output") -> tuple[str, ...]:
    """Write over all of a result, as the caller who owns it may. Returns the places that do not let him."""
    walk = Walk(tree, where)
    found = [(value, kind, walk.spot) for value, kind in walk if kind and not kind.atom and not walk.within_whole]
    refused = [
        place_of(spot, where) for value, kind, spot in reversed(found) if not kind.overwrite(value)
    ]  # parts first
    return tuple(reversed(refused))
