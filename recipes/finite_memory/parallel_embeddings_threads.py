"""Ask an embedding server with four threads.

What it does
    `ThreadPoolExecutor(max_workers=4)` for each call, and `map` over the texts. An error of one reaches the caller.

Why the baseline is slow
    It waits for each answer before it asks for the next.

When it loses
    Where the work is this processor's own: Python runs one thread at a time. One request with all texts
    (`batch-embeddings`) needs no threads at all, where the server takes it.

Source
    The notes of the finite-memory wrapper, optimisation 11, "Parallel Processing for Independent Operations".
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.finite_memory.ops import Embeds, Vectors

WORKERS = 4


def embed_by_threads(embedder: Embeds, texts: Sequence[str]) -> Vectors:
    """(n, D) float64: the embedding of each text."""
    if not texts:
        return np.empty((0, embedder.width))
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return np.array(list(pool.map(lambda text: embedder.embed([text])[0], texts)))


RECIPE = Recipe(
    id="parallel-embeddings-threads",
    target="finite-memory",
    touches={"embed_texts"},
    apply=lambda ops: replace(ops, embed_texts=embed_by_threads),
    claim=Claim(
        text="2-4x faster with multiprocessing; ThreadPoolExecutor for I/O-bound operations",
        measure="speed-up",
        low=2,
        high=4,
        workload="embeddings-remote",
        source="finite-memory notes, optimisation 11",
    ),
    equivalence=exact(),
)
