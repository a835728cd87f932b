"""Raises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def broken(x: Any, weight: Any) -> Any:
    raise ZeroDivisionError("planted")


RECIPE = Recipe(
    id="raises",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=broken),
    equivalence=exact(),
)
