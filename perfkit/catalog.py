"""Find recipes and targets, and load those that are asked for.

A catalogue is a folder with `recipes/<target>/<slug>.py` and `sample_targets/<target>/`. Its index is read from
file names and literals without importing anything; `load_recipe` and `load_target` are the only places in
perfkit that import by name.
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
from typing import Any, TypeVar

from perfkit import equivalence as _equivalence
from perfkit.errors import CatalogError, UnknownName, UsageError
from perfkit.literal import OPAQUE, Call, read_source
from perfkit.recipe import Claim, Recipe
from perfkit.target import Seam, Target

__all__ = ["Catalog", "RecipeEntry", "TargetEntry", "WorkloadEntry", "load_recipe", "load_target", "open_catalogs"]

_BUILT_IN = Path(__file__).parent
_Entry = TypeVar("_Entry")
_CALLS = {"Claim": Claim, "exact": _equivalence.exact, "close": _equivalence.close}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeEntry:
    """A recipe as its file declares it. `recipe.apply` cannot be called: nothing has been imported."""

    recipe: Recipe
    summary: str
    doc: str
    path: Path
    module: str
    root: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadEntry:
    """A workload as its target's file declares it."""

    id: str
    summary: str
    sizes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEntry:
    """A target as its files declare it."""

    id: str
    summary: str
    workloads: tuple[WorkloadEntry, ...]
    seams: dict[str, Seam]
    path: Path
    module: str
    root: Path

    @property
    def tree(self) -> dict[str, tuple[str, ...]]:
        """Seam -> the seams its documented form calls."""
        return {name: seam.children for name, seam in self.seams.items()}

    def workload(self, name: str) -> WorkloadEntry:
        """The workload of that name; UnknownName with the nearest when there is none."""
        for workload in self.workloads:
            if workload.id == name:
                return workload
        raise UnknownName(f"workload of {self.id}", name, [w.id for w in self.workloads])


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
    others: dict[Path, Path] = {}  # one folder named twice is one catalogue
    for path in extra:
        others.setdefault(path.resolve(), path)
    for root in (_BUILT_IN, *others.values()):
        if not (root / "recipes").is_dir() and not (root / "sample_targets").is_dir():
            raise CatalogError(
                f"{root} is not a catalogue", hint="it needs a folder recipes/<target> or sample_targets/<target>"
            )
        recipes += _readable(_recipe_entry, root, "recipes/*/*.py", broken)
        targets += _readable(_target_entry, root, "sample_targets/*/target.py", broken)
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


def _recipe_entry(path: Path, package: str, root: Path) -> RecipeEntry:
    source = read_source(path)
    call = source.names.get("RECIPE")
    if not isinstance(call, Call) or call.name != "Recipe":
        raise CatalogError(f"{path}: no RECIPE = Recipe(...) at module level", hint="perfkit new recipe shows the form")
    expected = path.stem.replace("_", "-")
    literals = {k: _literal(path, k, v) for k, v in call.keywords.items() if k != "apply"}
    if literals.get("id") != expected or literals.get("target") != path.parent.name:
        raise CatalogError(
            f"{path}: id and target must be {expected!r} and {path.parent.name!r}, as the file is named",
            hint="rename the file or the id",
        )
    recipe = _build(path, Recipe, (), {**literals, "apply": _not_loaded})
    summary = source.doc.strip().partition("\n")[0]
    if not summary:
        raise CatalogError(f"{path}: the file has no docstring", hint="its first line is the recipe's summary")
    module = f"{package}.recipes.{path.parent.name}.{path.stem}"
    return RecipeEntry(recipe=recipe, summary=summary, doc=source.doc, path=path, module=module, root=root)


def _target_entry(path: Path, package: str, root: Path) -> TargetEntry:
    call = read_source(path).names.get("TARGET")
    if not isinstance(call, Call) or call.name != "Target":
        raise CatalogError(f"{path}: no TARGET = Target(...) at module level")
    if call.keywords.get("id") != path.parent.name:
        raise CatalogError(f"{path}: id must be {path.parent.name!r}, as the folder is named")
    listed = call.keywords.get("workloads")
    if not isinstance(listed, tuple | list) or not all(isinstance(w, Call) for w in listed) or not listed:
        raise CatalogError(f"{path}: workloads must be a literal tuple of Workload(...)")
    workloads = tuple(
        WorkloadEntry(
            id=_literal(path, "id", w.keywords.get("id", OPAQUE)),
            summary=_literal(path, "summary", w.keywords.get("summary", OPAQUE)),
            sizes=_names(path, "sizes", w.keywords.get("sizes", ("small",))),
        )
        for w in listed
    )
    return TargetEntry(
        id=path.parent.name,
        summary=_literal(path, "summary", call.keywords.get("summary", OPAQUE)),
        workloads=workloads,
        seams=_seams(path.with_name("ops.py")),
        path=path,
        module=f"{package}.sample_targets.{path.parent.name}.target",
        root=root,
    )


def _seams(path: Path) -> dict[str, Seam]:
    names = read_source(path).names
    tree, kinds, summaries = (names.get(name, {}) for name in ("TREE", "KINDS", "SUMMARIES"))
    for name, table in (("TREE", tree), ("KINDS", kinds), ("SUMMARIES", summaries)):
        if not isinstance(table, dict):
            raise CatalogError(f"{path}: {name} must be a literal dict", hint='KINDS = {"seam": "call", ...}')
    if not kinds:
        raise CatalogError(f"{path}: KINDS names no seam", hint='KINDS = {"seam": "call", ...}')
    reused = _names(path, "REUSED", names.get("REUSED", ()))
    return {
        name: _build(
            path,
            Seam,
            (),
            {
                "name": name,
                "kind": kind,
                "children": _names(path, "TREE", tree.get(name, ())),
                "reused": name in reused,
                "summary": summaries.get(name, ""),
            },
        )
        for name, kind in kinds.items()
    }


def _literal(path: Path, field: str, value: Any) -> Any:
    if isinstance(value, Call) and value.name in _CALLS:
        keywords = {k: _literal(path, k, v) for k, v in value.keywords.items()}
        return _build(path, _CALLS[value.name], tuple(_literal(path, field, a) for a in value.args), keywords)
    if isinstance(value, tuple | list):
        return type(value)(_literal(path, field, item) for item in value)
    if value is OPAQUE or isinstance(value, Call):
        raise CatalogError(
            f"{path}: {field} must be a literal, so that perfkit can list it without running the file",
            hint="only apply may be code",
        )
    return value


def _names(path: Path, field: str, value: Any) -> tuple[str, ...]:
    found = _literal(path, field, value)
    if not isinstance(found, tuple | list | set) or not all(isinstance(name, str) for name in found):
        raise CatalogError(f"{path}: {field} must be a tuple of names, not {found!r}")
    return tuple(found)


def _build(path: Path, make: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    try:
        return make(*args, **keywords)
    except (TypeError, ValueError) as error:
        raise CatalogError(f"{path}: {error}") from error


def _not_loaded(ops: Any) -> Any:
    raise RuntimeError("this recipe was listed, not loaded")


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
