"""Run small projections one after the other instead of on a pool.

What it does
    The projections of one layer go to the pool only from 1.5e8 multiply-adds together; below, the calling thread does
    them in turn.

Why the baseline is slow
    It submits two or three tasks in every layer, however small: waking a thread takes longer than a product of one row.

When it loses
    Between some 1e7 and 1.5e8 multiply-adds a second core would have done half of the work.

Source
    The notes of the glass-box engine, 2026-10-28: "Threading Overhead in SwiGLU and Attention".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.glassbox.ops import Pools, fan_out

POOL_FROM = 1.5e8  # multiply-adds


def fan_out_when_large(pools: Pools, tasks: Sequence[Callable[[], Any]], operations: int) -> list[Any]:
    """The results of independent tasks in order; on the pool when they are worth it."""
    if operations >= POOL_FROM:
        return fan_out(pools, tasks, operations)
    return [task() for task in tasks]


RECIPE = Recipe(
    id="serial-small-ops",
    target="glassbox",
    touches={"fan_out"},
    apply=lambda ops: replace(ops, fan_out=fan_out_when_large),
    claim=Claim(
        text="unconditional submission costs up to ~30-40% for small operations (L=1 decoding)",
        measure="share of time",
        low=0.30,
        high=0.40,
        readings=(("speed-up", 1.30, 1.40),),  # an overhead of 30–40 % of the work, not of the whole
        workload="decode",
        on=("einsum-optimize", "dequant-cache", "naive-sigmoid", "rope-cache", "tiled-matmul-threshold"),
        source="glass-box notes, 2026-10-28",
    ),
    thresholds={"rows": (72, "1.5e8 operations of the two feed-forward projections")},
    threaded=True,
    equivalence=exact(),
)
