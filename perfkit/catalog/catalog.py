"""Find recipes and targets: all that there are, and why others cannot be used.

They stand on folders (`folders`): perfkit's own, those of installed packages, those of folders that are named.
Their files are read without importing anything (`read_files`, where most refusals are; `validate`: whether a recipe
fits its target). `import_files` imports those that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from perfkit.catalog.folders import CatalogFolder, find_folders
from perfkit.catalog.installed import remedy
from perfkit.catalog.read_files import (
    RecipeEntry,
    TargetEntry,
    WorkloadEntry,
    id_of,
    read_recipe,
    read_target,
    without_hardware,
)
from perfkit.catalog.validate import sort_out
from perfkit.errors import CatalogError, UnknownName, UsageError

__all__ = [
    "Catalog",
    "RecipeEntry",
    "TargetEntry",
    "WorkloadEntry",
    "open_catalogs",
]

_Entry = TypeVar("_Entry", RecipeEntry, TargetEntry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Every recipe and target that can be used, and why others cannot: files, and entry points of packages.

    Every name that a recipe of a target in `targets` uses exists, and what its claim was made on is compatible.
    """

    recipes: tuple[RecipeEntry, ...]
    targets: tuple[TargetEntry, ...]
    broken: tuple[CatalogError, ...]
    installed: bool = field(default=True, compare=False)  # whether a package brings a catalogue with it
    folders: tuple[Path, ...] = field(default=(), compare=False)  # that were named, beside perfkit's own

    def target(self, name: str) -> TargetEntry:
        """The target of that name. Raises UnknownName."""
        for entry in self.targets:
            if entry.id == name:
                return entry
        self._raise_broken("target", name)
        raise UnknownName("target", name, [t.id for t in self.targets], more=self._elsewhere("targets"))

    def of_target(self, name: str) -> tuple[RecipeEntry, ...]:
        """Every recipe of one target, by id."""
        return tuple(r for r in self.recipes if r.recipe.target == name)

    def recipe(self, name: str, target: str | None = None) -> RecipeEntry:
        """The recipe `target/recipe` or `recipe`. Raises UnknownName, or UsageError when two carry a bare id."""
        found = [r for r in self.recipes if name in (r.recipe.id, r.recipe.full_id)]
        if target is not None and len(found) > 1:
            found = [r for r in found if r.recipe.target == target]
        if not found:
            self._raise_broken("recipe", name)
            if any(t.id == name for t in self.targets):
                raise UsageError(f"{name} is a target, not a recipe", hint="perfkit list recipes")
            known = {r.recipe.id for r in self.recipes} | {r.recipe.full_id for r in self.recipes if "/" in name}
            own = [r.recipe.full_id if "/" in name else r.recipe.id for r in self.recipes if r.recipe.target == target]
            raise UnknownName("recipe", name, known, likely=own, more=self._elsewhere("recipes"))
        if len(found) > 1:
            names = ", ".join(r.recipe.full_id for r in found)
            raise UsageError(f"{name!r} fits several recipes: {names}", hint="name it in full: target/recipe")
        if target is not None and found[0].recipe.target != target:
            self._raise_broken("recipe", f"{target}/{name}")
            raise UsageError(
                f"{found[0].recipe.full_id} is not a recipe of {target}",
                hint=f"perfkit compare {found[0].recipe.target} --recipe {found[0].recipe.id}",
            )
        return found[0]

    def check_readable(self, names: Sequence[str]) -> None:
        """Raise the CatalogError of a target or recipe that has one of these names and cannot be read."""
        for name in names:
            self._raise_broken("target", name)
            self._raise_broken("recipe", name)

    def _elsewhere(self, what: str) -> str:
        """Where else a name may stand; nothing to say to someone who has named a folder."""
        return "" if self.folders else f"{what} of your own: --catalog DIR"

    def _raise_broken(self, kind: str, name: str) -> None:
        """A name that was asked for may exist in a file that cannot be read: then that is what to say."""
        for error in self.broken:
            if error.about is not None:
                blamed, full_id = error.about
                if blamed == kind and name in (full_id, full_id.rpartition("/")[2]):
                    raise error


