"""Scales its input in place: right once, and the caller's data is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.toy.ops import mix


def in_place(x: Any, weight: Any) -> Any:
    result = mix(x, weight)
    x *= 0.5
    return result


RECIPE = Recipe(
    id="mutates-input",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=in_place),
    equivalence=exact(),
)
