"""Embeddings of spans and texts, and the import of the package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..backend import Backend
from ..embedding import HashingEmbedder, RemoteEmbedder
from ..inputs import LATENCY_S, Importing, Remote, Shared, Spanned, excerpt, passage
from ..ops import BASELINE, Ops
from ..server import EmbeddingServer
from ..spans import SpanCache


def span_tokens(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(352 if shared.size == "tiny" else 1056, rng)  # 10 spans, or 32


def build_each(ops: Ops, shared: Shared) -> Spanned:
    return Spanned(ops, Backend(shared.backend.tokenizer))


def with_tokens(spanned: Spanned, data: Any) -> Any:
    return spanned.cache, data.tolist()


def with_cold(spanned: Spanned, data: Any) -> Any:
    return SpanCache(), data.tolist()


def with_warm(spanned: Spanned, data: Any) -> Any:
    """A cache that holds every span of these tokens, made by the documented form."""
    cache, tokens = SpanCache(), data.tolist()
    Spanned(BASELINE, spanned.backend, cache).embed(tokens)
    return cache, tokens


def run_spans(spanned: Spanned) -> Callable[[Any], Any]:
    return lambda argument: Spanned(spanned.ops, spanned.backend, argument[0]).embed(argument[1])


def texts(size: str, rng: np.random.Generator) -> Any:
    return passage(3 if size == "tiny" else 16, 250, rng)


def build_remote(ops: Ops, size: str) -> Remote:
    server = EmbeddingServer(0.0 if size == "tiny" else LATENCY_S)
    return Remote(ops, server, RemoteEmbedder(server.port))


def many_texts(size: str, rng: np.random.Generator) -> Any:
    return passage(3 if size == "tiny" else 64, 2000, rng)


def build_local(ops: Ops, size: str) -> tuple[Ops, HashingEmbedder]:
    return ops, HashingEmbedder()


def run_local(instance: tuple[Ops, HashingEmbedder]) -> Callable[[list[str]], Any]:
    ops, embedder = instance
    return lambda texts: ops.embed_texts(embedder, texts)


def close_ops(instance: tuple[Ops, HashingEmbedder]) -> None:
    """End what a replacement has begun and keeps, such as processes."""
    end = getattr(instance[0].embed_texts, "close", None)
    if end is not None:
        end()


def nothing(size: str, rng: np.random.Generator) -> Any:
    return None


def importing(ops: Ops, size: str) -> Importing:
    return Importing(ops, small=size == "tiny")
