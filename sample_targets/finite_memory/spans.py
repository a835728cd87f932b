"""Spans of tokens, their embeddings, and which of them speak for the others: the documented slow forms."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .backend import Decodes
    from .embedding import Embeds
    from .ops import Ops

__all__ = [
    "SpanCache", "cut", "decode_span", "embed_cached", "embed_spans", "embed_texts", "look_up", "rarity",
    "representatives",
]  # fmt: skip

Vectors = NDArray[np.float64]
Span = tuple[int, int]
LENGTH, STRIDE = 64, 32
RECENCY = 0.15  # how much nearer the newest span counts than the oldest
CLUSTERS, STARTS = 4, 10  # of `rarity`


class SpanCache:
    """Embeddings of spans by the md5 of their tokens; the one that was not asked for longest goes first."""

    def __init__(self, size: int = 1000) -> None:
        self.size = size
        self.held: OrderedDict[str, Any] = OrderedDict()

    @staticmethod
    def key(tokens: Sequence[int]) -> str:
        """What a span is known by."""
        return hashlib.md5(str(list(tokens)).encode("ascii"), usedforsecurity=False).hexdigest()

    def put(self, key: str, vector: Any) -> None:
        """Hold one embedding."""
        self.held[key] = vector
        if len(self.held) > self.size:
            self.held.popitem(last=False)


def cut(count: int) -> list[Span]:
    """(start, end) of spans of 64, one every 32; none where there are fewer than 64 tokens."""
    return [(start, start + LENGTH) for start in range(0, count - LENGTH + 1, STRIDE)]


def decode_span(backend: Decodes, tokens: Sequence[int]) -> str:
    """The text of some tokens."""
    return backend.decode(tokens)


def embed_texts(embedder: Embeds, texts: Sequence[str]) -> Vectors:
    """(n, D) float64: the embedding of each text."""
    vectors = [embedder.embed([text])[0] for text in texts]  # slow: one call of the model for each
    return np.array(vectors) if vectors else np.empty((0, embedder.width))


def look_up(cache: SpanCache, keys: Sequence[str]) -> tuple[list[Any], list[int]]:
    """What the cache holds for each key, None where nothing, and the numbers of those."""
    vectors, missing = [], []
    for i, key in enumerate(keys):
        if key in cache.held:
            vectors.append(cache.held[key])
            cache.held.move_to_end(key)
        else:
            vectors.append(None)
            missing.append(i)
    return vectors, missing


def embed_cached(
    ops: Ops, cache: SpanCache, embedder: Embeds, spans: Sequence[Sequence[int]], texts: Sequence[str]
) -> Vectors:
    """(n, D): embeddings of texts whose tokens are `spans`; those that are not held are made in one batch."""
    keys = [cache.key(span) for span in spans]
    vectors, missing = ops.look_up(cache, keys)
    if missing:
        made = embedder.embed([texts[i] for i in missing])
        for i, vector in zip(missing, made, strict=True):
            vectors[i] = vector
            cache.put(keys[i], vector)
    return np.array(vectors) if vectors else np.empty((0, embedder.width))


def embed_spans(
    ops: Ops, backend: Decodes, embedder: Embeds, cache: SpanCache | None, tokens: Sequence[int], spans: Sequence[Span]
) -> tuple[list[Span], Vectors]:
    """The spans that are not blank, and their embeddings (n, D)."""
    kept, texts = [], []
    for start, end in spans:
        text = ops.decode_span(backend, tokens[start:end])  # slow: also of a span whose embedding is held
        if text.strip():
            kept.append((start, end))
            texts.append(text)
    if cache is None:
        return kept, ops.embed_texts(embedder, texts)
    return kept, ops.embed_cached(ops, cache, embedder, [tokens[start:end] for start, end in kept], texts)


def representatives(vectors: Vectors, count: int) -> list[int]:
    """Of each of `count` clusters the span nearest to its middle, newer ones counting as nearer; rising."""
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(n_clusters=count, random_state=0, n_init=3, batch_size=1024).fit(vectors)
    away = np.linalg.norm(vectors - model.cluster_centers_[model.labels_], axis=1)
    cost = away - RECENCY * np.arange(len(vectors)) / max(1, len(vectors) - 1)
    found = []
    for cluster in range(count):
        members = np.flatnonzero(model.labels_ == cluster)
        if len(members):
            found.append(int(members[np.argmin(cost[members])]))
    return sorted(found)


def rarity(vectors: Vectors) -> list[float]:
    """1 / the size of its cluster, of each span."""
    from sklearn.cluster import KMeans

    labels = KMeans(n_clusters=CLUSTERS, n_init=STARTS, random_state=0).fit(vectors).labels_
    sizes = np.bincount(labels, minlength=CLUSTERS)
    return [float(1 / sizes[label]) for label in labels]
