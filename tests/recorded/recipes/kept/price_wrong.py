"""Wrong: no discount."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, close


def price_wrong(order: Any) -> float:
    return sum(count * each for _, count, each in order.items)


RECIPE = Recipe(
    id="price-wrong",
    target="kept",
    touches={"price"},
    apply=lambda ops: replace(ops, price=price_wrong),
    equivalence=close(rtol=1e-12, atol=1e-12, why="sums in another order"),
    status="beyond",
    workload="price",
)
