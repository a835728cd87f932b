"""Sentence boundaries in tokens, and the context that is built around them: the documented slow forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .backend import Decodes
    from .ops import Ops

__all__ = ["TERMINATORS", "boundaries", "build_context", "decode_token", "recall_boundaries", "terminates"]

TERMINATORS = (".", "!", "?", "\n")
REMEMBERED = 100  # results of `boundaries`, by the hash of the whole list
WINDOW = 128  # newest tokens that a context keeps whole


def decode_token(backend: Decodes, token: int) -> str:
    """The text of one token."""
    return backend.decode([token])


def terminates(text: str) -> bool:
    """Whether a text holds what ends a sentence."""
    return any(p in text for p in TERMINATORS)  # slow: four searches, in a generator


def boundaries(ops: Ops, backend: Decodes, tokens: Sequence[int]) -> list[int]:
    """Positions behind which a sentence ends, and the first and last position: rising, without repetition."""
    if not tokens:
        return []
    found = []
    for i, token in enumerate(tokens[:-1]):
        text = ops.decode_token(backend, token)  # slow: every token, however often it came before
        if ops.terminates(text):
            found.append(i + 1)
    return sorted({0, *found, len(tokens) - 1})


def recall_boundaries(ops: Ops, backend: Decodes, remembered: dict[int, list[int]], tokens: Sequence[int]) -> list[int]:
    """As `boundaries`, remembered by the hash of the whole list; a list that is new misses."""
    key = hash(tuple(tokens))
    if key in remembered:
        return list(remembered[key])
    found = ops.boundaries(ops, backend, tokens)
    if len(remembered) >= REMEMBERED:
        remembered.clear()  # slow: all are forgotten, and the new one is not kept either
    else:
        remembered[key] = list(found)
    return found


def build_context(
    ops: Ops, backend: Decodes, remembered: dict[int, list[int]], tokens: list[int], budget: int
) -> list[int]:
    """What of `tokens` the model is shown: all, or the newest and one at each sentence boundary, `budget` at most."""
    if len(tokens) <= budget:
        return tokens
    if budget < 1:
        return []
    window = range(len(tokens) - min(WINDOW, len(tokens)), len(tokens))
    chosen = sorted({*window, *ops.recall_boundaries(ops, backend, remembered, tokens)})
    return [tokens[i] for i in chosen[-budget:]]
