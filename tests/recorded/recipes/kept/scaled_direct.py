"""Let torch spread the weight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def scaled_direct(x: Any, weight: Any) -> Any:
    return x * weight


RECIPE = Recipe(
    id="scaled-direct",
    target="kept",
    touches={"scaled"},
    apply=lambda ops: replace(ops, scaled=scaled_direct),
    equivalence=exact(),
    status="beyond",
    workload="scaled",
)
