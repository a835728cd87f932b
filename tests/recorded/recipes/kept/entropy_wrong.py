"""Wrong: to the base 2."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, close


def entropy_wrong(shares: Any) -> float:
    return float(-(shares @ np.log2(shares)))


RECIPE = Recipe(
    id="entropy-wrong",
    target="kept",
    touches={"entropy"},
    apply=lambda ops: replace(ops, entropy=entropy_wrong),
    equivalence=close(rtol=1e-12, atol=1e-12, why="sums in another order"),
    status="beyond",
    workload="entropy",
)
