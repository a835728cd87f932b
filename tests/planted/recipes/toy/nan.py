"""Returns one NaN."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import mix


def with_nan(x: Any, weight: Any) -> Any:
    result = mix(x, weight)
    result[-1, -1] = np.nan
    return result


RECIPE = Recipe(
    id="nan",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=with_nan),
    equivalence=exact(),
)
