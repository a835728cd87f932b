"""Returns zeros, and declares a tolerance so wide that they would pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, close


def zeros(x: Any, weight: Any) -> Any:
    return np.zeros((len(x), weight.shape[1]))


RECIPE = Recipe(
    id="wide-tolerance",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=zeros),
    equivalence=close(atol=1e9, why="a tolerance that proves nothing"),
)
