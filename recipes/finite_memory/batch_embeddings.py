"""Embed all texts in one batch.

What it does
    One call of the embedder for all texts.

Why the baseline is slow
    It calls the embedder once for each, and each call makes a sparse matrix, normalises it and makes it dense.

When it loses
    Where the embedder's rounding depends on the batch, as a MiniLM's does, results are close and not the same.

Source
    The notes of the finite-memory wrapper, optimisation 5, "Batch compute embeddings instead of one-by-one". The path
    through the cache of spans makes its misses in one batch already: this is of the path without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.finite_memory.ops import Embeds, Vectors


def embed_in_a_batch(embedder: Embeds, texts: Sequence[str]) -> Vectors:
    """(n, D) float64: the embedding of each text."""
    return embedder.embed(texts)


RECIPE = Recipe(
    id="batch-embeddings",
    target="finite-memory",
    touches={"embed_texts"},
    apply=lambda ops: replace(ops, embed_texts=embed_in_a_batch),
    claim=Claim(
        text="30-50% faster for embeddings",
        measure="speed-up",
        low=1.3,
        high=1.5,
        workload="embeddings",
        source="finite-memory notes, optimisation 5",
        readings=(("share of time", 0.3, 0.5),),
    ),
    equivalence=exact(),
)
