"""Remembers results by the content of the input, and hands out the remembered array itself."""

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
        return known[key]

    return remembered


RECIPE = Recipe(
    id="content-memo",
    target="toy",
    touches={"cube"},
    apply=lambda ops: replace(ops, cube=make()),
    equivalence=exact(),
)
