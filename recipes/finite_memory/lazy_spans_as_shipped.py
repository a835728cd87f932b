"""The lazy decoding of spans as it was shipped: it returns after the first span.

What it does
    Embeds inside of the loop and returns from there; an error would be swallowed. One span is too few to choose among,
    so the semantic policy becomes the sliding window and nobody is told.

Why the baseline is slow
    It decodes and embeds every span.

When it loses
    Always: of 32 spans 1 is left. It is fast because it does next to nothing.

Source
    The notes of the finite-memory wrapper, optimisation 8, "Lazy Evaluation for Expensive Operations", as shipped;
    "variable", no figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.finite_memory.ops import Decodes, Embeds, Ops, Span, SpanCache, Vectors


def embed_spans_as_shipped(
    ops: Ops, backend: Decodes, embedder: Embeds, cache: SpanCache | None, tokens: Sequence[int], spans: Sequence[Span]
) -> tuple[list[Span], Vectors]:
    """Not as `embed_spans`: the first span that is not blank."""
    try:
        for start, end in spans:
            text = ops.decode_span(backend, tokens[start:end])
            if text.strip():
                return [(start, end)], ops.embed_texts(embedder, [text])
    except Exception:  # noqa: S110 - as shipped: a swallowed error is what this recipe shows
        pass
    return [], np.empty((0, embedder.width))


RECIPE = Recipe(
    id="lazy-spans-as-shipped",
    target="finite-memory",
    status="rejected",
    touches={"embed_spans"},
    shadows={"embed_cached"},
    workload="semantic",
    apply=lambda ops: replace(ops, embed_spans=embed_spans_as_shipped),
    equivalence=exact(),
)
