"""`list` and `explain`: what the catalogues hold."""

from __future__ import annotations

from typing import Any

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.report.data.envelope import envelope

__all__ = ["explain_data", "list_data"]


def _needs(entry: TargetEntry | WorkloadEntry) -> dict[str, Any]:
    return {"needs": entry.needs, "unavailable": entry.unavailable or None}


def list_data(found: Catalog) -> dict[str, Any]:
    """Every target and recipe as plain data."""
    targets = [
        {
            "id": t.id,
            "summary": t.summary,
            "workloads": [
                {"id": w.id, "summary": w.summary, "sizes": w.sizes, "axes": w.axes, **_needs(w)} for w in t.workloads
            ],
            "seams": list(t.seams),
            **_needs(t),
        }
        for t in found.targets
    ]
    recipes = [_recipe(r) for r in found.recipes]
    return envelope("list", targets=targets, recipes=recipes, warnings=[e.message for e in found.broken])


def explain_data(entry: RecipeEntry) -> dict[str, Any]:
    """One recipe with its documentation as plain data."""
    return envelope("explain", recipe=_recipe(entry), doc=entry.doc)


def _recipe(entry: RecipeEntry) -> dict[str, Any]:
    recipe = entry.recipe
    return {
        "id": recipe.id,
        "target": recipe.target,
        "summary": entry.summary,
        "status": recipe.status,
        "touches": recipe.touches,
        "claim": recipe.claim,
        "equivalence": recipe.equivalence,
        "needs": recipe.needs,
        "unavailable": entry.unavailable or None,
    }
