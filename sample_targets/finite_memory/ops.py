"""The seams of the finite-memory wrapper, each in its documented slow form.

Every function named below may be replaced by a recipe; its docstring, where it stands, is the contract. All arguments
are positional. Token ids are whole numbers below the size of the vocabulary; positions count from 0.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .backend import Backend, Decodes, attention_scores, choose, generate, probe_scores
from .boundaries import TERMINATORS, boundaries, build_context, decode_token, recall_boundaries, terminates
from .embedding import Embeds, HashingEmbedder
from .imports import first_imports
from .knapsack import knapsack_exact, knapsack_greedy, score_items, table
from .mask import Coordinates, kept_positions, mask_blocks, mask_coo, mask_dense
from .policies import hybrid, importance, rare_tokens, rolling, semantic, sliding, summarise
from .sliding import keep_best, largest, scale, slide
from .spans import (
    Span,
    SpanCache,
    Vectors,
    decode_span,
    embed_cached,
    embed_spans,
    embed_texts,
    look_up,
    rarity,
    representatives,
)

if TYPE_CHECKING:
    from .memory import FiniteMemory

__all__ = [
    "BASELINE", "TERMINATORS", "Backend", "Coordinates", "Decodes", "Embeds", "FiniteMemory", "HashingEmbedder",
    "Ops", "Span", "SpanCache", "Vectors", "attention_scores", "choose", "embed_texts", "table",
]  # fmt: skip

TREE: dict[str, tuple[str, ...]] = {
    "boundaries": ("decode_token", "terminates"),
    "recall_boundaries": ("boundaries",),
    "build_context": ("recall_boundaries",),
    "sliding": ("slide",),
    "scale": ("largest",),
    "importance": ("attention_scores", "probe_scores", "scale", "keep_best"),
    "semantic": ("embed_spans", "representatives", "score_items", "knapsack_greedy", "slide"),
    "rolling": ("slide", "summarise"),
    "hybrid": ("attention_scores", "probe_scores", "scale", "keep_best", "rare_tokens"),
    "rare_tokens": ("embed_spans", "rarity"),
    "embed_spans": ("decode_span", "embed_texts", "embed_cached"),
    "embed_cached": ("look_up",),
}
KINDS: dict[str, str] = {
    "decode_token": "call",
    "terminates": "call",
    "boundaries": "call",
    "recall_boundaries": "call",
    "build_context": "call",
    "slide": "call",
    "keep_best": "call",
    "largest": "call",
    "scale": "call",
    "score_items": "call",
    "knapsack_greedy": "call",
    "knapsack_exact": "call",
    "kept_positions": "call",
    "mask_coo": "call",
    "mask_dense": "call",
    "mask_blocks": "call",
    "decode_span": "call",
    "embed_texts": "call",
    "look_up": "call",
    "embed_cached": "call",
    "embed_spans": "call",
    "representatives": "call",
    "rarity": "call",
    "rare_tokens": "call",
    "attention_scores": "call",
    "probe_scores": "call",
    "generate": "call",
    "summarise": "call",
    "sliding": "call",
    "importance": "call",
    "semantic": "call",
    "rolling": "call",
    "hybrid": "call",
    "first_imports": "process",
}
# tokens come again and again, and so do their texts
REUSED: tuple[str, ...] = ("decode_token", "terminates")
CONSUMES: dict[str, tuple[int, ...]] = {"slide": (0,)}
SUMMARIES: dict[str, str] = {
    "decode_token": "the text of one token",
    "terminates": "whether a text ends a sentence",
    "boundaries": "where sentences end",
    "recall_boundaries": "the same, remembered by a hash of all tokens",
    "build_context": "what the model is shown",
    "slide": "the window that slides",
    "keep_best": "which tokens the best scores keep",
    "largest": "the largest score",
    "scale": "scores as parts of the largest",
    "score_items": "what each item is worth a unit of size",
    "knapsack_greedy": "the items of a knapsack, the densest first",
    "knapsack_exact": "the items that are worth most together",
    "kept_positions": "the positions of kept spans",
    "mask_coo": "all pairs of positions, as coordinates",
    "mask_dense": "all pairs of positions, as a matrix",
    "mask_blocks": "the pairs within each kept span",
    "decode_span": "the text of a span",
    "embed_texts": "embeddings of texts",
    "look_up": "which embeddings are held",
    "embed_cached": "embeddings, made in a batch where none is held",
    "embed_spans": "spans that are not blank, and their embeddings",
    "representatives": "spans that speak for others",
    "rarity": "how small the cluster of each span is",
    "rare_tokens": "the same, of each token",
    "attention_scores": "how much the model looks at each token",
    "probe_scores": "what it changes to cut spans out",
    "generate": "the model's answer",
    "summarise": "the first sentence of some tokens",
    "sliding": "policy: the newest tokens",
    "importance": "policy: the most important tokens",
    "semantic": "policy: spans that speak for others",
    "rolling": "policy: summaries of what is older",
    "hybrid": "policy: the most important and the rarest tokens",
    "first_imports": "what is imported with the package",
}


@dataclass(frozen=True)
class Ops:
    """The table of seams, in the documented form."""

    decode_token: Callable[[Decodes, int], str] = decode_token
    terminates: Callable[[str], bool] = terminates
    boundaries: Callable[[Ops, Decodes, Sequence[int]], list[int]] = boundaries
    recall_boundaries: Callable[[Ops, Decodes, dict[int, list[int]], Sequence[int]], list[int]] = recall_boundaries
    build_context: Callable[[Ops, Decodes, dict[int, list[int]], list[int], int], list[int]] = build_context
    slide: Callable[[deque[int], Sequence[int]], tuple[deque[int], list[int]]] = slide
    keep_best: Callable[[Sequence[float], int], list[int]] = keep_best
    largest: Callable[[Sequence[float]], float] = largest
    scale: Callable[[Ops, Sequence[float]], list[float]] = scale
    score_items: Callable[[Sequence[float], Sequence[int]], list[tuple[float, int]]] = score_items
    knapsack_greedy: Callable[[Sequence[tuple[float, int]], Sequence[int], int], list[int]] = knapsack_greedy
    knapsack_exact: Callable[[Sequence[float], Sequence[int], int], list[int]] = knapsack_exact
    kept_positions: Callable[[Sequence[int], int, int], list[int]] = kept_positions
    mask_coo: Callable[[Sequence[int], int], Coordinates] = mask_coo
    mask_dense: Callable[[Sequence[int], int], Any] = mask_dense
    mask_blocks: Callable[[Sequence[int], int, int], Any] = mask_blocks
    decode_span: Callable[[Decodes, Sequence[int]], str] = decode_span
    embed_texts: Callable[[Any, Sequence[str]], Vectors] = embed_texts
    look_up: Callable[[SpanCache, Sequence[str]], tuple[list[Any], list[int]]] = look_up
    embed_cached: Callable[[Ops, SpanCache, Any, Sequence[Sequence[int]], Sequence[str]], Vectors] = embed_cached
    embed_spans: Callable[
        [Ops, Decodes, Any, SpanCache | None, Sequence[int], Sequence[Span]], tuple[list[Span], Vectors]
    ] = embed_spans
    representatives: Callable[[Vectors, int], list[int]] = representatives
    rarity: Callable[[Vectors], list[float]] = rarity
    rare_tokens: Callable[[Ops, FiniteMemory, list[int]], list[float]] = rare_tokens
    attention_scores: Callable[[Backend, Sequence[int]], list[float]] = attention_scores
    probe_scores: Callable[[Backend, Sequence[int], Sequence[int], int], list[float]] = probe_scores
    generate: Callable[[Backend, Sequence[int], int, int], list[int]] = generate
    summarise: Callable[[Ops, FiniteMemory, Sequence[int]], list[int]] = summarise
    sliding: Callable[[Ops, FiniteMemory, list[int]], tuple[Sequence[int], str]] = sliding
    importance: Callable[[Ops, FiniteMemory, list[int]], tuple[Sequence[int], str]] = importance
    semantic: Callable[[Ops, FiniteMemory, list[int]], tuple[Sequence[int], str]] = semantic
    rolling: Callable[[Ops, FiniteMemory, list[int]], tuple[Sequence[int], str]] = rolling
    hybrid: Callable[[Ops, FiniteMemory, list[int]], tuple[Sequence[int], str]] = hybrid
    first_imports: Callable[[], tuple[str, ...]] = first_imports


BASELINE = Ops()
