"""`list` and `explain`: what the catalogues hold, and which comparisons have a name."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.equivalence import Equivalence
from perfkit.recipe import STATUSES, Claim
from perfkit.report.data.envelope import Data, Envelope, one_of

__all__ = ["ComparisonData", "ExplainDocument", "ListDocument", "explain_data", "list_data"]


Needs = Annotated[dict[str, str], Meta(description="optional modules, each with what pip installs for it")]
Unavailable = Annotated[
    str | None,
    Meta(description="what to install, or what hardware is missing, before it can run here; null when nothing is"),
]


class WorkloadData(Data, frozen=True, kw_only=True):
    """A workload of a target."""

    id: str
    summary: str
    sizes: tuple[str, ...]
    axes: tuple[str, ...]
    needs: Needs
    unavailable: Unavailable


class TargetData(Data, frozen=True, kw_only=True):
    """A target, its workloads and its seams."""

    id: str
    summary: str
    workloads: tuple[WorkloadData, ...]
    seams: tuple[str, ...]
    needs: Needs
    unavailable: Unavailable


class RecipeData(Data, frozen=True, kw_only=True):
    """A recipe as its file declares it."""

    id: str
    target: str
    summary: str
    status: Annotated[str, one_of(STATUSES)]
    touches: frozenset[str]
    claim: Claim | None
    memory_claim: Claim | None
    equivalence: Equivalence
    needs: Needs
    unavailable: Unavailable
    unmeasurable: Annotated[
        str | None,
        Meta(description="by what it is proven here, and what hardware is missing to measure it; null where none is"),
    ]


class ComparisonData(Data, frozen=True, kw_only=True):
    """A comparison of functions that pyproject.toml names."""

    name: str
    before: str
    after: tuple[str, ...]
    stands_for: Annotated[str, Meta(description="the command line; functions are looked for beside pyproject.toml")]


class ListDocument(Envelope, frozen=True, kw_only=True):
    """perfkit list"""

    command: Literal["list"] = "list"
    targets: tuple[TargetData, ...]
    recipes: tuple[RecipeData, ...]
    comparisons: tuple[ComparisonData, ...]
    warnings: tuple[str, ...]


class ExplainDocument(Envelope, frozen=True, kw_only=True):
    """perfkit explain"""

    command: Literal["explain"] = "explain"
    recipe: RecipeData
    doc: str


def list_data(found: Catalog, comparisons: tuple[ComparisonData, ...] = ()) -> ListDocument:
    """Every target and recipe as plain data, and the comparisons that have a name."""
    return ListDocument(
        targets=tuple(map(_target, found.targets)),
        recipes=tuple(map(_recipe, found.recipes)),
        comparisons=comparisons,
        warnings=tuple(e.message for e in found.broken),
    )


def explain_data(entry: RecipeEntry) -> ExplainDocument:
    """One recipe with its documentation as plain data."""
    return ExplainDocument(recipe=_recipe(entry), doc=entry.doc)


def _target(t: TargetEntry) -> TargetData:
    return TargetData(
        id=t.id,
        summary=t.summary,
        workloads=tuple(map(_workload, t.workloads)),
        seams=tuple(t.seams),
        needs=dict(t.needs),
        unavailable=t.unavailable or None,
    )


def _workload(w: WorkloadEntry) -> WorkloadData:
    return WorkloadData(
        id=w.id,
        summary=w.summary,
        sizes=w.sizes,
        axes=w.axes,
        needs=dict(w.needs),
        unavailable=w.unavailable or None,
    )


def _recipe(entry: RecipeEntry) -> RecipeData:
    recipe = entry.recipe
    return RecipeData(
        id=recipe.id,
        target=recipe.target,
        summary=entry.summary,
        status=recipe.status,
        touches=frozenset(recipe.touches),
        claim=recipe.claim,
        memory_claim=recipe.memory_claim,
        equivalence=recipe.equivalence,
        needs=dict(recipe.needs),
        unavailable=entry.unavailable or None,
        unmeasurable=None if entry.unavailable else entry.unmeasurable or None,
    )
