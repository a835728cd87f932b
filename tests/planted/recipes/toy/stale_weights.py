"""Keeps the first weight it sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def make() -> Any:
    kept: list[Any] = []

    def stale(x: Any, weight: Any) -> Any:
        if not kept:
            kept.append(weight)
        return x @ kept[0]

    return stale


RECIPE = Recipe(
    id="stale-weights",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=make()),
    equivalence=exact(),
)
