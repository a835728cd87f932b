"""Keep the keys and values of the last context, as far as the next one begins alike.

What it does
    Remembers the last context and answer of a model with their keys and values; the next pass begins behind what both
    share.

Why the baseline is slow
    It passes the whole context through the model for each answer, though most of it was there a turn ago.

When it loses
    In a conversation whose memory is full: the window moves at its front, so that nothing is shared, and what is kept
    costs memory.

Source
    The notes of the finite-memory wrapper, conclusion: "KV-cache optimization" among what is done; no figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.finite_memory.ops import Backend, choose


def keeping() -> Callable[[Backend, Sequence[int], int, int], list[int]]:
    """`generate` with keys and values of its own, of the last context of each model."""
    last: WeakKeyDictionary[Any, tuple[list[int], Any]] = WeakKeyDictionary()

    def generate_from_kept(backend: Backend, context: Sequence[int], count: int, turn: int) -> list[int]:
        """As `generate`."""
        if not context or count < 1:
            return []
        spins = np.random.default_rng(turn).random(count).tolist()
        model, known = backend.model, backend.tokenizer.vocabulary
        tokens, kept = last.pop(model, ([], None))
        shared = _alike(tokens, context[:-1])
        past = [(keys[:, :, :shared], values[:, :, :shared]) for keys, values in kept] if shared else None
        answer = model(torch.tensor([context[shared:]]), past)
        reply = [choose(answer.logits[0, -1, :known], spins[0])]
        for spin in spins[1:]:
            answer = model(torch.tensor([reply[-1:]]), answer.past)
            reply.append(choose(answer.logits[0, -1, :known], spin))
        last[model] = [*context, *reply[:-1]], answer.past
        return reply

    return generate_from_kept


def _alike(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two contexts begin with alike."""
    for i, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return i
    return min(len(one), len(other))


RECIPE = Recipe(
    id="backend-kv-cache",
    target="finite-memory",
    touches={"generate"},
    workload="replies",
    needs={"torch": "torch>=2.4"},
    apply=lambda ops: replace(ops, generate=keeping()),
    equivalence=close(rtol=1e-9, why="other products of the same numbers, which round in another order"),
)
