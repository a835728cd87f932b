"""The five policies: each takes the memory and new tokens, and gives what is held then and the policy that it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .spans import LENGTH, cut

if TYPE_CHECKING:
    from .memory import FiniteMemory
    from .ops import Ops

__all__ = ["hybrid", "importance", "rolling", "semantic", "sliding", "summarise", "token_scores"]

Kept = tuple[Sequence[int], str]
PROBE = 32  # tokens that a probe cuts out
FEWEST_SPANS = 8  # below, there is nothing to choose among
FROM_IMPORTANCE, FROM_RARITY = 0.6, 0.4
SENTENCE = 200  # characters of a summary


def sliding(ops: Ops, memory: FiniteMemory, tokens: list[int]) -> Kept:
    """The newest tokens."""
    buffer, _ = ops.slide(memory.state.buffer, tokens)
    memory.state.buffer = buffer
    return buffer, "sliding"


def token_scores(ops: Ops, memory: FiniteMemory, tokens: list[int], probes: int, *, scaled: bool) -> list[float]:
    """How important each token is, at its best so far: by attention, or else by `probes` cuts. `scaled`: of cuts."""
    backend = memory.backend
    if backend.attends:
        scores = ops.attention_scores(backend, tokens)
    else:
        last = max(0, len(tokens) - PROBE)
        starts = [last * n // max(1, probes - 1) for n in range(probes)]
        cuts = ops.probe_scores(backend, tokens, starts, PROBE)
        cuts = ops.scale(ops, cuts) if scaled else cuts
        scores = [0.0] * len(tokens)
        for start, score in zip(starts, cuts, strict=True):
            for i in range(start, min(start + PROBE, len(tokens))):
                scores[i] = max(scores[i], score)
    best = memory.state.scores
    for token, score in zip(tokens, scores, strict=True):
        best[token] = max(best.get(token, 0.0), score)
    return [best[token] for token in tokens]


def importance(ops: Ops, memory: FiniteMemory, tokens: list[int]) -> Kept:
    """The newest, and of the others the most important."""
    together = [*memory.state.buffer, *tokens]
    scores = token_scores(ops, memory, together, 8, scaled=False)
    return [together[i] for i in ops.keep_best(scores, memory.settings.max_tokens)], "importance"


def semantic(ops: Ops, memory: FiniteMemory, tokens: list[int]) -> Kept:
    """Spans that speak for others, and the latest, as many as fit; the newest tokens where there are few spans."""
    together = [*memory.state.buffer, *tokens]
    budget = memory.settings.max_tokens
    if len(together) <= budget:
        return together, "semantic"
    spans, vectors = ops.embed_spans(
        ops, memory.backend, memory.backend.embedder, memory.spans, together, cut(len(together))
    )
    memory.state.statistics.spans = len(spans)
    if len(spans) < FEWEST_SPANS:
        return sliding(ops, memory, tokens)
    chosen = ops.representatives(vectors, min(len(spans) // 2, max(2, budget // LENGTH)))
    latest = range(len(spans) - len(spans) // 4, len(spans))
    candidates = list(dict.fromkeys([*latest, *chosen]))
    sizes = [spans[i][1] - spans[i][0] for i in candidates]
    # value = length, so that all are worth the same a token: their order decides, the latest first
    taken = ops.knapsack_greedy(ops.score_items([float(size) for size in sizes], sizes), sizes, budget)
    positions = sorted({p for t in taken for p in range(*spans[candidates[t]])})
    return [together[p] for p in positions], "semantic"


def summarise(ops: Ops, memory: FiniteMemory, tokens: Sequence[int]) -> list[int]:
    """The first sentence of some tokens, as tokens: what comes before the first full stop, 200 characters at most."""
    sentence = memory.backend.decode(tokens).split(".")[0][:SENTENCE].strip()
    return memory.backend.encode(sentence)[: memory.settings.max_tokens // 8]


def rolling(ops: Ops, memory: FiniteMemory, tokens: list[int]) -> Kept:
    """The newest tokens; after every N of them the older half becomes its first sentence, behind earlier summaries."""
    state, every = memory.state, memory.settings.every
    sliding(ops, memory, tokens)
    state.unsummed += len(tokens)
    if state.unsummed < every or len(state.buffer) <= every:
        return state.buffer, "rolling"
    held = list(state.buffer)
    half = len(held) // 2
    state.summaries = [*state.summaries, ops.summarise(ops, memory, held[:half])]
    state.unsummed = 0
    front = [token for summary in state.summaries for token in summary]
    return [*front, *held[half:]][-memory.settings.max_tokens :], "rolling"


def hybrid(ops: Ops, memory: FiniteMemory, tokens: list[int]) -> Kept:
    """The newest, and of the others the most important and the rarest."""
    together = [*memory.state.buffer, *tokens]
    important = token_scores(ops, memory, together, 6, scaled=True)
    rare = ops.rare_tokens(ops, memory, together)  # slow: also where nothing has to go
    scores = [FROM_IMPORTANCE * a + FROM_RARITY * b for a, b in zip(important, rare, strict=True)]
    return [together[i] for i in ops.keep_best(scores, memory.settings.max_tokens)], "hybrid"


def rare_tokens(ops: Ops, memory: FiniteMemory, tokens: list[int]) -> list[float]:
    """How rare the span of each token is, at best: 1 / the size of its cluster; 0 where there are few spans."""
    spans, vectors = ops.embed_spans(
        ops, memory.backend, memory.backend.embedder, memory.spans, tokens, cut(len(tokens))
    )
    rare = [0.0] * len(tokens)
    if len(spans) < FEWEST_SPANS:
        return rare
    for (start, end), value in zip(spans, ops.rarity(vectors), strict=True):
        for i in range(start, end):
            rare[i] = max(rare[i], value)
    return rare
