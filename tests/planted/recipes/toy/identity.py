"""Identical code under another name: nothing may be claimed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def mix_again(x: Any, weight: Any) -> Any:
    return x @ weight


RECIPE = Recipe(
    id="identity",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=mix_again),
    equivalence=exact(),
)
