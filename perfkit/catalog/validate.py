"""Whether recipes fit their targets: what a file names must exist, and what its claim was made on be compatible. Pure.

One file alone cannot know this. A recipe that does not fit is set aside here, when the catalogue is read, so that it
is named at once and stops none of the others.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from perfkit.catalog.read_files import RecipeEntry, TargetEntry
from perfkit.errors import CatalogError, PerfkitError, RecipeConflict, UnknownName, UsageError
from perfkit.recipe import Recipe, check_together, stacks

__all__ = ["sort_out"]


def sort_out(
    recipes: Sequence[RecipeEntry], targets: Sequence[TargetEntry], broken: Sequence[CatalogError]
) -> tuple[tuple[RecipeEntry, ...], list[CatalogError]]:
    """The recipes that fit their targets, and one error for each of the others.

    What requires a recipe that is skipped is skipped too. The recipes of a target that is itself `broken` are kept:
    they may well fit, and its own error says what is to be fixed.
    """
    places = {target.id: target for target in targets}
    lost = {error.about for error in broken}
    fitting, misfits = list(recipes), list[CatalogError]()
    while True:
        known = {entry.recipe.full_id: entry.recipe for entry in fitting}
        judged = {entry.recipe.full_id: _misfit(entry, places, known, lost) for entry in fitting}
        unfit = {name: error for name, error in judged.items() if error is not None}
        if not unfit:
            return tuple(fitting), misfits
        misfits += unfit.values()
        lost |= {("recipe", name) for name in unfit}
        fitting = [entry for entry in fitting if entry.recipe.full_id not in unfit]


def _misfit(
    entry: RecipeEntry,
    places: Mapping[str, TargetEntry],
    known: Mapping[str, Recipe],
    lost: Container[tuple[str, str] | None],
) -> CatalogError | None:
    if entry.recipe.target not in places and ("target", entry.recipe.target) in lost:
        return None
    try:
        _check(entry.recipe, places, known, lost)
    except PerfkitError as error:
        misfit = CatalogError(f"{entry.path}: {error.message}", hint=error.hint)
        misfit.about = "recipe", entry.recipe.full_id
        return misfit
    return None


def _check(
    recipe: Recipe,
    places: Mapping[str, TargetEntry],
    known: Mapping[str, Recipe],
    lost: Container[tuple[str, str] | None],
) -> None:
    """Raise the PerfkitError that says how a recipe does not fit, in the words of its file."""
    if recipe.target not in places:
        raise UnknownName("target", recipe.target, places, more="one that stands elsewhere: --catalog DIR")
    target = places[recipe.target]
    for field, seams in (("touches", recipe.touches), ("shadows", recipe.shadows)):
        for seam in sorted(set(seams) - target.seams.keys()):
            raise UnknownName(f"seam of {target.id} (in {field})", seam, target.seams)
    siblings = {other.id: other for other in known.values() if other.target == target.id}
    _check_names("requires", sorted(recipe.requires), recipe, siblings, lost)
    for field, claim in (("claim", recipe.claim), ("memory_claim", recipe.memory_claim)):
        if claim is not None:
            target.workload(claim.workload)
            _check_names(f"{field}.on", claim.on, recipe, siblings, lost)
    if recipe.workload is not None:
        target.workload(recipe.workload)
    for stack in stacks([recipe]):
        try:
            check_together([*(siblings[name] for name in stack), recipe], target.tree)
        except RecipeConflict as conflict:
            raise UsageError(
                f"what it is applied on top of cannot be set up: {conflict.message}",
                hint="claim.on and requires name recipes that can all be in place at once, with all that these require",
            ) from conflict


def _check_names(
    field: str,
    names: Iterable[str],
    recipe: Recipe,
    siblings: Mapping[str, Recipe],
    lost: Container[tuple[str, str] | None],
) -> None:
    for name in names:
        if name not in siblings and ("recipe", f"{recipe.target}/{name}") in lost:
            raise UsageError(f"{name} (in {field}) is itself skipped", hint=f"fix {name} first")
        if name not in siblings:
            raise UnknownName(f"recipe of {recipe.target} (in {field})", name, siblings.keys() - {recipe.id})
