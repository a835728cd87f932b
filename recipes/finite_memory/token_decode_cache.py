"""Keep the text of the last 10,000 tokens that were decoded.

What it does
    `lru_cache(maxsize=10000)` over the backend and the token; another backend has other texts.

Why the baseline is slow
    It asks the tokenizer's library for every token, and most tokens of a text came before.

When it loses
    On a first text, where most tokens are new: `perfkit compare --recipe token-decode-cache --workload
    boundaries-cold`. A vocabulary above 10,000 turns the cache over. It keeps the backends it has met from being freed.
    In memory: nothing is evicted of 8,000 tokens, so that what is held grows until all of them have been met.

Source
    The notes of the finite-memory wrapper, optimisation 4, "Cache Decoded Tokens". What was shipped is
    `token-decode-cache-as-shipped`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.finite_memory.ops import Decodes, Ops


def with_cache(ops: Ops) -> Ops:
    """A table with a cache of its own."""

    @lru_cache(maxsize=10_000)
    def decode_token_cached(backend: Decodes, token: int) -> str:
        """The text of one token."""
        return backend.decode([token])

    decode: Callable[[Any, int], str] = decode_token_cached
    return replace(ops, decode_token=decode)


RECIPE = Recipe(
    id="token-decode-cache",
    target="finite-memory",
    touches={"decode_token"},
    apply=with_cache,
    claim=Claim(
        text="20-40% faster for repeated token decoding",
        measure="speed-up",
        low=1.2,
        high=1.4,
        workload="boundaries",
        source="finite-memory notes, optimisation 4",
        readings=(("share of time", 0.2, 0.4),),
    ),
    memory_claim=Claim(
        text="Automatic LRU eviction prevents memory growth",
        measure="peak memory",
        low=0.95,
        high=1e6,
        workload="boundaries",
        source="finite-memory notes, optimisation 4",
    ),
    equivalence=exact(),
)
