"""Add in C."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from perfkit.recipe import Recipe, close


def push_sum(window: deque[float], x: float) -> float:
    window.append(x)
    return sum(window) / len(window)


RECIPE = Recipe(
    id="push-sum",
    target="kept",
    touches={"push"},
    apply=lambda ops: replace(ops, push=push_sum),
    equivalence=close(rtol=1e-12, atol=1e-12, why="sums in another order"),
    status="beyond",
    workload="push",
)
