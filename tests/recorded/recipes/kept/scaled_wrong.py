"""Wrong: one weight too much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def scaled_wrong(x: Any, weight: Any) -> Any:
    return x * (weight + 1)


RECIPE = Recipe(
    id="scaled-wrong",
    target="kept",
    touches={"scaled"},
    apply=lambda ops: replace(ops, scaled=scaled_wrong),
    equivalence=exact(),
    status="beyond",
    workload="scaled",
)
