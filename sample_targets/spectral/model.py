"""A byte-spectral model that predicts the next byte, as its notes describe it before any optimisation.

- no tokenizer and no table of embeddings: each position is described by the Fourier transform of the whole window as
  seen from there, its lowest bins as magnitude, sine and cosine
- pre-norm blocks: a mix by the transform along the positions, with a learned complex weight for each channel and bin,
  then an inner layer four times as wide
- width 256, 4 blocks, 2,699,904 parameters, float32, drawn from a seed: nothing is downloaded

The modules below hold parameters; `ops` says what is computed with them. A complex weight is held as its real and its
imaginary part: their two gradients are what Wirtinger's derivative is made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

__all__ = ["Block", "ByteEncoder", "Config", "SpectralMix", "SpectralModel", "as_ids", "make_model", "parameter_count"]

Tensor = torch.Tensor
BYTES = 256


@dataclass(frozen=True)
class Config:
    width: int = 256
    layers: int = 4
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if self.width < 2 or self.layers < 0 or not 0 <= self.dropout < 1:
            raise ValueError(f"a model needs a width of 2 or more, and a dropout below 1, not {self}")


class ByteEncoder(nn.Module):
    """What turns spectral features (B, T, D) into hidden states; the bands weigh the magnitudes."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.bands = nn.Parameter(torch.ones(width // 2))
        self.wide = nn.Linear(width, 2 * width)
        self.norm = nn.LayerNorm(2 * width)
        self.narrow = nn.Linear(2 * width, width)


class SpectralMix(nn.Module):
    """A complex weight for each channel and bin, (D, D // 2), and a bias for each channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.real = nn.Parameter(torch.ones(width, width // 2))
        self.imag = nn.Parameter(torch.zeros(width, width // 2))
        self.bias = nn.Parameter(torch.zeros(width))


class Block(nn.Module):
    """One mix and one inner layer, each behind a norm and added to what it was given."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.width)
        self.mix = SpectralMix(config.width)
        self.norm2 = nn.LayerNorm(config.width)
        self.wide = nn.Linear(config.width, 4 * config.width)
        self.narrow = nn.Linear(4 * config.width, config.width)
        self.dropout = nn.Dropout(config.dropout)


class Blocks(nn.ModuleList):
    """The blocks in their order."""

    def __iter__(self) -> Iterator[Block]:
        return super().__iter__()  # type: ignore[return-value]


class SpectralModel(nn.Module):
    """The parts; `ops.forward` puts them together."""

    config: Config
    blocks: Blocks

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.encoder = ByteEncoder(config.width)
        self.blocks = Blocks(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, BYTES)


def parameter_count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def make_model(config: Config, seed: int) -> SpectralModel:
    """A model with random weights, equal for equal seeds, ready to predict. The global generator is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SpectralModel(config).eval()


def as_ids(data: object) -> Tensor:
    """Bytes (B, T) as int64. Raises ValueError where there is no position, or what is no byte."""
    ids = torch.as_tensor(data)
    if ids.dim() != 2 or not ids.numel():
        raise ValueError(f"a model takes (batch, length) bytes, at least one of each, not {tuple(ids.shape)}")
    if ids.dtype.is_floating_point or ids.dtype.is_complex or ids.dtype == torch.bool:
        raise ValueError(f"bytes are whole numbers, not {ids.dtype}")
    low, high = int(ids.min()), int(ids.max())
    if low < 0 or high >= BYTES:
        raise ValueError(f"bytes lie from 0 to 255, not from {low} to {high}")
    return ids.to(torch.int64)


def main() -> None:
    from .ops import BASELINE

    model = make_model(Config(), seed=0)
    text = b"What is seen of a window is its spectrum."
    logits = BASELINE.infer(BASELINE, model, as_ids([list(text)]))
    print(f"{parameter_count(model):,} parameters")
    print(f"{len(text)} bytes in, logits {tuple(logits.shape)} out")


if __name__ == "__main__":
    main()
