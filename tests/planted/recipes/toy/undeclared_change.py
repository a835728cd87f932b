"""Changes a seam that it does not declare."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import cube


def other(x: Any) -> Any:
    return cube(x)


RECIPE = Recipe(
    id="undeclared-change",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=lambda x, w: x @ w, cube=other),
    equivalence=exact(),
)
