"""Embed spans only where something has to go.

What it does
    The hybrid policy looks first whether all tokens fit; then nothing is embedded and clustered.

Why the baseline is slow
    It computes how rare every span is, and finds afterwards that it keeps all tokens anyway.

When it loses
    Nothing is gained once the memory is full, which in a conversation it is for good.

Source
    The notes of the finite-memory wrapper, optimisation 8, `core.py:961-967`, "Embedding computation"; "variable", no
    figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from perfkit.recipe import Recipe, exact

if TYPE_CHECKING:
    from ...sample_targets.finite_memory.ops import FiniteMemory, Ops


def without_need(
    documented: Callable[[Ops, FiniteMemory, list[int]], list[float]],
) -> Callable[[Ops, FiniteMemory, list[int]], list[float]]:
    """`documented`, asked only where something has to go."""

    def rare_tokens_lazily(ops: Ops, memory: FiniteMemory, tokens: list[int]) -> list[float]:
        """As `rare_tokens`; zeros where all tokens fit, which are then all kept."""
        if len(tokens) <= memory.settings.max_tokens:
            return [0.0] * len(tokens)
        return documented(ops, memory, tokens)

    return rare_tokens_lazily


RECIPE = Recipe(
    id="lazy-embeddings",
    target="finite-memory",
    touches={"rare_tokens"},
    workload="hybrid-room",
    apply=lambda ops: replace(ops, rare_tokens=without_need(ops.rare_tokens)),
    equivalence=exact(),
)
