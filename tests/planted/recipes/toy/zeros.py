"""Returns zeros, quickly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, close


def zeros(x: Any, weight: Any) -> Any:
    return np.zeros((len(x), weight.shape[1]))


RECIPE = Recipe(
    id="zeros",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=zeros),
    equivalence=close(rtol=1e-6, atol=1e-6, why="a tolerance that must not let zeros pass"),
)
