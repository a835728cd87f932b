"""Wrong: the window is left as it was."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from perfkit.recipe import Recipe, close


def push_wrong(window: deque[float], x: float) -> float:
    after = deque(window, window.maxlen)
    after.append(x)
    return sum(after) / len(after)


RECIPE = Recipe(
    id="push-wrong",
    target="kept",
    touches={"push"},
    apply=lambda ops: replace(ops, push=push_wrong),
    equivalence=close(rtol=1e-12, atol=1e-12, why="sums in another order"),
    status="beyond",
    workload="push",
)