def open_catalogs(extra: Sequence[Path] = (), *, installed: bool = True, target: str | None = None) -> Catalog:
    """Index perfkit's own catalogue, those of installed packages, and the `extra` folders. Imports nothing.

    `target`: read the files of that one alone, as a worker does, which has no use for the others. Raises CatalogError
    for an extra folder that is no catalogue, and UsageError when two of these carry one full id.
    """
    folders, broken = find_folders(extra, installed=installed)
    packaged = any(folder.installed for folder in folders)
    recipes = [found for s in folders if s.kind == "recipe" for found in _readable(read_recipe, s, broken, target)]
    targets = [found for s in folders if s.kind == "target" for found in _readable(read_target, s, broken, target)]
    known = tuple(_unique("target", targets, broken))
    fitting, misfits = sort_out(tuple(_unique("recipe", recipes, broken)), known, broken)
    fitting = tuple(_where_it_runs(entry, known) for entry in fitting)
    return Catalog(recipes=fitting, targets=known, broken=(*broken, *misfits), installed=packaged, folders=tuple(extra))


def _where_it_runs(entry: RecipeEntry, targets: Sequence[TargetEntry]) -> RecipeEntry:
    """A recipe whose target lacks a module lacks it too; for a GPU it is not measured where its target does not run."""
    target = next((t for t in targets if t.id == entry.recipe.target), None)
    if target is None:
        return entry
    if "cuda" in entry.recipe.hardware and target.device != "cuda":
        entry = without_hardware(entry, f"{target.id} runs on the processor")
    if not target.unavailable:
        return entry
    return replace(entry, unavailable=remedy({**target.needs, **entry.recipe.needs}))


def _readable(
    read: Callable[[Path, str, Path | None], _Entry],
    folder: CatalogFolder,
    broken: list[CatalogError],
    target: str | None,
) -> Iterator[tuple[str, CatalogFolder, _Entry]]:
    """(id, folder, entry) of every file, or of one target's, that can be read; the others' errors go to `broken`."""
    for path in folder.files():
        name = id_of(path.parent.name)
        if target not in (None, name):
            continue
        full_id = name if folder.kind == "target" else f"{name}/{id_of(path.stem)}"
        try:
            folder.check_within(path)
            if folder.kind == "target":
                folder.check_within(path.with_name("ops.py"))
            yield full_id, folder, read(path, folder.package, folder.root)
        except CatalogError as error:
            error.about = folder.kind, full_id
            broken.append(error)


def _unique(
    kind: str, found: Sequence[tuple[str, CatalogFolder, _Entry]], broken: list[CatalogError]
) -> Iterator[_Entry]:
    """The entries whose id is theirs alone, by id.

    Two folders that are named, or one and perfkit's own, with one id: UsageError. A package that is merely installed
    must not stop all else, nor may it take the place of anything: what is perfkit's own stays so, and any other id is
    nobody's, and says so when asked for.
    """
    for name in sorted({name for name, _, _ in found}):
        same = [(folder, entry) for other, folder, entry in found if other == name]
        if any(folder.own for folder, _ in same):
            for _, entry in (pair for pair in same if pair[0].installed):
                message = f"{entry.path}: the {kind} {name} is perfkit's own"
                broken.append(CatalogError(message, hint="rename it, or uninstall its package"))
            same = [pair for pair in same if not pair[0].installed]
        if len(same) == 1:
            yield same[0][1]
            continue
        count = {2: "two"}.get(len(same), str(len(same)))
        message = f"{count} files define the {kind} {name}: {' and '.join(str(entry.path) for _, entry in same)}"
        if sum(not folder.installed for folder, _ in same) > 1:
            raise UsageError(message, hint="rename one of them")
        error = CatalogError(message, hint="rename one of them, or uninstall its package")
        error.about = kind, name
        broken.append(error)
