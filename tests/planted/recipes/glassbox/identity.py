"""Identical code under another name, in five seams of the glass-box engine: nothing may be claimed."""

from __future__ import annotations

from dataclasses import replace
from types import FunctionType
from typing import Any

from perfkit.recipe import Recipe, exact


def again(function: Any) -> Any:
    """Another function object with the same code."""
    return FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)


RECIPE = Recipe(
    id="identity",
    target="glassbox",
    touches={"contract", "get_w", "rms_norm", "rope_table", "sigmoid"},
    apply=lambda ops: replace(
        ops,
        contract=again(ops.contract),
        get_w=again(ops.get_w),
        rms_norm=again(ops.rms_norm),
        rope_table=again(ops.rope_table),
        sigmoid=again(ops.sigmoid),
    ),
    equivalence=exact(),
)
