"""The least that one call of a seam must do, from its arguments.

Operations are quotients, comparisons and, of the language model, what its matrices multiply and add; bytes are those
that are read, eight for a number or a reference to one. Of tokens, texts and what is kept there is no least, nor of
what only writes (`mask_…`), of k-means, which ends when it has settled, and of a knapsack, whose table is one way among
others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perfkit.target import Cost

from .backend import Backend

__all__ = ["COSTS"]

_WORD = 8  # bytes of a number, or of a reference to one


def largest(scores: Sequence[float]) -> Cost:
    """A comparison for each score but the first."""
    return Cost(operations=max(0, len(scores) - 1), read=_WORD * len(scores))


def scale(ops: Any, scores: Sequence[float]) -> Cost:
    """The largest, and a quotient for each score."""
    return Cost(operations=largest(scores).operations + len(scores), read=_WORD * len(scores))


def score_items(values: Sequence[float], sizes: Sequence[int]) -> Cost:
    """A comparison and a quotient for each item."""
    return Cost(operations=2 * len(values), read=2 * _WORD * len(values))


def generate(backend: Backend, context: Sequence[int], count: int, turn: int) -> Cost | None:
    """`count` passes of one token, where the keys and values of all before it have been kept; weights are read once."""
    passes = range(len(context), len(context) + max(0, count))
    return _passes(backend, rows=len(passes), pairs=sum(passes), logits=len(passes))


def probe_scores(backend: Backend, tokens: Sequence[int], starts: Sequence[int], length: int) -> Cost | None:
    """For each start what follows the cut, where what comes before it is shared; as `generate`."""
    after = [max(0, len(tokens) - start - length) for start in starts]
    rows = len(tokens) + sum(after)
    pairs = _pairs(len(tokens)) + sum(_pairs(n) + n * start for n, start in zip(after, starts, strict=True))
    return _passes(backend, rows=rows, pairs=pairs, logits=1 + len(after))


def _pairs(length: int) -> float:
    """Positions that a causal mask leaves."""
    return length * (length + 1) / 2


def _passes(backend: Backend, *, rows: int, pairs: float, logits: int) -> Cost | None:
    """All layers for so many rows, scores and values for so many pairs, and the table of tokens for so many logits.

    None where the model is not of this package, and its matrices not known.
    """
    from .model import LanguageModel  # which imports torch, without which the rest goes on

    model: Any = backend.model
    if not isinstance(model, LanguageModel):
        return None
    layers, head = 12 * model.config.layers * model.config.width**2, model.embed.weight.numel()
    attention = 4 * model.config.layers * model.config.width * pairs
    read = (layers + head) * model.embed.weight.element_size()
    return Cost(operations=2.0 * (rows * layers + logits * head) + attention, read=read)


COSTS: dict[str, Callable[..., Cost | None]] = {
    "largest": largest,
    "scale": scale,
    "score_items": score_items,
    "generate": generate,
    "probe_scores": probe_scores,
}
