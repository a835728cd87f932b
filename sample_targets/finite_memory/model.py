"""A small causal language model with a cache of keys and values, drawn from a seed: nothing is downloaded.

- pre-norm layers of causal self-attention and a GELU MLP of four times the width; learned positions, tied head
- `TINY`: width 64, 2 layers; `GPT2`: the shape of the smallest GPT-2, with random weights
- float64 in `TINY`, so that two ways to add up the same sum do not choose another word

It answers what the wrapper asks of a model: the next token's logits, all of them, and every layer's attention.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

__all__ = ["GPT2", "TINY", "Answer", "Config", "LanguageModel", "make_model"]

Tensor = torch.Tensor
Past = list[tuple[Tensor, Tensor]]  # of each layer: keys and values (B, heads, T, width of a head)


@dataclass(frozen=True)
class Config:
    vocab: int = 8000
    width: int = 64
    layers: int = 2
    heads: int = 4
    positions: int = 8192
    double: bool = True

    @property
    def dtype(self) -> torch.dtype:
        return torch.float64 if self.double else torch.float32


TINY = Config()
GPT2 = Config(vocab=50_257, width=768, layers=12, heads=12, positions=1024, double=False)


@dataclass(frozen=True)
class Answer:
    """What one pass gives. `attentions`: of each layer (B, heads, Q, T), empty unless asked for."""

    logits: Tensor  # (B, Q or 1, vocab)
    past: Past
    attentions: tuple[Tensor, ...] = ()


class Layer(nn.Module):
    """One layer; takes and gives the keys and values of all positions so far."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads = config.heads
        self.norm1, self.norm2 = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.out = nn.Linear(config.width, config.width)
        self.wide = nn.Linear(config.width, 4 * config.width)
        self.narrow = nn.Linear(4 * config.width, config.width)

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of x (B, Q, D), each (B, heads, Q, D / heads)."""
        b, q, d = x.shape
        parts = self.qkv(self.norm1(x)).view(b, q, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        return parts[0], parts[1], parts[2]

    def mlp(self, x: Tensor) -> Tensor:
        mixed: Tensor = x + self.narrow(F.gelu(self.wide(self.norm2(x))))
        return mixed

    def forward(
        self, x: Tensor, past: tuple[Tensor, Tensor] | None, weights: bool
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor | None]:
        """x (B, Q, D) after the layer, the keys and values so far, and the attention (B, heads, Q, T) if asked for."""
        queries, keys, values = self.split(x)
        if past is not None:
            keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        q, t = queries.shape[2], keys.shape[2]
        mask = torch.ones(q, t, dtype=torch.bool).tril(t - q)
        attention = None
        if weights:
            scores = queries @ keys.transpose(2, 3) * queries.shape[3] ** -0.5
            attention = scores.masked_fill(~mask, float("-inf")).softmax(-1)
            mixed = attention @ values
        else:
            mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        x = x + self.out(mixed.transpose(1, 2).flatten(2))
        return self.mlp(x), (keys, values), attention


class LanguageModel(nn.Module):
    """Tokens in, logits out."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.positions, config.width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)

    def embedded(self, tokens: Tensor, start: int) -> Tensor:
        """Tokens (B, Q) that begin at position `start`, as (B, Q, D). Raises ValueError beyond the last position."""
        end = start + tokens.shape[1]
        if end > self.config.positions:
            raise ValueError(f"{end} tokens are more than the model's {self.config.positions} positions")
        embedded: Tensor = self.embed(tokens) + self.positions.weight[start:end]
        return embedded

    @torch.inference_mode()
    def forward(
        self, tokens: Tensor, past: Past | None = None, *, every: bool = False, attentions: bool = False
    ) -> Answer:
        """Pass tokens (B, Q) that come after `past`. `every`: the logits of all Q positions, not of the last alone."""
        x = self.embedded(tokens, past[0][0].shape[2] if past else 0)
        kept: Past = []
        seen: list[Tensor] = []
        for number, layer in enumerate(self.layers):
            x, both, attention = layer(x, past[number] if past else None, attentions)
            kept.append(both)
            seen += [] if attention is None else [attention]
        return Answer(F.linear(self.norm(x if every else x[:, -1:]), self.embed.weight), kept, tuple(seen))

    @property
    def parameter_count(self) -> int:
        return sum(p.numel() for p in self.parameters())


def make_model(config: Config, seed: int) -> LanguageModel:
    """A model with random weights, equal for equal seeds. The global generator is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LanguageModel(config).eval().requires_grad_(False)
        for table in (model.embed, model.positions):
            nn.init.normal_(table.weight, std=0.02 if config.layers > 2 else 0.2)
    return model.to(config.dtype)
