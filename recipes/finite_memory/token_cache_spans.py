"""Keep what each token stands for, and put spans together from that.

What it does
    Asks the tokenizer once for the bytes of each token; the text of a span is theirs, joined.

Why the baseline is slow
    It hands every span to the tokenizer's library.

When it loses
    On a first text. The library decodes a span of 64 tokens in one call, some 10 µs: there is little to save.

Source
    The notes of the finite-memory wrapper, optimisation 4: "Any repeated token decoding operations"; no figure for
    this place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.finite_memory.ops import Ops


def with_pieces(ops: Ops) -> Ops:
    """A table with a cache of its own."""
    piece = lru_cache(maxsize=10_000)(_bytes_of)

    def decode_span_joined(backend: Any, tokens: Sequence[int]) -> str:
        """The text of some tokens."""
        tokenizer = backend.tokenizer
        return b"".join([piece(tokenizer, token) for token in tokens]).decode("utf-8", "replace")

    return replace(ops, decode_span=decode_span_joined)


def _bytes_of(tokenizer: Any, token: int) -> bytes:
    found: bytes = tokenizer.bytes_of(token)
    return found


RECIPE = Recipe(
    id="token-cache-spans",
    target="finite-memory",
    touches={"decode_span"},
    workload="embeddings",
    apply=with_pieces,
    equivalence=exact(),
)
