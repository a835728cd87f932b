"""Whose code is it: a recipe's and its target's, or a library's?"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Container
from typing import Any

__all__ = [
    "Files",
    "FilesAtNeed",
    "add_catalogue",
    "files_of_catalogues",
    "is_of_a_catalogue",
    "made_from",
    "namespace",
]

_prefixes: set[str] = set()  # of the modules that recipes and targets are loaded as, with the last dot
_INNER = ("__wrapped__", "func", "py_func", "pyfunc", "_torchdynamo_orig_callable")
_HOLDERS: dict[type, str] = {
    staticmethod: "__func__",
    classmethod: "__func__",
    types.MethodType: "__func__",
    property: "fget",
    functools.partial: "func",
    functools.cached_property: "func",
}
_DEEPEST = 8  # wrappers around a function

Files = Container[str]


def add_catalogue(module: str) -> None:
    """From now on what stands beside `module` (`pkg.recipes.target.slug`) counts as a catalogue's."""
    parts = module.split(".")
    own = parts[0] == "perfkit"  # whose engine is no recipe
    _prefixes.add(".".join(parts[:2] if own else parts[:1]) + ".")


def is_of_a_catalogue(module: str) -> bool:
    """Whether a module by that name comes from a catalogue that something was loaded from."""
    return f"{module}.".startswith(tuple(_prefixes))


def files_of_catalogues() -> frozenset[str]:
    """The source files of all that has been loaded from catalogues."""
    named = ((name, getattr(module, "__file__", None)) for name, module in list(sys.modules.items()))
    return frozenset(file for name, file in named if isinstance(file, str) and is_of_a_catalogue(name))


class FilesAtNeed:
    """As `files_of_catalogues`, found once it is asked for one: they are looked for among all that has been loaded."""

    def __init__(self) -> None:
        self._found: Files | None = None

    def __contains__(self, file: object) -> bool:
        if self._found is None:
            self._found = files_of_catalogues()
        return file in self._found


def made_from(value: Any, files: Files) -> bool:
    """Whether a function or class, or what is inside a wrapper of one, stands in one of these files."""
    for _ in range(_DEEPEST):
        cls = type(value)
        if cls is types.FunctionType:
            if value.__code__.co_filename in files:
                return True
        elif issubclass(cls, type):
            return _file_of(value) in files
        elif cls.__flags__ & _HEAP and _file_of(cls) in files:  # an instance of a class that stands there
            return True
        value = _inner(value, cls)
        if value is None:
            return False
    return False


def namespace(value: Any) -> dict[str, Any]:
    """The `__dict__` of a value, as it is: asking a library's object in the usual way may make it work."""
    try:
        held: dict[str, Any] = object.__getattribute__(value, "__dict__")
    except (AttributeError, TypeError):
        return {}
    return held


_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made while running, by a class statement for instance


def _inner(value: Any, cls: type) -> Any:
    if cls in _HOLDERS:
        return getattr(value, _HOLDERS[cls])
    held = namespace(value)
    return next((held[name] for name in _INNER if callable(held.get(name))), None) if held else None


def _file_of(cls: type) -> str | None:
    module = type.__getattribute__(cls, "__dict__").get("__module__")
    file = getattr(sys.modules.get(module), "__file__", None) if isinstance(module, str) else None
    return file if isinstance(file, str) else None
