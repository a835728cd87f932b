"""Every function that code of this process may call by name, as it was: replaced ones are found, and put back.

What a recipe replaces in numpy, in a class of torch or in its target, its baseline calls too. A library may change
itself when it is first used; what counts as replaced is what every program uses, and whatever comes from a recipe.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import is_
from typing import Any

from perfkit.worker.state.origin import Files, FilesAtNeed, is_of_a_catalogue, made_from, namespace

__all__ = ["FunctionTable"]

# programs call these by name, and they do not change themselves; what is below perfkit is the proof itself
_STRICT = frozenset({"numpy", "scipy", "pandas", "perfkit", *sys.stdlib_module_names} - {"test", "idlelib"})
_STRICT_OF_TORCH = ("torch", "torch.nn.functional", "torch.nn.modules.", "torch.linalg", "torch.fft", "torch._tensor")
# torch wraps these itself when its compiler or packages are first used
_WRAPPED_BY_TORCH = frozenset(
    {
        "torch.nn.modules.module.Module.__init__",
        "torch.nn.modules.module.Module.__setstate__",
        "torch.manual_seed",
        "inspect.getfile",
    }
)
_BUILTINS = frozenset(dir(builtins))
_HOLDERS = (staticmethod, classmethod)

Undo = Callable[[], object]


_Function = tuple[str, types.FunctionType, Any, Any, Any]  # its name, itself, and its code and defaults as they were


@dataclass(slots=True)
class _Space:
    """The names of a module or class, as they were."""

    name: str
    owner: Any
    held: dict[str, Any]
    strict: bool
    own: bool = False  # the target's
    functions: list[_Function] = field(default_factory=list)
    classes: list[type] = field(default_factory=list)


# by identity of a module or class of a library: a process that makes many tables reads each once, and then only looks
# whether its names still stand for what they stood for
_known: dict[int, _Space] = {}


@dataclass(slots=True)
class FunctionTable:
    """Of all modules that are loaded, or of one package alone (`only`, with its last dot)."""

    package: str
    only: bool = False
    _spaces: list[_Space] = field(default_factory=list)
    _modules: set[str] = field(default_factory=set)
    _classes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.extend()

    def extend(self) -> None:
        """Add the modules that have been loaded since, but for those of recipes. Takes up to a tenth of a second."""
        with _without_collector():
            for name, module in list(sys.modules.items()):
                own = name.startswith(self.package)
                if name in self._modules or not isinstance(module, types.ModuleType):
                    continue
                if not own and (self.only or is_of_a_catalogue(name)):
                    continue
                self._modules.add(name)
                self._add(_space_of(name, module, namespace(module), own or _is_strict(name), own))

    def replaced(self) -> str:
        """The first function that is not what it was, by its full name; "" when all are."""
        return next((name for name, _ in self._differing(FilesAtNeed())), "")

    def restore(self) -> None:
        """Put back everything that has been replaced."""
        for _, undo in list(self._differing(FilesAtNeed())):
            with contextlib.suppress(AttributeError, TypeError):  # a class of C takes nothing back, and gave nothing
                undo()

    def _add(self, space: _Space) -> None:
        self._spaces.append(space)
        for cls in space.classes:
            if id(cls) in self._classes or not self._is_wanted(cls):
                continue
            self._classes.add(id(cls))
            home = getattr(cls, "__module__", None)
            strict = space.own or (isinstance(home, str) and _is_strict(home))
            held = type.__getattribute__(cls, "__dict__")
            self._add(_space_of(f"{home}.{cls.__qualname__}", cls, held, strict, space.own))

    def _is_wanted(self, cls: type) -> bool:
        home = cls.__dict__.get("__module__")
        if not isinstance(home, str):
            return not self.only
        return home.startswith(self.package) or not (self.only or is_of_a_catalogue(home))

    def _differing(self, files: Files) -> Iterator[tuple[str, Undo]]:
        for space in self._spaces:
            yield from _replaced_in(space, files)
        for space in self._spaces:
            for name, function, code, defaults, keywords in space.functions:
                if (
                    function.__code__ is not code
                    or function.__defaults__ is not defaults
                    or function.__kwdefaults__ != keywords
                ):
                    yield name, _code_undo(function, code, defaults, keywords)
        if not self.only:
            yield from self._planted_later(files)

    def _planted_later(self, files: Files) -> Iterator[tuple[str, Undo]]:
        """Code of a recipe in a library that was imported after this table was made."""
        for name, module in list(sys.modules.items()):
            if name in self._modules or is_of_a_catalogue(name) or not isinstance(module, types.ModuleType):
                continue
            for key, value in list(namespace(module).items()):
                if made_from(value, files):
                    yield f"{name}.{key}", _nothing
                if issubclass(type(value), type) and value.__dict__.get("__module__") == name:
                    for inner, method in list(value.__dict__.items()):
                        if made_from(method, files):
                            yield f"{name}.{key}.{inner}", _nothing


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Nothing of a table is garbage, and looking for some takes a third of the time that making one takes."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _space_of(name: str, owner: Any, now: Mapping[str, Any], strict: bool, own: bool) -> _Space:
    """The names of a module or class as they are, with the functions and classes among them."""
    known = None if own else _known.get(id(owner))
    if known is not None and known.name == name and _is_untouched(known.held, now) and _have_their_code(known):
        return known
    space = _Space(name, owner, dict(now), strict, own)
    for key, value in space.held.items():
        cls = type(value)
        if cls in _HOLDERS:
            value = value.__func__
            cls = type(value)
        if cls is types.FunctionType:
            kept = value.__kwdefaults__
            code = value.__code__, value.__defaults__, kept and dict(kept)
            space.functions.append((f"{name}.{key}", value, *code))
        elif issubclass(cls, type):
            space.classes.append(value)
    if not own:
        _known[id(owner)] = space
    return space


def _have_their_code(space: _Space) -> bool:
    return all(
        function.__code__ is code and function.__defaults__ is defaults and function.__kwdefaults__ == keywords
        for _, function, code, defaults, keywords in space.functions
    )


def _replaced_in(space: _Space, files: Files) -> Iterator[tuple[str, Undo]]:
    now = namespace(space.owner) if isinstance(space.owner, types.ModuleType) else space.owner.__dict__
    if _is_untouched(space.held, now):
        return
    for key, old in space.held.items():
        new = now.get(key, _GONE)
        if new is old or not _is_watched(key, old):
            continue
        name = f"{space.name}.{key}"
        private = key.startswith("_") and not (key.endswith("__") or space.own or space.name.startswith("perfkit."))
        if (space.strict and not (private or _same_method(old, new) or _is_torchs(name, new))) or made_from(new, files):
            yield name, partial(setattr, space.owner, key, old)
    if len(now) != len(space.held):
        for key in [key for key in now if key not in space.held]:
            shadows = space.own and key in _BUILTINS and isinstance(space.owner, types.ModuleType)
            if shadows or (not space.own and made_from(now[key], files)):
                yield f"{space.name}.{key}", partial(delattr, space.owner, key)


_GONE = object()


def _is_untouched(held: dict[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether every name stands for what it stood for, bound in the same order: nearly always so, and soon seen."""
    return len(held) == len(now) and all(map(is_, held, [*now])) and all(map(is_, held.values(), [*now.values()]))


