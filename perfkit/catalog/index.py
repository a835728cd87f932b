"""What the files of a catalogue say of themselves: one entry a recipe or target, read from literals, never run."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfkit import equivalence as _equivalence
from perfkit.catalog.installed import remedy
from perfkit.catalog.literal import OPAQUE, Call, read_source
from perfkit.errors import CatalogError, PerfkitError, UnknownName
from perfkit.recipe import Claim, Recipe
from perfkit.target import Seam

__all__ = ["RecipeEntry", "TargetEntry", "WorkloadEntry", "read_recipe", "read_target"]

_RECIPE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TARGET_ID = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_CALLS = {
    "Claim": Claim,
    "exact": _equivalence.exact,
    "close": _equivalence.close,
    "new_format": _equivalence.new_format,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeEntry:
    """A recipe as its file declares it. `recipe.apply` cannot be called: nothing has been imported."""

    recipe: Recipe
    summary: str
    doc: str
    path: Path
    module: str
    root: Path | None  # the catalogue it belongs to; None: `module` is importable as it is
    unavailable: str = ""  # what to install, when a module that it needs is missing

    def check_available(self) -> None:
        """Raise PerfkitError saying what to install, when a module that the recipe needs is missing."""
        if self.unavailable:
            raise PerfkitError(f"{self.recipe.full_id} is unavailable: {self.unavailable}", hint="perfkit list --long")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadEntry:
    """A workload as its target's file declares it."""

    id: str
    summary: str
    sizes: tuple[str, ...]
    axes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEntry:
    """A target as its files declare it."""

    id: str
    summary: str
    workloads: tuple[WorkloadEntry, ...]
    seams: dict[str, Seam]
    path: Path
    module: str
    root: Path | None

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


def read_recipe(path: Path, package: str, root: Path | None) -> RecipeEntry:
    """The recipe of one file in `<target>/` of `package`. Raises CatalogError naming what is wrong."""
    expected = path.stem.replace("_", "-")
    _check_id(path, "recipe", expected, _RECIPE_ID)
    _check_id(path, "target", path.parent.name, _TARGET_ID)
    source = read_source(path)
    call = source.names.get("RECIPE")
    if not isinstance(call, Call) or call.name != "Recipe":
        raise CatalogError(f"{path}: no RECIPE = Recipe(...) at module level", hint="docs/extending.md shows a recipe")
    literals = {k: _literal(path, k, v) for k, v in call.keywords.items() if k != "apply"}
    if literals.get("id") != expected or literals.get("target") != path.parent.name:
        raise CatalogError(
            f"{path}: id and target must be {expected!r} and {path.parent.name!r}, as the file is named",
            hint="rename the file or the id",
        )
    if "apply" in call.keywords:
        literals["apply"] = _not_loaded
    recipe = _build(path, Recipe, call.args, literals)
    summary = source.doc.strip().partition("\n")[0]
    if not summary:
        raise CatalogError(f"{path}: the file has no docstring", hint="its first line is the recipe's summary")
    return RecipeEntry(
        recipe=recipe,
        summary=summary,
        doc=source.doc,
        path=path,
        module=f"{package}.{path.parent.name}.{path.stem}",
        root=root,
        unavailable=remedy(recipe.needs),
    )


def read_target(path: Path, package: str, root: Path | None) -> TargetEntry:
    """The target of one `target.py` and the `ops.py` beside it. Raises CatalogError naming what is wrong."""
    _check_id(path, "target", path.parent.name, _TARGET_ID)
    call = read_source(path).names.get("TARGET")
    if not isinstance(call, Call) or call.name != "Target":
        raise CatalogError(
            f"{path}: no TARGET = Target(...) at module level", hint="docs/extending.md shows a whole target"
        )
    if call.keywords.get("id") != path.parent.name:
        raise CatalogError(
            f"{path}: id must be {path.parent.name!r}, as the folder is named", hint="rename the folder or the id"
        )
    listed = call.keywords.get("workloads")
    if not isinstance(listed, tuple | list) or not all(isinstance(w, Call) for w in listed) or not listed:
        raise CatalogError(
            f"{path}: workloads must be a literal tuple of Workload(...)",
            hint="write the calls into TARGET itself: workloads=(Workload(...), ...)",
        )
    workloads = tuple(
        WorkloadEntry(
            id=_text(path, "id", w.keywords.get("id", OPAQUE)),
            summary=_text(path, "summary", w.keywords.get("summary", OPAQUE)),
            sizes=_names(path, "sizes", w.keywords.get("sizes", ("small",))),
            axes=_names(path, "axes", w.keywords.get("axes", ())),
        )
        for w in listed
    )
    for workload in workloads:
        if not workload.sizes:
            raise CatalogError(f"{path}: workload {workload.id} has no sizes", hint='sizes=("small",)')
    return TargetEntry(
        id=path.parent.name,
        summary=_text(path, "summary", call.keywords.get("summary", OPAQUE)),
        workloads=workloads,
        seams=_seams(path.with_name("ops.py")),
        path=path,
        module=f"{package}.{path.parent.name}.target",
        root=root,
    )


def _check_id(path: Path, kind: str, name: str, form: re.Pattern[str]) -> None:
    if not form.fullmatch(name):
        raise CatalogError(
            f"{path}: {name!r} is no {kind} id", hint="lower-case letters and digits, words joined by _: my_idea"
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
    only_read = _names(path, "ONLY_READ", names.get("ONLY_READ", ()))
    consumes = names.get("CONSUMES", {})
    if not isinstance(consumes, dict) or not all(isinstance(c, tuple | list) for c in consumes.values()):
        raise CatalogError(f"{path}: CONSUMES must be a literal dict of tuples", hint='CONSUMES = {"seam": (0,)}')
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
                "consumes": tuple(consumes.get(name, ())),
                "only_read": name in only_read,
                "summary": summaries.get(name, ""),
            },
        )
        for name, kind in zip(_names(path, "KINDS", tuple(kinds)), kinds.values(), strict=True)
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


def _text(path: Path, field: str, value: Any) -> str:
    found = _literal(path, field, value)
    if not isinstance(found, str):
        raise CatalogError(f"{path}: {field} must be a text, not {found!r}", hint=f'{field}="..."')
    return found


def _names(path: Path, field: str, value: Any) -> tuple[str, ...]:
    found = _literal(path, field, value)
    if not isinstance(found, tuple | list | set) or not all(isinstance(name, str) for name in found):
        raise CatalogError(
            f"{path}: {field} must be a tuple of names, not {found!r}", hint='a tuple of one has a comma: ("name",)'
        )
    return tuple(found)


def _build(path: Path, make: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """`make(*args, **keywords)`, whose errors become CatalogErrors in the words of the file, not of Python."""
    signature = inspect.signature(make)
    fields = f"{make.__name__} takes {', '.join(signature.parameters) or 'nothing'}"
    for name in keywords:
        if name not in signature.parameters:
            raise CatalogError(f"{path}: {make.__name__} has no field {name!r}", hint=fields)
    try:
        signature.bind(*args, **keywords)
        return make(*args, **keywords)
    except TypeError as error:
        raise CatalogError(f"{path}: {make.__name__}(...): {error}", hint=fields) from error
    except (ValueError, OverflowError) as error:
        raise CatalogError(f"{path}: {error}", hint=f"correct that value of {make.__name__}(...)") from error


def _not_loaded(ops: Any) -> Any:
    raise RuntimeError("this recipe was listed, not loaded")
