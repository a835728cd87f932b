"""Remembers results by content and hands out copies: right, and no use on fresh inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import cube


def make() -> Any:
    known: dict[Any, Any] = {}

    def remembered(x: Any) -> Any:
        key = (x.shape, x.tobytes())
        if key not in known:
            known[key] = cube(x)
        return known[key].copy()

    return remembered


RECIPE = Recipe(
    id="copying-memo",
    target="toy",
    touches={"cube"},
    apply=lambda ops: replace(ops, cube=make()),
    equivalence=exact(),
)
