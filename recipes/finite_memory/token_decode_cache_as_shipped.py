"""The cache of decoded tokens as it was shipped: it finds no boundary at all.

What it does
    The cached method stands in a class that has no `backend`; each call raises, and what calls it swallows the error.

Why the baseline is slow
    It decodes every token.

When it loses
    Always: of some 600 boundaries in 4,096 tokens 2 are left, the first and the last position. It is fast because it
    does nothing.

Source
    The notes of the finite-memory wrapper, 2025-11-06, "Completed: Optimization 4 - Cached Token Decoding": "Impact:
    20-40% faster". There is no figure that a wrong result could have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from perfkit.recipe import Recipe, exact

from ...sample_targets.finite_memory.ops import TERMINATORS, Decodes, Ops


class _Builder:
    """The class that the method was put into; the backend is another object's."""

    backend: Any

    @lru_cache(maxsize=10_000)  # noqa: B019 - as shipped
    def _decode_token_cached(self, backend_name: str, token_id: int) -> str:
        text: str = self.backend.decode([token_id])
        return text

    def boundaries(self, tokens: Sequence[int]) -> list[int]:
        found = []
        try:
            for i, token in enumerate(tokens[:-1]):
                text = self._decode_token_cached("backend", token)
                if any(p in text for p in TERMINATORS):
                    found.append(i + 1)
        except Exception:  # noqa: S110 - as shipped: the swallowed error is what this recipe shows
            pass
        return sorted({0, *found, len(tokens) - 1})


def boundaries_as_shipped(ops: Ops, backend: Decodes, tokens: Sequence[int]) -> list[int]:
    """Not as `boundaries`: the first and the last position."""
    return _Builder().boundaries(tokens) if tokens else []


RECIPE = Recipe(
    id="token-decode-cache-as-shipped",
    target="finite-memory",
    status="rejected",
    touches={"boundaries"},
    shadows={"decode_token", "terminates"},
    workload="boundaries",
    apply=lambda ops: replace(ops, boundaries=boundaries_as_shipped),
    equivalence=exact(),
)
