"""The first difference between two trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from perfkit.equivalence import Equivalence, close
from perfkit.tree.difference import Difference, differs, other_type, placed
from perfkit.tree.kind import Kind, UnknownType, kind_of

__all__ = ["first_difference"]

_Step = tuple[int | str, Any, Any]  # number of an item or name of a field, what it must be, what it is
_COUNTED = 1_000  # differences between floats that the largest is taken of


def first_difference(expected: Any, got: Any, rule: Equivalence, where: str = "output") -> Difference | None:
    """The first difference between two output trees under `rule`, or None when they are equal.

    Raises UnknownType where both hold a value of the same type that the tree does not know.
    """
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
    levels: list[_Level] = []
    depth: dict[int, int] = {}  # of the expected values on the way down, by id
    depth_got: dict[int, int] = {}
    met: dict[tuple[int, int], tuple[Any, Any]] = {}  # pairs seen before, kept so that their ids stay theirs

    def place() -> str:
        return where + "".join(level.place for level in levels)

    full = any(name.startswith(where) for name in rule.free)
    while True:
        if not full or place() not in rule.free:
            kind = kind_of(type(expected))
            if type(expected) is not type(got) and not (kind and kind_of(type(got)) and kind.alike(type(got), rule)):
                yield placed(other_type(expected, got), place())
            elif kind is None:
                raise UnknownType(type(expected), place())
            elif kind.atom:
                found = kind.differ(expected, got, rule)
                if found is not None:
                    yield placed(found, place())
            elif depth.get(id(expected)) != depth_got.get(id(got)):
                yield differs("a value that holds itself", "one that does so elsewhere", "another cycle", place())
            elif id(expected) not in depth and (id(expected), id(got)) not in met:
                found = kind.differ(expected, got, rule)
                if found is None and kind.has_fields:
                    found = kind.other_fields(expected, got)
                if found is not None:
                    yield placed(found, place())
                else:
                    met[id(expected), id(got)] = expected, got
                    depth[id(expected)] = depth_got[id(got)] = len(levels)
                    levels.append(_Level(kind, expected, got, _steps(kind, expected, got, rule)))
        while levels:
            step = next(levels[-1].steps, None)
            if step is not None:
                break
            left = levels.pop()
            del depth[id(left.expected)], depth_got[id(left.got)]
        else:
            return
        levels[-1].at, expected, got = step


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
