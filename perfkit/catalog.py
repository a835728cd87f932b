"""Find recipes and targets, and load those that are asked for.

A catalogue is a folder with `recipes/<target>/<slug>.py` and `sample_targets/<target>/`. Its index (`perfkit.index`)
is read without importing anything; `load_recipe` and `load_target` are the only places in perfkit that import by name.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from perfkit.errors import CatalogError, UnknownName, UsageError
from perfkit.index import RecipeEntry, TargetEntry, WorkloadEntry, read_recipe, read_target
from perfkit.recipe import Recipe
from perfkit.target import Target

__all__ = ["Catalog", "RecipeEntry", "TargetEntry", "WorkloadEntry", "load_recipe", "load_target", "open_catalogs"]

_BUILT_IN = Path(__file__).parent
_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Every recipe and target of the given catalogue folders, and the files that could not be read."""

    recipes: tuple[RecipeEntry, ...]
    targets: tuple[TargetEntry, ...]
    broken: tuple[CatalogError, ...]

    def target(self, name: str) -> TargetEntry:
        """The target of that name. Raises UnknownName."""
        for entry in self.targets:
            if entry.id == name:
                return entry
        self._raise_broken(lambda path: path.parent.name == name and path.parent.parent.name == "sample_targets")
        raise UnknownName("target", name, [t.id for t in self.targets])

    def of_target(self, name: str) -> tuple[RecipeEntry, ...]:
        """Every recipe of one target, by id."""
        return tuple(r for r in self.recipes if r.recipe.target == name)

    def recipe(self, name: str, target: str | None = None) -> RecipeEntry:
        """The recipe `target/recipe` or `recipe`. Raises UnknownName, or UsageError when two carry a bare id."""
        found = [r for r in self.recipes if name in (r.recipe.id, r.recipe.full_id)]
        if target is not None and len(found) > 1:
            found = [r for r in found if r.recipe.target == target]
        if not found:
            wanted = name.rpartition("/")[2].replace("-", "_")
            self._raise_broken(lambda path: path.stem == wanted and path.parent.parent.name == "recipes")
            known = {r.recipe.id for r in self.recipes} | {r.recipe.full_id for r in self.recipes if "/" in name}
            raise UnknownName("recipe", name, known)
        if len(found) > 1:
            names = " and ".join(r.recipe.full_id for r in found)
            raise UsageError(f"{name!r} fits two recipes: {names}", hint="name it in full: target/recipe")
        if target is not None and found[0].recipe.target != target:
            raise UsageError(
                f"{found[0].recipe.full_id} is not a recipe of {target}",
                hint=f"perfkit compare {found[0].recipe.target} --recipe {found[0].recipe.id}",
            )
        return found[0]

    def _raise_broken(self, asked_for: Callable[[Path], bool]) -> None:
        """A name that was asked for may exist in a file that cannot be read: then that is what to say."""
        for error in self.broken:
            if error.path is not None and asked_for(error.path):
                raise error


def open_catalogs(extra: Sequence[Path] = ()) -> Catalog:
    """Index perfkit's own catalogue and the `extra` folders. Reads files, imports nothing.

    Raises CatalogError for an extra folder that is no catalogue, and UsageError when two carry one full id.
    """
    recipes: list[RecipeEntry] = []
    targets: list[TargetEntry] = []
    broken: list[CatalogError] = []
    others: dict[str, Path] = {}  # one folder named twice is one catalogue
    for path in extra:
        others.setdefault(os.path.realpath(path), path)  # which takes a link to itself for what it is
    for root in (_BUILT_IN, *others.values()):
        if not (root / "recipes").is_dir() and not (root / "sample_targets").is_dir():
            raise CatalogError(
                f"{root} is not a catalogue", hint="it needs a folder recipes/<target> or sample_targets/<target>"
            )
        recipes += _readable(read_recipe, root, "recipes/*/*.py", broken)
        targets += _readable(read_target, root, "sample_targets/*/target.py", broken)
    _refuse_doubles([(r.recipe.full_id, r.path) for r in recipes], "recipe")
    _refuse_doubles([(t.id, t.path) for t in targets], "target")
    recipes.sort(key=lambda r: r.recipe.full_id)
    return Catalog(recipes=tuple(recipes), targets=tuple(sorted(targets, key=lambda t: t.id)), broken=tuple(broken))


def load_recipe(entry: RecipeEntry) -> Recipe:
    """Import one recipe file and return its RECIPE, checked against what the file declares."""
    recipe = getattr(_load(entry.root, entry.module, entry.path), "RECIPE", None)
    if not isinstance(recipe, Recipe):
        raise CatalogError(f"{entry.path}: RECIPE is not a Recipe", hint="RECIPE = Recipe(...)")
    for field in fields(Recipe):
        if field.name != "apply" and getattr(recipe, field.name) != getattr(entry.recipe, field.name):
            raise CatalogError(
                f"{entry.path}: {field.name} is not what the file says literally",
                hint="write every field of RECIPE but apply as a literal",
            )
    return recipe


def load_target(entry: TargetEntry) -> Target:
    """Import one target file and return its TARGET."""
    target = getattr(_load(entry.root, entry.module, entry.path), "TARGET", None)
    if not isinstance(target, Target):
        raise CatalogError(f"{entry.path}: TARGET is not a Target", hint="TARGET = Target(...)")
    return target


def _readable(
    read: Callable[[Path, str, Path], _Entry], root: Path, pattern: str, broken: list[CatalogError]
) -> Iterator[_Entry]:
    """Every entry that can be read; the errors of the others go to `broken`."""
    package = _package_name(root)
    for path in sorted(root.glob(pattern)):
        if path.name.startswith(("_", ".")) or path.parent.name.startswith(".") or not path.is_file():
            continue
        try:
            yield read(path, package, root)
        except CatalogError as error:
            error.path = path
            broken.append(error)


def _refuse_doubles(named: Iterable[tuple[str, Path]], kind: str) -> None:
    seen: dict[str, Path] = {}
    for name, path in named:
        if name in seen:
            raise UsageError(f"two files define the {kind} {name}: {seen[name]} and {path}", hint="rename one of them")
        seen[name] = path


def _package_name(root: Path) -> str:
    if root == _BUILT_IN:
        return "perfkit"
    return "perfkit_catalog_" + hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:12]


def _load(root: Path, module: str, path: Path) -> types.ModuleType:
    package = _package_name(root)
    if package != "perfkit" and package not in sys.modules:
        private = types.ModuleType(package)
        private.__path__ = [str(root.resolve())]
        sys.modules[package] = private
    real = path.resolve()
    for name, other in list(sys.modules.items()):
        file = getattr(other, "__file__", None)
        if name != module and isinstance(file, str) and file.endswith(path.name) and Path(file).resolve() == real:
            raise CatalogError(f"{path} is already loaded as {name}", hint=f"import it as {module}")
    return importlib.import_module(module)
