"""Is a little off after nine hundred calls: long after the first proof."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import mix


def make() -> Any:
    calls = 0

    def drifting(x: Any, weight: Any) -> Any:
        nonlocal calls
        calls += 1
        return mix(x, weight) if calls < 900 else mix(x, weight) * (1 + 1e-9)

    return drifting


RECIPE = Recipe(
    id="late-drift",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=make()),
    equivalence=exact(),
)
