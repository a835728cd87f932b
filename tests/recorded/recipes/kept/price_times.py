"""Multiply instead of adding again and again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, close


def price_times(order: Any) -> float:
    return sum(count * each for _, count, each in order.items) * (1 - order.discount)


RECIPE = Recipe(
    id="price-times",
    target="kept",
    touches={"price"},
    apply=lambda ops: replace(ops, price=price_times),
    equivalence=close(rtol=1e-12, atol=1e-12, why="sums in another order"),
    status="beyond",
    workload="price",
)
