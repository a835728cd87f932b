"""What a target keeps in its modules, as it was: numbers, tables, arrays, and what its functions close over.

The baseline reads them, so a recipe that writes them changes what it is compared with. What the baseline writes
itself (a cache, a counter) is not watched.
"""

from __future__ import annotations

import sys
import time
import types
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from perfkit.equivalence import exact
from perfkit.tree import UnknownType, bytes_of, copy, first_difference
from perfkit.worker.state.origin import namespace

__all__ = ["TargetValues"]

_MOST_BYTES = 64 * 2**20  # of the arrays of one value; weights are drawn, not kept in a module
_MOST_S = 0.5  # for copying all of them
_PASSED_OVER = (types.ModuleType, types.BuiltinFunctionType, property, staticmethod, classmethod)


class TargetValues:
    """Copies of all values of one package (with its last dot) that the tree knows."""

    def __init__(self, package: str, first: str = "") -> None:
        """`first`: the module to begin with, where there may be too much for the time that copying is given."""
        self._package, self._first = package, first
        self._kept: dict[str, Any] = {}
        start = time.thread_time()  # what others take of a busy machine leaves no value unwatched
        for name, value in _values(package, first):
            if time.thread_time() - start > _MOST_S:
                break
            with suppress(UnknownType):  # an object that nobody knows how to copy
                if bytes_of(value) <= _MOST_BYTES:
                    self._kept[name] = copy(value)

    def changed(self) -> dict[str, str]:
        """Name -> how it differs, of every value that is not what it was."""
        now = dict(_values(self._package, self._first))
        found = {}
        for name, kept in self._kept.items():
            difference = None
            with suppress(UnknownType):
                difference = first_difference(kept, now.get(name), exact(), name)
            if difference is not None:
                found[name] = str(difference)
        return found

    def leave_out(self, names: Iterator[str] | dict[str, str]) -> None:
        """No longer watch these: the baseline itself changes them."""
        for name in names:
            self._kept.pop(name, None)

    def restore(self) -> None:
        """Put the copies in the place of those that were changed, as far as they stand in a module or class."""
        for name in self.changed():
            place, _, key = name.rpartition(".")
            owner = _owner(place)
            if owner is not None:
                setattr(owner, key, copy(self._kept[name]))


def _values(package: str, first: str) -> Iterator[tuple[str, Any]]:
    for name, module in sorted(sys.modules.items(), key=lambda item: item[0] != first):
        if not name.startswith(package) or not isinstance(module, types.ModuleType):
            continue
        for key, value in list(namespace(module).items()):
            if key.startswith("__") or issubclass(type(value), _PASSED_OVER):
                continue
            home = getattr(value, "__module__", None) if callable(value) else name
            if issubclass(type(value), type):
                yield from _of_class(value, name) if home == name else ()
            elif type(value) is types.FunctionType:
                yield from _of_function(value, f"{name}.{key}") if home == name else ()
            else:
                yield f"{name}.{key}", value


def _of_class(cls: type, module: str) -> Iterator[tuple[str, Any]]:
    for key, value in list(cls.__dict__.items()):
        if type(value) is types.FunctionType:
            yield from _of_function(value, f"{module}.{cls.__qualname__}.{key}")
        elif not (key.startswith("__") or callable(value) or hasattr(type(value), "__get__")):
            yield f"{module}.{cls.__qualname__}.{key}", value


def _of_function(function: types.FunctionType, name: str) -> Iterator[tuple[str, Any]]:
    """What a function remembers: its defaults, what it closes over, what was hung on it."""
    if function.__defaults__:
        yield f"the defaults of {name}", function.__defaults__
    for variable, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # not bound yet
            if not callable(cell.cell_contents):
                yield f"{variable} of {name}", cell.cell_contents
    for key, value in list(function.__dict__.items()):
        if not key.startswith("__") and not callable(value):
            yield f"the attribute {key} of {name}", value


def _owner(place: str) -> Any:
    """The module or class by that name; None for what stands elsewhere."""
    if " " in place:
        return None
    if place in sys.modules:
        return sys.modules[place]
    module, _, cls = place.rpartition(".")
    return namespace(sys.modules[module]).get(cls) if module in sys.modules else None
