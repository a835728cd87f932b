"""Functions by name: `pkg.mod:func`, `pkg.mod:Class.method`, `file.py:func`; and what to say where there is none."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from perfkit.errors import UnknownName, UsageError, WorkFailed
from perfkit.grammar import Function, read_function
from perfkit.phrases import a_or_an, listed
from perfkit.worker.frames import users_frames

__all__ = ["function_at", "importable"]

_ALIAS = "own_"  # before the name of a file that the standard library has too
_MOST_FRAMES = 6


def importable(folder: str) -> None:
    """Let modules of a folder be imported before all others, as `python -m` does for the current one."""
    if folder and folder not in sys.path:
        sys.path.insert(0, folder)


def function_at(text: str, folder: str = "") -> Callable[..., Any]:
    """The function of that name. `folder`: the user's current one.

    Raises UsageError where there is none, with the nearest name, and WorkFailed where its module raises, with the
    user's own frames.
    """
    named = read_function(text)
    module = _module_of(named, folder)
    holder: Any = module
    found: Any = module
    for number, part in enumerate(named.name.split(".")):
        holder, found = found, getattr(found, part, None)
        if found is None:
            raise _no_such(named, holder, number, part)
    if not callable(found):
        raise UsageError(f"{text} is {a_or_an(type(found).__name__)}, not a function", hint=_callables_hint(holder))
    checked: Callable[..., Any] = found
    return checked


def _no_such(named: Function, holder: Any, number: int, part: str) -> UsageError:
    """What to say where a module, or a class of it, has no such name."""
    where = ":".join([named.where, *[".".join(named.name.split(".")[:number])] * (number > 0)])
    kind = "function" if isinstance(holder, types.ModuleType) else "method"
    return UnknownName(f"{kind} of {where}", part, _callables(holder))


def _callables(holder: Any) -> list[str]:
    """The names of what can be called in a module or class; what a module defines itself, where that is anything."""
    if not isinstance(holder, types.ModuleType):
        found = {name: inspect.getattr_static(holder, name, None) for name in dir(holder) if not name.startswith("__")}
        return [name for name, value in found.items() if callable(value) or isinstance(value, classmethod)]
    public = {name: value for name, value in vars(holder).items() if callable(value) and not name.startswith("__")}
    own = [name for name, value in public.items() if getattr(value, "__module__", None) == holder.__name__]
    return own or [*public]


def _callables_hint(holder: Any) -> str:
    names = sorted(_callables(holder))
    return f"it has {listed(names, 8)}" if names else "write pkg.mod:func, or file.py:func"


def _module_of(named: Function, folder: str) -> types.ModuleType:
    if named.in_file:
        return _from_file(Path(folder, named.where))
    top = named.where.partition(".")[0]
    own = Path(folder, f"{top}.py")
    if folder and "." not in named.where and own.is_file() and _is_another(top, own):
        return _from_file(own)  # a library has the name too, and has been imported already
    importable(folder)
    return _guarded(named.where, f"-c 'import {named.where}'", lambda: _imported(named.where, folder))


def _imported(name: str, folder: str) -> types.ModuleType:
    try:
        return importlib.import_module(name)  # noqa: TID251
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise _no_module(name, error.name, folder) from None
        raise


def _no_module(name: str, missing: str, folder: str) -> UsageError:
    here = {p.stem for p in Path(folder or ".").glob("*.py")} | {
        p.parent.name for p in Path(folder or ".").glob("*/__init__.py")
    }
    near = difflib.get_close_matches(name, sorted(here), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "a module is looked for in the current folder first"
    if Path(folder, f"{name.replace('.', os.sep)}.py").is_file() or name.endswith(".py"):
        hint = f"write {name.replace('.', '/')}.py:func for a file that no package holds"
    return UsageError(f"there is no module {missing}", hint=hint)


def _from_file(path: Path) -> types.ModuleType:
    """The module that a file holds, under its own name where that is free; its folder can be imported from."""
    if not path.is_file():
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*.py")], n=1, cutoff=0.5)
        raise UsageError(f"there is no file {path}", hint=f"did you mean {near[0]}?" if near else "name a .py file")
    path = path.resolve()
    importable(str(path.parent))
    name = f"{_ALIAS}{path.stem}" if _is_another(path.stem, path) or not path.stem.isidentifier() else path.stem
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == str(path):
        return known
    while name in sys.modules:  # two files of one name
        name = f"{_ALIAS}{name}"
        if getattr(sys.modules.get(name), "__file__", None) == str(path):
            return sys.modules[name]

    def load() -> types.ModuleType:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise UsageError(f"{path} is not a Python file", hint="name a .py file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # as `import` does: classes find their module while it runs
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    return _guarded(path.name, str(path), load)


def _is_another(name: str, path: Path) -> bool:
    """Whether a module by that name is loaded from elsewhere, or is the standard library's."""
    known = sys.modules.get(name)
    if known is None:
        return name in sys.stdlib_module_names
    file = getattr(known, "__file__", None)
    return file is None or Path(file).resolve() != path.resolve()


def _guarded(what: str, how: str, load: Callable[[], types.ModuleType]) -> types.ModuleType:
    """What `load` imports, as `python HOW` would. Raises WorkFailed with the frames of the user's own files."""
    try:
        return load()
    except (UsageError, KeyboardInterrupt):
        raise
    except BaseException as error:
        said = "".join(traceback.format_exception_only(error)).strip().splitlines()
        lines = [*_frames(error), *(said if isinstance(error, SyntaxError) else said[1:])]
        last = said[-1] if isinstance(error, SyntaxError) else said[0]
        hint = f"it must import by itself: python {how}"
        if isinstance(error, SystemExit):
            hint = f'what it does as a program belongs under if __name__ == "__main__":; {hint}'
        raise WorkFailed("\n".join([f"importing {what} raises {last}", *lines]), hint=hint) from None


def _frames(error: BaseException) -> Iterator[str]:
    for frame in users_frames(error)[-_MOST_FRAMES:]:
        yield f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
