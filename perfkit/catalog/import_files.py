"""Import the recipes and targets that are asked for, by names made from their files' places.

Beside `sources/importing.py`, for functions that the user names, no other place in perfkit imports by name. Why a
file will not load may be said earlier: by `parse_file.py` (it is no Python), `read_files.py` (its fields) or
`validate.py` (it does not fit its target). What the file itself raises reaches `sources/catalog.py`.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from dataclasses import fields
from pathlib import Path

from perfkit.catalog.parse_file import read_source
from perfkit.catalog.read_files import RecipeEntry, TargetEntry
from perfkit.errors import CatalogError
from perfkit.recipe import Recipe
from perfkit.target import Target

__all__ = ["load_needed", "load_recipe", "load_target"]


def load_recipe(entry: RecipeEntry) -> Recipe:
    """Import one recipe file and return its RECIPE, checked against what the file declares."""
    recipe = getattr(_load(entry.module, entry.path, entry.root), "RECIPE", None)
    if not isinstance(recipe, Recipe):
        raise CatalogError(f"{entry.path}: RECIPE is not a Recipe", hint="RECIPE = Recipe(...)")
    for name in (f.name for f in fields(Recipe) if f.name != "apply"):
        if getattr(recipe, name) != getattr(entry.recipe, name):
            raise CatalogError(
                f"{entry.path}: {name} is not what the file says literally",
                hint="write every field of RECIPE but apply as a literal",
            )
    return recipe


def load_needed(entry: RecipeEntry) -> None:
    """Import what one recipe file imports at its top from elsewhere, so that what those libraries set is theirs.

    What cannot be imported is left to the file itself, whose error says where.
    """
    for module, name in read_source(entry.path).imports:
        with contextlib.suppress(ImportError):
            if name and not hasattr(importlib.import_module(module), name):  # noqa: TID251
                module = f"{module}.{name}"
            importlib.import_module(module)  # noqa: TID251


def load_target(entry: TargetEntry) -> Target:
    """Import one target file and return its TARGET."""
    target = getattr(_load(entry.module, entry.path, entry.root), "TARGET", None)
    if not isinstance(target, Target):
        raise CatalogError(f"{entry.path}: TARGET is not a Target", hint="TARGET = Target(...)")
    return target


def _load(module: str, path: Path, root: Path | None) -> types.ModuleType:
    package = module.partition(".")[0]
    if root is not None and package not in sys.modules:
        private = types.ModuleType(package)
        private.__path__ = [str(root.resolve())]
        sys.modules[package] = private
    real = path.resolve()
    for name, other in list(sys.modules.items()):
        file = getattr(other, "__file__", None)
        if name != module and isinstance(file, str) and file.endswith(path.name) and Path(file).resolve() == real:
            raise CatalogError(f"{path} is already loaded as {name}", hint=f"import it as {module}")
    return importlib.import_module(module)  # noqa: TID251
