"""Returns a list of lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import cube


def listed(x: Any) -> Any:
    return cube(x).tolist()


RECIPE = Recipe(
    id="wrong-type",
    target="toy",
    touches={"cube"},
    apply=lambda ops: replace(ops, cube=listed),
    equivalence=exact(),
)
