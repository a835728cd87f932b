"""The first difference between two trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from perfkit.equivalence import Equivalence, OwnEquivalence, close
from perfkit.tree.difference import Difference, differs, other_type, placed
from perfkit.tree.kind import Kind
from perfkit.tree.registry import UnknownType, kind_of

__all__ = ["first_difference"]

_Step = tuple[int | str, Any, Any]  # number of an item or name of a field, what it must be, what it is
_COUNTED = 1_000  # differences between floats that the largest is taken of


def first_difference(expected: Any, got: Any, rule: Equivalence, where: str = "output") -> Difference | None:
    """The first difference between two output trees under `rule`, or None when they are equal.

    Raises UnknownType where both hold a value of the same type that the tree does not know.
    """
    if rule.kind == "unproven":
        return None
    if isinstance(rule, OwnEquivalence):
        return None if rule.same(expected, got) else differs(expected, got, f"not equal for {rule.why}", where)
    differences = _differences(expected, got, rule, where)
    first = next(differences, None)
    if first is None or first.max_abs is None:
        return first
    return _with_tolerance(first, differences, expected, got, rule, where)


@dataclass(slots=True)
class _Level:
    """A pair of values on the way down, and the steps to its parts."""

    kind: Kind
    expected: Any
    got: Any
    steps: Iterator[_Step]
    at: int | str = 0

    @property
    def place(self) -> str:
        return self.kind.place(self.expected, self.at) if isinstance(self.at, int) else f".{self.at}"


def _differences(expected: Any, got: Any, rule: Equivalence, where: str) -> Iterator[Difference]:
    """Every difference, from the front. A value that holds itself must do so alike on both sides."""
    walk = _Walk(rule, where)
    pair: tuple[Any, Any] | None = (expected, got)
    while pair is not None:
        found = None if walk.at_a_free_place() else walk.look(*pair)
        if found is not None:
            yield found
        pair = walk.next_pair()


class _Walk:
    """Where a comparison stands: the pairs of values on the way down, and those that were met before."""

    def __init__(self, rule: Equivalence, where: str) -> None:
        self.rule, self.where = rule, where
        self.levels: list[_Level] = []
        self.depth: dict[int, int] = {}  # of the expected values on the way down, by id
        self.depth_got: dict[int, int] = {}
        self.met: dict[tuple[int, int], tuple[Any, Any]] = {}  # pairs, kept so that their ids stay theirs
        self.some_are_free = any(name.startswith(where) for name in rule.free)

    def place(self) -> str:
        return self.where + "".join(level.place for level in self.levels)

    def at_a_free_place(self) -> bool:
        return self.some_are_free and self.place() in self.rule.free

    def look(self, expected: Any, got: Any) -> Difference | None:
        """The difference between two values; where there is none, their parts come next."""
        kind, rule = kind_of(type(expected)), self.rule
        if type(expected) is not type(got) and not (kind and kind_of(type(got)) and kind.alike(type(got), rule)):
            return placed(other_type(expected, got), self.place())
        if kind is None:
            raise UnknownType(type(expected), self.place())
        if not kind.atom:
            if self.depth.get(id(expected)) != self.depth_got.get(id(got)):
                return differs("a value that holds itself", "one that does so elsewhere", "another cycle", self.place())
            if id(expected) in self.depth or (id(expected), id(got)) in self.met:
                return None
        found = kind.differ(expected, got, rule)
        if found is None and not kind.atom:
            if kind.has_fields:
                found = kind.other_fields(expected, got)
            if found is None:
                self._enter(kind, expected, got)
        return None if found is None else placed(found, self.place())

    def _enter(self, kind: Kind, expected: Any, got: Any) -> None:
        self.met[id(expected), id(got)] = expected, got
        self.depth[id(expected)] = self.depth_got[id(got)] = len(self.levels)
        self.levels.append(_Level(kind, expected, got, _steps(kind, expected, got, self.rule)))

    def next_pair(self) -> tuple[Any, Any] | None:
        """The next parts to look at, from the level that still has some; None at the end."""
        while self.levels:
            level = self.levels[-1]
            step = next(level.steps, None)
            if step is not None:
                level.at, expected, got = step
                return expected, got
            self.levels.pop()
            del self.depth[id(level.expected)], self.depth_got[id(level.got)]
        return None


def _steps(kind: Kind, expected: Any, got: Any, rule: Equivalence) -> Iterator[_Step]:
    yield from kind.pairs(expected, got, rule)
    if kind.has_fields:
        others = kind.fields(got)
        for name, field in kind.fields(expected).items():
            yield name, field, others[name]


def _with_tolerance(
    first: Difference, more: Iterator[Difference], expected: Any, got: Any, rule: Equivalence, where: str
) -> Difference:
    """The first difference, with the largest of the whole output and a tolerance under which all of it would pass."""
    found = [first, *(d for d, _ in zip(more, range(_COUNTED), strict=False))]
    sizes = [(d.max_abs, d.max_rel) for d in found if d.max_abs is not None]
    first = msgspec.structs.replace(
        first,
        max_abs=max(size for size, _ in sizes if size is not None),
        max_rel=max((size for _, size in sizes if size is not None), default=None),
        would_pass=None,
    )
    bounds: dict[str, float] = {}
    for difference in found:
        if difference.would_pass is None:
            return first
        for bound in difference.would_pass.split(", "):
            name, _, value = bound.partition("=")
            bounds[name] = max(bounds.get(name, 0.0), float(value))
    try:
        looser = close(**bounds, dtype_change=rule.dtype_change, why="the tolerance that would do")  # type: ignore[arg-type]
    except ValueError:  # a tenth of the value and more: another computation
        return first
    looser = replace(looser, ulp=rule.ulp, free=rule.free, no_grad=rule.no_grad)
    passes = next(_differences(expected, got, looser, where), None) is None
    would_pass = ", ".join(f"{n}={v:g}" for n, v in bounds.items())
    return msgspec.structs.replace(first, would_pass=would_pass) if passes else first
