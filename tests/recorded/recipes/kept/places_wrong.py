"""Wrong: a key that is above all stands one too far left."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def places_wrong(table: list[float], keys: list[float]) -> list[int]:
    return [min(bisect_left(table, key), len(table) - 2) for key in keys]


RECIPE = Recipe(
    id="places-wrong",
    target="kept",
    touches={"places"},
    apply=lambda ops: replace(ops, places=places_wrong),
    equivalence=exact(),
    status="beyond",
    workload="places",
)
