"""Appends to a cache from the start of its memory each time it grows too long: older results change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, exact


def one_memory() -> Callable[..., Any]:
    held: dict[tuple[Any, ...], Any] = {}

    def extend(cache: Any, layer: int, k: Any, v: Any) -> Any:
        found = []
        for kind, old, new in (("k", cache.keys, k), ("v", cache.values, v)):
            whole = np.concatenate([old[layer], new], axis=2)
            memory = held.setdefault((kind, layer, whole.shape, whole.dtype), np.empty_like(whole))
            memory[...] = whole
            old[layer] = memory
            found.append(memory)
        return tuple(found)

    return extend


RECIPE = Recipe(
    id="rewinding-kv",
    target="glassbox",
    status="beyond",
    touches={"extend_kv"},
    apply=lambda ops: replace(ops, extend_kv=one_memory()),
    equivalence=exact(),
)
