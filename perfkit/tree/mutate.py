"""Wrong copies of a right output. A proof that accepts one of them proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence, exact
from perfkit.tree.compare import first_difference
from perfkit.tree.kind import Kind
from perfkit.tree.registry import UnknownType
from perfkit.tree.walk import Spot, Walk, copy, path_of, place_of

__all__ = ["mutants"]

_PLACES = 3  # of one type that are spoilt; arrays are all spoilt
_Place = tuple[Any, Kind, Spot]


def mutants(tree: Any, earlier: Any, rule: Equivalence, seed: int = 0) -> Iterator[tuple[str, Any]]:
    """Wrong copies of a right output, by name: each array of numbers in turn, then some values of every other type.

    An array has one element off by 10 tolerances, two rows swapped, and the last row stale (taken from `earlier`, an
    output for another input, or else from the row before). A mutant that would equal the original is skipped, and so
    are the parts that the rule does not compare.
    """
    rng = np.random.default_rng(seed)
    arrays, others = _places(tree, rule)
    before = [value for value, *_ in _places(earlier, rule)[0]] if earlier is not None else []
    spoil = [(place, f"(array {number})") for number, place in enumerate(arrays)]
    spoil += [(place, f"at {place_of(place[2])}") for place in _few(others, rng)]
    for number, ((value, kind, spot), said) in enumerate(spoil):
        stale = before[number] if number < min(len(arrays), len(before)) else None
        for name, wrong in kind.wrong(value, stale, rule, rng):
            spoilt = _spoilt(tree, path_of(spot), wrong)
            if spoilt is not None and first_difference(tree, spoilt[0], exact()) is not None:
                yield f"{name} {said}", spoilt[0]


def _spoilt(tree: Any, path: tuple[int, ...], wrong: Any) -> tuple[Any] | None:
    try:
        return (copy(tree, instead=(path, wrong)),)
    except Exception:  # a type that does not take this: nothing wrong can come of it
        return None


def _places(tree: Any, rule: Equivalence) -> tuple[list[_Place], list[_Place]]:
    """The arrays of a tree that are compared, and everything else that is."""
    arrays: list[_Place] = []
    others: list[_Place] = []
    walk = Walk(tree, free=rule.free)
    for value, kind in walk:
        if kind is None:
            raise UnknownType(type(value), walk.place)
        if walk.within_whole:
            continue
        (arrays if kind.numbers(value) else others).append((value, kind, walk.spot))
    return arrays, others


def _few(places: list[_Place], rng: Any) -> Iterator[_Place]:
    """The first, the last and one more of each type."""
    by_type: dict[type, list[_Place]] = {}
    for place in places:
        by_type.setdefault(type(place[0]), []).append(place)
    for same in by_type.values():
        yield from same if len(same) <= _PLACES else (same[0], same[int(rng.integers(1, len(same) - 1))], same[-1])
