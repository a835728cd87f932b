"""Is a little off from its fiftieth call on."""

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
        return mix(x, weight) if calls < 50 else mix(x, weight) * (1 + 1e-9)

    return drifting


RECIPE = Recipe(
    id="drift",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=make()),
    equivalence=exact(),
)
