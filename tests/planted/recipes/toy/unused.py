"""Replaces a seam that no workload calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def nothing(x: Any) -> Any:
    return x


RECIPE = Recipe(
    id="unused",
    target="toy",
    touches={"never"},
    apply=lambda ops: replace(ops, never=nothing),
    equivalence=exact(),
)
