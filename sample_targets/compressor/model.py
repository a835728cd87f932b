"""A byte-level transformer that predicts the next byte, as its notes (seeds/000) describe it before any optimisation.

- vocabulary 256, width 128, two pre-norm encoder layers of `nn.TransformerEncoder`, learned positions
- no final norm; a linear head gives the logits
- about 479,000 parameters, float32, drawn from a seed: nothing is downloaded

The per-byte steps live in `ops`, the coder in `coder`, the file in `codec`. A context that would be empty is one
byte 0, so that there is always something to predict from.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

__all__ = ["ByteTransformer", "Config", "make_model"]

Tensor = torch.Tensor


@dataclass(frozen=True)
class Config:
    vocab: int = 256
    width: int = 128
    layers: int = 2
    heads: int = 4
    ff: int = 512
    dropout: float = 0.1
    context: int = 128


class ByteTransformer(nn.Module):
    """The parts; `ops.predict` puts them together."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.context, config.width)
        layer = nn.TransformerEncoderLayer(
            config.width, config.heads, config.ff, config.dropout, batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, config.layers, enable_nested_tensor=False)
        self.head = nn.Linear(config.width, config.vocab)

    @property
    def parameter_count(self) -> int:
        return sum(p.numel() for p in self.parameters())


def make_model(config: Config, seed: int) -> ByteTransformer:
    """A model with random weights, equal for equal seeds, ready to predict. The global generator is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ByteTransformer(config).eval()


def main() -> None:
    from .codec import Codec

    model = make_model(Config(), seed=0)
    text = b"A model that predicts the next byte can compress: what it expects costs few bits."
    packed = Codec(model).compress(text)
    print(f"{model.parameter_count:,} parameters")
    print(f"{len(text)} bytes in, {len(packed)} bytes out, and back: {Codec(model).decompress(packed) == text}")


if __name__ == "__main__":
    main()
