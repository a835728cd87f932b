"""Hands out the same memory under every name: what is still read gets overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, exact


def one_buffer() -> Callable[..., Any]:
    held: dict[tuple[Any, ...], Any] = {}

    def buffer(name: str, shape: tuple[int, ...], dtype: Any) -> Any:
        return held.setdefault((shape, np.dtype(dtype)), np.empty(shape, dtype))

    return buffer


RECIPE = Recipe(
    id="one-buffer",
    target="glassbox",
    status="beyond",
    touches={"buffer"},
    apply=lambda ops: replace(ops, buffer=one_buffer()),
    equivalence=exact(),
)
