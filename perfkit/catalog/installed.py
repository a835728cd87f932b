"""Whether a module is installed, and where: asked of the import system without importing anything."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import all_suffixes
from pathlib import Path

__all__ = ["is_installed", "package_folder", "remedy"]


def package_folder(name: str) -> Path | None:
    """The folder of a package by its dotted name; None when there is none."""
    return next((place for place in _places(name) if place.is_dir()), None)


def is_installed(name: str) -> bool:
    """Whether a module of that dotted name can be found, or is there already (os.path has no file of that name)."""
    if sys.modules.get(name) is not None:
        return True
    if "." not in name:
        return _top(name) is not None
    files = (place.with_name(place.name + suffix) for place in _places(name) for suffix in all_suffixes())
    return package_folder(name) is not None or any(file.is_file() for file in files)


def remedy(needs: Mapping[str, str]) -> str:
    """What to type for those of `needs` (module -> what pip calls it) that are missing; "" when none is."""
    missing = [module for module in needs if not is_installed(module)]
    if not missing:
        return ""
    wanted = shlex.join(dict.fromkeys(needs[module] for module in missing))  # [ and > mean something to a shell
    return f"pip install {wanted} ({' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed)"


def _places(name: str) -> Iterator[Path]:
    """Where a dotted name may stand. Descends by path: find_spec of a dotted name would import its parents."""
    first, *rest = name.split(".")
    for location in _top(first) or ():
        yield Path(location, *rest)


def _top(name: str) -> list[str] | None:
    """The folders of a top-level package, none for a plain module; None when nothing has that name."""
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:  # __main__, or a stand-in for a module: in memory without a spec
        return []
    except ImportError:  # somebody's finder forbids it
        return None
    return None if spec is None else list(spec.submodule_search_locations or ())
