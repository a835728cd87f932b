"""Wrong: the largest of each name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def totals_wrong(frame: Any) -> Any:
    return {name: int(total) for name, total in frame.groupby("name")["amount"].max().items()}


RECIPE = Recipe(
    id="totals-wrong",
    target="kept",
    touches={"totals"},
    apply=lambda ops: replace(ops, totals=totals_wrong),
    equivalence=exact(),
    status="beyond",
    workload="totals",
)
