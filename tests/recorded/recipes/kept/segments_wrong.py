"""Wrong: each segment but for its first value."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, close


def segments_wrong(offsets: Any, values: Any) -> Any:
    return np.add.reduceat(values, offsets[:-1]) - values[offsets[:-1]]


RECIPE = Recipe(
    id="segments-wrong",
    target="kept",
    touches={"segments"},
    apply=lambda ops: replace(ops, segments=segments_wrong),
    equivalence=close(rtol=1e-12, atol=1e-12, why="sums in another order"),
    status="beyond",
    workload="segments",
)
