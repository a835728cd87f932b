"""Ask the model for the one row of attention that is used.

What it does
    All layers but the last as usual; of the last the keys of all positions and the query of one. No logits.

Why the baseline is slow
    It asks for the attention of every layer and the logits of every position, and uses one row of one layer.

When it loses
    Where the model is somebody else's and gives all or nothing: that is then asked as documented.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.finite_memory.model import LanguageModel
from ...sample_targets.finite_memory.ops import Backend, attention_scores


@torch.inference_mode()
def attention_of_the_last(backend: Backend, tokens: Sequence[int]) -> list[float]:
    """As `attention_scores`."""
    if not tokens:
        return []
    model = backend.model
    if not isinstance(model, LanguageModel):
        return attention_scores(backend, tokens)
    x = model.embedded(torch.tensor([tokens]), 0)
    layers: list[Any] = list(model.layers)
    for layer in layers[:-1]:
        x, _, _ = layer(x, None, False)
    queries, keys, _ = layers[-1].split(x)
    scores = queries[:, :, -1:] @ keys.transpose(2, 3) * queries.shape[3] ** -0.5  # (1, heads, 1, T)
    found: list[float] = scores.softmax(-1)[0, :, 0].mean(0).tolist()
    return found


RECIPE = Recipe(
    id="last-query-attention",
    target="finite-memory",
    status="beyond",
    touches={"attention_scores"},
    workload="importance",
    needs={"torch": "torch>=2.4"},
    apply=lambda ops: replace(ops, attention_scores=attention_of_the_last),
    equivalence=close(
        rtol=1e-5,
        atol=1e-9,
        why="other products of the same numbers, which round in another order; with lm=gpt2 in float32",
    ),
)
