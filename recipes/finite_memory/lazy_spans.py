"""Decode only the spans that are embedded.

What it does
    Where the cache holds the embedding of a span, its text is not made.

Why the baseline is slow
    It decodes every span before it looks whether that will be used.

When it loses
    Nothing is gained where no span is held, and chat moves its window each turn, so that few are.

Source
    The notes of the finite-memory wrapper, optimisation 8, "Lazy Evaluation for Expensive Operations"; "variable", no
    figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.finite_memory.ops import Decodes, Embeds, Ops, Span, SpanCache, Vectors


def embed_spans_lazily(
    ops: Ops, backend: Decodes, embedder: Embeds, cache: SpanCache | None, tokens: Sequence[int], spans: Sequence[Span]
) -> tuple[list[Span], Vectors]:
    """As `embed_spans`."""
    kept, texts, pieces = [], [], []
    for start, end in spans:
        piece = tokens[start:end]
        held = cache is not None and cache.key(piece) in cache.held  # only what is not blank ever is
        text = "" if held else ops.decode_span(backend, piece)
        if held or text.strip():
            kept.append((start, end))
            texts.append(text)
            pieces.append(piece)
    if cache is None:
        return kept, ops.embed_texts(embedder, texts)
    return kept, ops.embed_cached(ops, cache, embedder, pieces, texts)


RECIPE = Recipe(
    id="lazy-spans",
    target="finite-memory",
    touches={"embed_spans"},
    workload="embeddings-warm",
    apply=lambda ops: replace(ops, embed_spans=embed_spans_lazily),
    equivalence=exact(),
)
