"""Ends the process by a signal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def aborting(x: Any, weight: Any) -> Any:
    import os

    os.abort()


RECIPE = Recipe(
    id="aborts",
    target="toy",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=aborting),
    equivalence=exact(),
)
