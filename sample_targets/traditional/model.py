"""The traditional transformer that stands beside the byte-spectral model, as the notes describe it.

- bytes are looked up in a table of embeddings, width 256; no positions
- four post-norm layers of `nn.TransformerEncoder`, 8 heads, inner width 1024, behind a causal mask
- a final norm and a head with bias: 3,290,880 parameters, float32, drawn from a seed

What is done with the parts stands in `ops`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

__all__ = ["Config", "Transformer", "make_model"]

BYTES = 256


@dataclass(frozen=True)
class Config:
    width: int = 256
    layers: int = 4
    heads: int = 8
    ff: int = 1024
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if self.heads < 1 or self.width < 1 or self.width % self.heads:
            raise ValueError(f"a width of {self.width} does not part into {self.heads} heads")


class Transformer(nn.Module):
    """The parts; `ops.forward` puts them together."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(BYTES, config.width)
        layer = nn.TransformerEncoderLayer(config.width, config.heads, config.ff, config.dropout, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, config.layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, BYTES)


def make_model(config: Config, seed: int) -> Transformer:
    """A model with random weights, equal for equal seeds, ready to predict. The global generator is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Transformer(config).eval()


def main() -> None:
    from ..spectral.model import as_ids, parameter_count
    from .ops import BASELINE

    model = make_model(Config(), seed=0)
    text = b"What came before decides what comes next."
    logits = BASELINE.infer(BASELINE, model, as_ids([list(text)]))
    print(f"{parameter_count(model):,} parameters")
    print(f"{len(text)} bytes in, logits {tuple(logits.shape)} out")


if __name__ == "__main__":
    main()
