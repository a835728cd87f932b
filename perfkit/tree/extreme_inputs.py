"""Extreme inputs, drawn by type from a real one: empty, of one element, NaN, huge, sorted, lying otherwise in memory.

Only what fits the type of a value takes its place; shapes, dtypes and keys of the rest stay as they are. That is no
proof that the code under test was ever meant for them: what differs there is worth knowing, and no more.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from perfkit.tree.extreme_arrays import Variant, of_array, of_frame, of_tensor
from perfkit.tree.extreme_values import of_dict, of_list, of_number, of_set, of_text, vector
from perfkit.tree.kind import Kind
from perfkit.tree.registry import UnknownType, kind_of
from perfkit.tree.walk import copy

__all__ = ["Variant", "extremes", "variants"]

_DEEPEST = 6  # levels of containers that are looked into
_MOST_PARTS = 1_000  # of one container: a longer one is taken as a whole
_MOST_ALONE = 4  # parts of one family that are varied one at a time
_DICTS = (dict, OrderedDict, defaultdict, Counter)
_TEXTS = (str, bytes, bytearray)
_ALIKE = ("array", "tensor", "frame", "list", "text", "number")  # families whose parts are varied all at once too

_Path = tuple[int, ...]


def extremes(example: Any, where: str = "input") -> Iterator[tuple[str, Any]]:
    """Each extreme of an input, in words and as a value of its own; `example` is left as it is.

    In a tree with several parts of a kind, all of them at once come first, then each of the first few. Raises
    UnknownType for what cannot be copied.
    """
    for name, make in variants(example, where):
        yield name, make()


def variants(example: Any, where: str = "input") -> list[Variant]:
    """The same, with what makes each value anew: equal examples have equal variants, in the same order."""
    families: dict[str, list[_Part]] = {}
    for part in _parts(example, where):
        families.setdefault(part.family, []).append(part)
    found: dict[str, Callable[[], Any]] = {}
    for family, parts in families.items():
        if len(parts) > 1 and family in _ALIKE:
            found.update(_at_once(example, family, parts))
    for parts in families.values():
        for part in parts if len(parts) <= _MOST_ALONE else parts[: _MOST_ALONE - 1] + parts[-1:]:
            said = f" in {part.place}" if part.path else ""
            for name, make in part.variants.items():
                found[name + said] = partial(_made, example, {part.path: make})
    return list(found.items())


@dataclass(slots=True)
class _Part:
    """A part of the input that has extremes, and where it stands."""

    family: str
    path: _Path
    place: str
    variants: dict[str, Callable[[], Any]] = field(default_factory=dict)


def _at_once(example: Any, family: str, parts: list[_Part]) -> Iterator[Variant]:
    for name in dict.fromkeys(name for part in parts for name in part.variants):
        changes = {part.path: part.variants[name] for part in parts if name in part.variants}
        if len(changes) > 1:
            yield f"{name} in every {family}", partial(_made, example, changes)


def _parts(value: Any, place: str, path: _Path = (), above: tuple[int, ...] = ()) -> Iterator[_Part]:
    """Every part that has extremes, from the top. Objects whose state is not their fields are left alone."""
    family, found = _variants_of(value)
    if found:
        yield _Part(family, path, place, dict(found))
    kind = kind_of(type(value))
    if kind is None or not _holds_parts(value, kind) or id(value) in above or len(path) >= _DEEPEST:
        return
    items, fields = _held(value, kind)
    if len(items) > _MOST_PARTS:
        return
    above = (*above, id(value))
    for number, item in enumerate(items):
        yield from _parts(item, place + kind.place(value, number), (*path, number), above)
    for number, (name, held) in enumerate(fields.items(), len(items)):
        yield from _parts(held, f"{place}.{name}", (*path, number), above)


def _held(value: Any, kind: Kind) -> tuple[list[Any], dict[str, Any]]:
    return kind.items(value), kind.fields(value) if kind.has_fields else {}


def _holds_parts(value: Any, kind: Kind) -> bool:
    if type(value) in (list, deque):
        return not vector(value)
    return isinstance(value, tuple) or type(value) in _DICTS or type(kind) is Kind


def _variants_of(value: Any) -> tuple[str, list[Variant]]:
    """The family of a value, and its extremes; nothing for what has none."""
    cls, torch = type(value), sys.modules.get("torch")
    found: tuple[str, Iterator[Variant]] = ("", iter(()))
    if cls is np.ndarray:
        found = "array", of_array(value)
    elif cls in (list, deque):
        found = "list" if vector(value) else "container", of_list(value)
    elif cls in _DICTS:
        found = "container", of_dict(value)
    elif cls in (set, frozenset):
        found = "container", of_set(value)
    elif cls in (bool, int, float, complex) or isinstance(value, np.number | np.bool_):
        found = "number", of_number(value)
    elif cls in _TEXTS:
        found = "text", of_text(value)
    elif torch is not None and cls is torch.Tensor:
        found = "tensor", of_tensor(value)
    elif cls.__module__.partition(".")[0] in ("pandas", "polars") and cls.__name__ in ("DataFrame", "Series"):
        found = "frame", of_frame(value)
    return found[0], list(found[1])


def _made(value: Any, changes: Mapping[_Path, Callable[[], Any]]) -> Any:
    """A copy with other parts at some paths. These are not copied: how they lie in memory is what counts in some."""
    if () in changes:
        return changes[()]()
    if not changes:
        return copy(value, "input")
    kind = kind_of(type(value))
    if kind is None:
        raise UnknownType(type(value), "input")
    items, fields = _held(value, kind)
    below: dict[int, dict[_Path, Callable[[], Any]]] = {}
    for path, make in changes.items():
        below.setdefault(path[0], {})[path[1:]] = make
    made = [_made(part, below.get(number, {})) for number, part in enumerate([*items, *fields.values()])]
    new = kind.fill(kind.shell(value), value, made[: len(items)])
    for name, part in zip(fields, made[len(items) :], strict=True):
        kind.set_field(new, name, part)
    return new
