"""Returns a constant, within a tolerance as wide as the values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, close

from ...sample_targets.toy.ops import cube


def constant(x: Any) -> Any:
    return cube(x) * 0.8


RECIPE = Recipe(
    id="generous-tolerance",
    target="toy",
    touches={"cube"},
    apply=lambda ops: replace(ops, cube=constant),
    equivalence=close(atol=30.0, why="a tolerance as wide as the values"),
)
