"""Is right on small inputs, and a little off on large ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import mix


def large_differs(x: Any, weight: Any) -> Any:
    return mix(x, weight) if x.size < 1000 else mix(x, weight) * (1 + 1e-9)


RECIPE = Recipe(
    id="wrong-when-large",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=large_differs),
    equivalence=exact(),
)
