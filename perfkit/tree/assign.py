"""Change a value in place until it holds what another one holds, as a caller who uses it again may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from perfkit.equivalence import exact
from perfkit.tree.cells import Cells
from perfkit.tree.compare import first_difference
from perfkit.tree.plain import is_flat
from perfkit.tree.registry import UnknownType, kind_of
from perfkit.tree.walk import Walk

__all__ = ["Rearranged", "assign", "own_parts", "rearrange"]

Rearranged = Literal["swapped", "last", "middle", "first"]
_DEEPEST = 200  # levels that are changed in place; what lies below is put there anew
_LOOKED_AT = 200  # elements, in search of two that differ


def own_parts(tree: Any, again: Any) -> dict[int, Any]:
    """The parts of an input that may be written to, by id: all that the same input, drawn once more, does not share."""
    found: dict[int, Any] = {}
    walk, other = Walk(tree), Walk(again)
    for (value, kind), (twin, _) in zip(walk, other, strict=False):
        if kind is None or kind.atom or walk.within_whole or type(value) is not type(twin):
            continue
        if is_flat(value) and is_flat(twin):
            walk.pass_over()
            other.pass_over()
        if not kind.shares(value, twin):
            found[id(value)] = value
    return found


def assign(target: Any, source: Any, own: Mapping[int, Any]) -> bool:
    """Make `target` hold what `source` holds, by writing to its `own` parts; whether that could be done.

    Parts of `source` may become parts of `target`, so nobody else must use it.
    """
    depth = 0

    def part(value: Any, wanted: Any) -> bool:
        nonlocal depth
        if value is wanted:
            return True
        kind = kind_of(type(value))
        if kind is None or type(value) is not type(wanted) or depth >= _DEEPEST:
            return False
        if kind.atom or id(value) not in own:
            return _equal(value, wanted)
        depth += 1
        try:
            return kind.assign(value, wanted, part)
        finally:
            depth -= 1

    return part(target, source) and _equal(target, source)


def _equal(one: Any, other: Any) -> bool:
    try:
        return first_difference(one, other, exact()) is None
    except UnknownType:  # the same object in both, or it would not have been passed over
        return True


def rearrange(tree: Any, own: Mapping[int, Any], how: Rearranged) -> bool:
    """Move elements within each `own` part, in place; whether any value changed.

    "swapped": two unequal elements near the end change places. "last", "middle", "first": one element there becomes
    what its neighbour is.
    """
    walk = Walk(tree)
    cells: list[Cells] = []
    for value, kind in walk:
        if kind and id(value) in own and not walk.within_whole:
            cells += kind.cells(value)
        if is_flat(value):
            walk.pass_over()
    return any([_rearranged(one, how) for one in cells])  # noqa: C419 - every one of them is rearranged


def _rearranged(cells: Cells, how: Rearranged) -> bool:
    last = cells.count - 2
    middle = min(cells.count // 2, last)
    looked_at = {
        "swapped": range(last, max(-1, last - _LOOKED_AT), -1),
        "last": range(last, max(-1, last - _LOOKED_AT), -1),
        "middle": range(middle, max(-1, middle - _LOOKED_AT), -1),
        "first": range(min(last + 1, _LOOKED_AT)),
    }[how]
    for number in looked_at:
        one, next_one = cells.get(number), cells.get(number + 1)
        if not _unlike(one, next_one):
            continue
        if how in ("swapped", "first"):
            cells.put(number, next_one)
        if how != "first":
            cells.put(number + 1, one)
        return True
    return False


def _unlike(one: Any, other: Any) -> bool:
    kind = kind_of(type(one))
    if kind is None or type(one) is not type(other) or not kind.atom:
        return False
    return first_difference(one, other, exact()) is not None
