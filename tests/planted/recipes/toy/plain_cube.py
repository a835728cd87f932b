"""x * x * x instead of the power function: honest, and faster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, close


def plain_cube(x: Any) -> Any:
    return x * x * x


RECIPE = Recipe(
    id="plain-cube",
    target="toy",
    touches={"cube"},
    apply=lambda ops: replace(ops, cube=plain_cube),
    equivalence=close(ulp=4, why="pow rounds differently from two products"),
)
