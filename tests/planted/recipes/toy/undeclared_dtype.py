"""Computes in float32 and says nothing of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, close

from ...sample_targets.toy.ops import mix


def single(x: Any, weight: Any) -> Any:
    return mix(x.astype(np.float32), weight.astype(np.float32))


RECIPE = Recipe(
    id="undeclared-dtype",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=single),
    equivalence=close(rtol=1e-3, atol=1e-3, why="wide enough for float32 values"),
)
