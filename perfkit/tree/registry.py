"""The kinds of all types that the tree knows. A type that nothing here knows is refused by name, never guessed at."""

from __future__ import annotations

import enum
import importlib
import sys
from collections.abc import Callable
from typing import Any, Literal

from perfkit.errors import PerfkitError
from perfkit.tree.kind import ByState, Kind, Maker, slots_of
from perfkit.tree.lazy import is_lazy

__all__ = ["UnknownType", "add", "kind_of", "register"]

_LATER = {  # libraries that are looked up where a program has imported them, and what knows their types
    "torch": "perfkit.tree.tensors",
    "pandas": "perfkit.tree.frames",
    "polars": "perfkit.tree.polars_frames",
    "scipy.sparse": "perfkit.tree.sparse",
    "bitarray": "perfkit.tree.bits",
    "pydantic": "perfkit.tree.pydantic_models",
    "ast": "perfkit.tree.nodes",
    "xml.etree.ElementTree": "perfkit.tree.nodes",
}


_makers: dict[type, tuple[Maker, str]] = {}  # by type: what makes its kind, and for which subclasses
_kinds: dict[type, Kind | None] = {}


class UnknownType(PerfkitError):
    """A value whose type the tree does not know, so that it can neither be copied nor compared."""

    def __init__(self, cls: type, place: str) -> None:
        super().__init__(f"unknown type {cls.__module__}.{cls.__qualname__} at {place}", hint=_hint(cls))
        self.type = cls
        self.place = place


def add(maker: Maker, *types: type, derived: Literal["none", "fields", "all"] = "none") -> None:
    """Make types known. `derived`: the subclasses that are known with them, such as those that only add fields."""
    _makers.update(dict.fromkeys(types, (maker, derived)))
    _kinds.clear()


def register(cls: type, state: Callable[[Any], Any], make: Callable[[Any], Any]) -> None:
    """Make a type of yours known to proof and snapshots.

    `state(value)` gives all that is compared, as values of known types (a dict of them, say); `make(state)` builds an
    equal value from it. Subclasses are not meant.
    """
    add(lambda known: ByState(known, state, make), cls)


def kind_of(cls: type) -> Kind | None:
    """What is known of a type, or None."""
    try:
        return _kinds[cls]
    except KeyError:
        pass
    _load(cls)
    kind = _kinds[cls] = _find(cls)
    return kind


def _load(cls: type) -> None:
    """Import what knows the types of a library, when the first value of it is met."""
    homes = {f"{base.__module__}." for base in cls.__mro__}
    for library in [name for name in _LATER if any(home.startswith(f"{name}.") for home in homes)]:
        if library in sys.modules:
            importlib.import_module(_LATER.pop(library))  # noqa: TID251 - a module of this folder


def _find(cls: type) -> Kind | None:
    if cls in _makers:
        return _makers[cls][0](cls)
    if is_lazy(cls):
        return None
    bases = (enum.Enum, *cls.__mro__[1:]) if issubclass(cls, enum.Enum) else cls.__mro__[1:]
    for base in bases:
        if base in _makers:
            maker, derived = _makers[base]
            return maker(cls) if derived == "all" or (derived == "fields" and _adds_only_fields(cls, base)) else None
    return None


def _adds_only_fields(cls: type, base: type) -> bool:
    """Whether instances hold nothing beside their fields and what `base` holds: no memory of a C extension's own."""
    own = sum(1 for _ in slots_of(cls)) - sum(1 for _ in slots_of(base))
    extra = cls.__basicsize__ - base.__basicsize__ - 8 * own
    has_dict, has_weakref = cls.__dictoffset__ != base.__dictoffset__, cls.__weakrefoffset__ != base.__weakrefoffset__
    return cls.__itemsize__ == base.__itemsize__ and 0 <= extra <= 8 * (has_dict + has_weakref)


def _hint(cls: type) -> str:
    if is_lazy(cls):
        return "it is not a result yet: consume it first (a list of what it gives, or the result that is waited for)"
    if any(base in _makers and base is not object for base in cls.__mro__):
        return (
            "a subclass may hold more than its base shows: give the base type, or register it (perfkit.tree.register)"
        )
    return (
        "give the values that count (`observe` of a target may pick them), compare functions with --equal, "
        "or register the type with perfkit.tree.register"
    )
