"""Dequantises each weight once and never looks whether it has been replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact
from perfkit.sample_targets.glassbox.ops import get_w


def stale() -> Callable[..., Any]:
    held: dict[str, Any] = {}

    def get_w_once(ops: Any, weights: Any, name: str) -> Any:
        if name not in held:
            held[name] = get_w(ops, weights, name)
            held[name].flags.writeable = False
        return held[name]

    return get_w_once


RECIPE = Recipe(
    id="stale-dequant",
    target="glassbox",
    status="beyond",
    touches={"get_w"},
    apply=lambda ops: replace(ops, get_w=stale()),
    equivalence=exact(),
)
