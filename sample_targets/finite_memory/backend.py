"""What the wrapper stands on: a tokenizer, a language model and an embedder, each made when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from .embedding import Embeds
    from .hub import HubModel, HubTokenizer
    from .model import Config, LanguageModel
    from .tokenizer import BytePairTokenizer

__all__ = ["Backend", "Decodes", "attention_scores", "generate", "probe_scores"]

TEMPERATURE = 0.8


class Decodes(Protocol):
    """What the boundaries need of a backend."""

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""


class Backend:
    """`attends`: whether the model gives its attention away; without, importance is found by probing."""

    def __init__(
        self,
        tokenizer: BytePairTokenizer | HubTokenizer,
        model: LanguageModel | HubModel | None = None,
        *,
        attends: bool = True,
        embedder: Embeds | None = None,
        config: Config | None = None,
    ) -> None:
        self.tokenizer = tokenizer
        self.attends = attends
        self._model = model
        self._config = config
        self._embedder = embedder

    @property
    def model(self) -> LanguageModel | HubModel:
        """The language model; by default a small one, drawn from seed 0."""
        if self._model is None:
            from .model import TINY, make_model

            self._model = make_model(self._config or TINY, 0)
        return self._model

    @property
    def embedder(self) -> Embeds:
        """What turns texts into vectors; by default hashed words."""
        if self._embedder is None:
            from .embedding import HashingEmbedder

            self._embedder = HashingEmbedder()
        return self._embedder

    def encode(self, text: str) -> list[int]:
        """The tokens of a text."""
        return self.tokenizer.encode(text)

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""
        return self.tokenizer.decode(tokens)

    def check(self, tokens: Sequence[int]) -> None:
        """Raise UnknownToken where a token is not of the vocabulary."""
        self.tokenizer.check(tokens)


def attention_scores(backend: Backend, tokens: Sequence[int]) -> list[float]:
    """How much the last layer looks at each token from the last one, the mean over its heads."""
    import torch

    if not tokens:
        return []
    # slow: the logits of all positions and the attention of all layers, for one row of one layer
    answer = backend.model(torch.tensor([tokens]), every=True, attentions=True)
    scores: list[float] = answer.attentions[-1][0, :, -1].mean(0).tolist()
    return scores


def probe_scores(backend: Backend, tokens: Sequence[int], starts: Sequence[int], length: int) -> list[float]:
    """How much the largest logit changes when `length` tokens from each start on are cut out."""
    import torch

    def largest(kept: Sequence[int]) -> float:
        if not kept:
            return 0.0
        answer = backend.model(torch.tensor([kept]))
        return float(answer.logits[0, -1].max())

    whole = largest(tokens)
    scores = []
    for start in starts:  # slow: one pass of the model for each
        scores.append(abs(largest([*tokens[:start], *tokens[start + length :]]) - whole))
    return scores


def choose(logits: Any, spin: float) -> int:
    """The token at the share `spin` (0 to 1) of all probability, by a softmax at a fixed temperature."""
    import torch

    shares = torch.softmax(logits / TEMPERATURE, -1).cumsum(-1)
    return min(int(torch.searchsorted(shares, spin * shares[-1:])), len(shares) - 1)


def generate(backend: Backend, context: Sequence[int], count: int, turn: int) -> list[int]:
    """`count` tokens that follow `context`; the same ones for the same context and turn."""
    import torch

    if not context or count < 1:
        return []
    spins = np.random.default_rng(turn).random(count).tolist()
    known = backend.tokenizer.vocabulary  # a model of another's shape has more
    answer = backend.model(torch.tensor([context]))  # slow: all of it, though most was there a turn ago
    reply = [choose(answer.logits[0, -1, :known], spins[0])]
    for spin in spins[1:]:
        answer = backend.model(torch.tensor([reply[-1:]]), answer.past)
        reply.append(choose(answer.logits[0, -1, :known], spin))
    return reply
