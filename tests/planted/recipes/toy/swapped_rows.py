"""Swaps the first and the last row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import mix


def swapped(x: Any, weight: Any) -> Any:
    result = mix(x, weight)
    result[[0, -1]] = result[[-1, 0]]
    return result


RECIPE = Recipe(
    id="swapped-rows",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=swapped),
    equivalence=exact(),
)
