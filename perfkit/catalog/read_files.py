"""What the files of a catalogue say of themselves: one entry a recipe or target, read from literals, never run.

Why one will not load: what is no Python, or cannot be read, is refused by `parse_file.py`; what is wrong with the
fields of one file here; a recipe that does not fit its target by `validate.py`; what goes wrong when it is imported by
`import_files.py`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from perfkit import equivalence as _equivalence
from perfkit.axis import read_axis
from perfkit.catalog.hardware import lacking
from perfkit.catalog.installed import remedy
from perfkit.catalog.parse_file import OPAQUE, Call, read_source
from perfkit.errors import CatalogError, PerfkitError, UnknownName
from perfkit.needs import check_needs
from perfkit.recipe import Claim, Recipe
from perfkit.target import DEVICES, HOST, Seam

__all__ = ["RecipeEntry", "TargetEntry", "WorkloadEntry", "id_of", "read_recipe", "read_target", "without_hardware"]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
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
    unavailable: str = ""  # what to install, when a module that it needs is missing; else what of the machine is
    unmeasurable: str = ""  # by what it is proven here, and what is missing to measure it

    def check_available(self) -> None:
        """Raise PerfkitError saying what is missing, when a module or hardware that it or its target needs is."""
        _check_available(self.recipe.full_id, self.unavailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadEntry:
    """A workload as its target's file declares it."""

    id: str
    summary: str
    sizes: tuple[str, ...]
    axes: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    unavailable: str = ""  # what to install, when a module that it needs beyond its target is missing


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
    needs: Mapping[str, str] = field(default_factory=dict)
    unavailable: str = ""  # what to install, when a module that it needs is missing
    profiled: str = ""  # the workload that a profile is of where none is named; "": the first
    proof_size: str = "tiny"
    device: str = HOST  # what its calls run on

    @property
    def able(self) -> tuple[WorkloadEntry, ...]:
        """The workloads that lack nothing beyond what the target needs."""
        return tuple(w for w in self.workloads if not w.unavailable)

    def check_available(self, workload: str | None = None) -> None:
        """Raise PerfkitError saying what to install, when a module that it (or that workload) needs is missing."""
        _check_available(self.id, self.unavailable)
        if workload is not None:
            _check_available(f"{self.id}/{workload}", self.workload(workload).unavailable)

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
    expected, target = _id_of(path, "recipe", path.stem), _id_of(path, "target", path.parent.name)
    source = read_source(path)
    call = source.names.get("RECIPE")
    if not isinstance(call, Call) or call.name != "Recipe":
        raise CatalogError(f"{path}: no RECIPE = Recipe(...) at module level", hint="docs/extending.md shows a recipe")
    literals = {k: _literal(path, k, v) for k, v in call.keywords.items() if k != "apply"}
    if literals.get("id") != expected or literals.get("target") != target:
        raise CatalogError(
            f"{path}: id and target must be {expected!r} and {target!r}, as the file is named",
            hint="rename the file or the id",
        )
    if "apply" in call.keywords:
        literals["apply"] = _not_loaded
    recipe = _build(path, Recipe, call.args, literals)
    summary = source.doc.strip().partition("\n")[0]
    if not summary:
        raise CatalogError(f"{path}: the file has no docstring", hint="its first line is the recipe's summary")
    entry = RecipeEntry(
        recipe=recipe,
        summary=summary,
        doc=source.doc,
        path=path,
        module=f"{package}.{path.parent.name}.{path.stem}",
        root=root,
        unavailable=remedy(recipe.needs),
    )
    return without_hardware(entry, lacking(recipe.hardware))


def without_hardware(entry: RecipeEntry, lacks: str) -> RecipeEntry:
    """The entry where hardware is missing, as `lacks` says ("": nothing is): proven and not measured, or unavailable.

    What else it lacks comes first.
    """
    if not lacks or entry.unavailable or entry.unmeasurable:
        return entry
    if by := entry.recipe.proven_by:
        return replace(entry, unmeasurable=f"proven by {by}, not measurable here: {lacks}")
    return replace(entry, unavailable=lacks)


