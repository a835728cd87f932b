"""Halve the table instead of walking through it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def places_bisect(table: list[float], keys: list[float]) -> list[int]:
    return [bisect_left(table, key) for key in keys]


RECIPE = Recipe(
    id="places-bisect",
    target="kept",
    touches={"places"},
    apply=lambda ops: replace(ops, places=places_bisect),
    equivalence=exact(),
    status="beyond",
    workload="places",
)