def _is_watched(key: str, value: Any) -> bool:
    """Functions, classes, modules, what makes a method, and constants such as pi."""
    return (
        callable(value)
        or type(value) in (property, types.ModuleType, *_HOLDERS)
        or (type(value) is float and not key.startswith("_"))
    )


def _same_method(old: Any, new: Any) -> bool:
    """Whether two bound methods are the same one, bound anew."""
    return type(old) is type(new) is types.MethodType and bool(old == new)


def _is_torchs(name: str, new: Any) -> bool:
    """Whether torch has put its own wrapper there."""
    wrapped = name in _WRAPPED_BY_TORCH and type(new) is types.FunctionType
    return wrapped and new.__code__.co_filename in _files_of(
        "torch._dynamo.mutation_guard", "torch._compile", "torch.package.package_importer"
    )


def _files_of(*modules: str) -> set[str]:
    return {getattr(sys.modules.get(module), "__file__", None) or "" for module in modules}


def _is_strict(module: str) -> bool:
    if module.partition(".")[0] == "torch":
        return module in _STRICT_OF_TORCH or module.startswith(_STRICT_OF_TORCH[2])
    return module.partition(".")[0] in _STRICT


def _code_undo(function: types.FunctionType, code: Any, defaults: Any, keywords: Any) -> Undo:
    def undo() -> None:
        function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, keywords

    return undo


def _nothing() -> None:
    """What a library had there before is not known."""