def read_target(path: Path, package: str, root: Path | None) -> TargetEntry:
    """The target of one `target.py` and the `ops.py` beside it. Raises CatalogError naming what is wrong."""
    expected = _id_of(path, "target", path.parent.name)
    call = read_source(path).names.get("TARGET")
    if not isinstance(call, Call) or call.name != "Target":
        raise CatalogError(
            f"{path}: no TARGET = Target(...) at module level", hint="docs/extending.md shows a whole target"
        )
    if call.keywords.get("id") != expected:
        raise CatalogError(f"{path}: id must be {expected!r}, as the folder is named", hint=f'id="{expected}"')
    listed = call.keywords.get("workloads")
    if not isinstance(listed, tuple | list) or not all(isinstance(w, Call) for w in listed) or not listed:
        raise CatalogError(
            f"{path}: workloads must be a literal tuple of Workload(...)",
            hint="write the calls into TARGET itself: workloads=(Workload(...), ...)",
        )
    workloads = tuple(_workload(path, w) for w in listed)
    for workload in workloads:
        if not workload.sizes:
            raise CatalogError(f"{path}: workload {workload.id} has no sizes", hint='sizes=("small",)')
    needs = _needs(path, call)
    profiled = _text(path, "profiled", call.keywords.get("profiled", ""))
    if profiled and profiled not in {workload.id for workload in workloads}:
        raise CatalogError(f"{path}: profiled names no workload: {profiled!r}", hint="name one of its workloads")
    device = _text(path, "device", call.keywords.get("device", HOST))
    if device not in DEVICES:
        raise CatalogError(f"{path}: device must be one of {', '.join(DEVICES)}, not {device!r}", hint='device="cuda"')
    return TargetEntry(
        id=expected,
        summary=_text(path, "summary", call.keywords.get("summary", OPAQUE)),
        workloads=workloads,
        seams=_seams(path.with_name("ops.py")),
        path=path,
        module=f"{package}.{path.parent.name}.target",
        root=root,
        needs=needs,
        unavailable=remedy(needs),
        profiled=profiled,
        proof_size=_text(path, "proof_size", call.keywords.get("proof_size", "tiny")),
        device=device,
    )


def _workload(path: Path, call: Call) -> WorkloadEntry:
    needs = _needs(path, call)
    return WorkloadEntry(
        id=_text(path, "id", call.keywords.get("id", OPAQUE)),
        summary=_text(path, "summary", call.keywords.get("summary", OPAQUE)),
        sizes=_names(path, "sizes", call.keywords.get("sizes", ("small",))),
        axes=_axes(path, call.keywords.get("axes", ())),
        needs=needs,
        unavailable=remedy(needs),
    )


def _axes(path: Path, value: Any) -> tuple[str, ...]:
    axes = _names(path, "axes", value)
    try:
        for axis in axes:
            read_axis(axis)
    except ValueError as error:
        raise CatalogError(f"{path}: {error}", hint='axes=("rows", "lm=tiny|gpt2")') from error
    return axes


def _needs(path: Path, call: Call) -> dict[str, str]:
    try:
        return check_needs(_literal(path, "needs", call.keywords.get("needs", {})))
    except ValueError as error:
        raise CatalogError(f"{path}: {error}", hint=f"correct that value of {call.name}(...)") from error


def _check_available(name: str, unavailable: str) -> None:
    if unavailable:
        raise PerfkitError(f"{name} is unavailable: {unavailable}", hint="perfkit list --long")


def id_of(name: str) -> str:
    """The id that a file or folder of that name holds: a module has `_` where an id has `-`."""
    return name.replace("_", "-")


def _id_of(path: Path, kind: str, name: str) -> str:
    if not _ID.fullmatch(id_of(name)):
        raise CatalogError(
            f"{path}: {id_of(name)!r} is no {kind} id", hint="lower-case letters and digits, words joined by _: my_idea"
        )
    return id_of(name)


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
    dtypes = names.get("DTYPES", {})
    if not isinstance(dtypes, dict):
        raise CatalogError(f"{path}: DTYPES must be a literal dict", hint='DTYPES = {"seam": ("float16", "float64")}')
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
                "dtypes": _names(path, "DTYPES", dtypes.get(name, ())),
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
    signature = _signature(make)
    fields = f"{make.__name__} takes {', '.join(signature.parameters) or 'nothing'}"
    for name in keywords:
        if name not in signature.parameters:
            raise CatalogError(f"{path}: {make.__name__} has no field {name!r}", hint=fields)
    try:
        try:
            return make(*args, **keywords)
        except TypeError:
            signature.bind(*args, **keywords)  # which says why they do not fit, and takes longer than what fits takes
            raise
    except TypeError as error:
        raise CatalogError(f"{path}: {make.__name__}(...): {error}", hint=fields) from error
    except (ValueError, OverflowError) as error:
        raise CatalogError(f"{path}: {error}", hint=f"correct that value of {make.__name__}(...)") from error


@lru_cache
def _signature(make: Any) -> inspect.Signature:
    """Of one of the few classes that a file may call; finding it takes longer than reading the file."""
    return inspect.signature(make)


def _not_loaded(ops: Any) -> Any:
    raise RuntimeError("this recipe was listed, not loaded")
