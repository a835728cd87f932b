"""As fast as the baseline, unless another model lives in the same process: an effect of the layout alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import mix
from ...sample_targets.toy.target import Model


def shy() -> Any:
    """Does the work twice where it is not alone; looks once, when it is first called."""
    company: list[int] = []

    def work(x: Any, weight: Any) -> Any:
        if not company:
            company.append(len(Model.alive))
        if company[0] > 2:  # a process of its own holds this model and the one that answers what is right
            for _ in range(10):
                mix(x, weight)
        return mix(x, weight)

    return work


RECIPE = Recipe(
    id="dislikes-company",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=shy()),
    equivalence=exact(),
)
