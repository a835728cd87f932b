"""The seams of the byte-spectral model, each in its documented slow form.

Every function below may be replaced by a recipe; its docstring is the contract. All arguments are positional.
B windows, T positions, D width, K bins: the first min(D // 2, T // 2) of the transform of T numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

from .model import Block, ByteEncoder, SpectralMix, SpectralModel, as_ids

Tensor = torch.Tensor

TREE: dict[str, tuple[str, ...]] = {
    "infer": ("forward",),
    "gradients": ("forward",),
    "forward": ("encode", "mix", "inner", "head"),
    "encode": ("signal", "whole_spectrum", "features", "project"),
    "features": ("twiddles",),
}
KINDS: dict[str, str] = {
    "infer": "context",  # of what forward does: whether a graph is kept, and in which precision
    "gradients": "context",  # of what forward does: it is called with a graph, and goes back through it
    "forward": "call",
    "encode": "call",
    "signal": "call",
    "whole_spectrum": "call",
    "features": "call",
    "twiddles": "call",
    "project": "call",
    "mix": "call",
    "inner": "call",
    "head": "call",
    "update": "context",
}
# windows are of one length, all through training and after it
REUSED: tuple[str, ...] = ("twiddles",)
ONLY_READ: tuple[str, ...] = ("twiddles",)
# Floats that a seam may be given alone; the weights of its module are cast with them.
DTYPES: dict[str, tuple[str, ...]] = {
    "whole_spectrum": ("float32", "float64"),
    "project": ("float16", "float32", "float64", "bfloat16"),
    "mix": ("float32", "float64"),
    "inner": ("float16", "float32", "float64", "bfloat16"),
    "head": ("float16", "float32", "float64", "bfloat16"),
}
SUMMARIES: dict[str, str] = {
    "infer": "logits, of which nobody takes a gradient",
    "gradients": "the loss of a batch, and what it asks of every weight",
    "forward": "bytes to logits",
    "encode": "bytes to hidden states",
    "signal": "bytes to numbers from -1 to 1",
    "whole_spectrum": "the transform of the window, which nobody reads",
    "features": "magnitude, sine and cosine of the window as seen from each position",
    "twiddles": "by what a bin turns from position to position",
    "project": "features to hidden states",
    "mix": "what each position takes from the others",
    "inner": "the inner layer of a block",
    "head": "hidden states to logits",
    "update": "moves the weights down their gradients",
}


def bins(length: int, width: int) -> int:
    """K: how many bins of a window of `length` positions a model of `width` reads."""
    return min(width // 2, length // 2)


def infer(ops: Any, model: Any, ids: Tensor) -> Tensor:
    """Logits (B, T, 256) of ids (B, T) int64, without a graph. Raises ValueError where there is no byte."""
    checked = as_ids(ids)
    with torch.no_grad():
        logits: Tensor = ops.forward(ops, model, checked)
        return logits


def gradients(ops: Any, model: Any, ids: Tensor, targets: Tensor) -> Tensor:
    """The mean loss in nats of ids (B, T), each position to predict its target (B, T).

    What it asks of every weight is left there, in the place of what was there before.
    """
    logits = ops.forward(ops, model, ids)  # (B, T, 256)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    model.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach()


def forward(ops: Ops, model: SpectralModel, ids: Tensor) -> Tensor:
    """Logits (B, T, 256) of ids (B, T) int64, each position's for the byte that follows it."""
    x = ops.encode(ops, model.encoder, ids)  # (B, T, D)
    for block in model.blocks:
        x = x + ops.mix(block.mix, block.norm1(x))
        x = x + ops.inner(block, block.norm2(x))
    return ops.head(model, x)


def encode(ops: Ops, encoder: ByteEncoder, ids: Tensor) -> Tensor:
    """Hidden states (B, T, D) of ids (B, T) int64. Raises ValueError where features have no positions."""
    signal = ops.signal(ids)  # (B, T)
    ops.whole_spectrum(signal)  # slow: computed, and never used
    features = ops.features(ops, encoder.bands, signal, encoder.width)  # (B, T, D)
    if features.dim() != 3:
        raise ValueError(f"features are a row for each position, (B, T, D), not {tuple(features.shape)}")
    return ops.project(encoder, features)


def signal(ids: Tensor) -> Tensor:
    """ids (B, T) -> (B, T) float32 from -1 to 1. A division: to multiply by 1 / 127.5 gives other numbers."""
    return ids.float() / 127.5 - 1.0


def whole_spectrum(signal: Tensor) -> Tensor:
    """The transform of signal (B, T), complex. The caller makes nothing of it, and would not miss it."""
    spectrum: Tensor = torch.fft.fft(signal)
    return spectrum


def features(ops: Ops, bands: Tensor, signal: Tensor, width: int) -> Tensor:
    """What each position sees of the whole window: (B, T, D) of signal (B, T), with the D // 2 weights of the bands.

    Row p is of the window that begins at p: K magnitudes by their weights, K sines and K cosines of the phases, cut or
    filled with zeros to D. A bin that is 0 has the phase 0.
    """
    length = signal.shape[1]
    k = bins(length, width)
    rows = []
    for position in range(length):  # slow: "Processes each position in Python loops", "No vectorization"
        spectrum = torch.fft.fft(torch.roll(signal, -position, dims=1))[:, :k]
        phase = torch.angle(spectrum)
        rows.append(fitted([spectrum.abs() * bands[:k], torch.sin(phase), torch.cos(phase)], width))
    return torch.stack(rows, dim=1)


def fitted(parts: list[Tensor], width: int) -> Tensor:
    """Parts (B, K) side by side, cut or filled with zeros to (B, width)."""
    row = torch.cat(parts, dim=-1)
    return F.pad(row, (0, width - row.shape[-1]))  # a negative padding cuts


def twiddles(length: int, k: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Cosine and sine (T, K) of 2 pi p f / T, for position p and bin f. The caller only reads them.

    The documented form has no such table: it is what the vectorised one multiplies by.
    """
    turns = torch.arange(length)[:, None] * torch.arange(k) % max(length, 1)  # whole numbers: p f may be large
    angles = torch.arange(length, dtype=torch.float64) * (2 * torch.pi / max(length, 1))
    return angles.cos().to(dtype)[turns], angles.sin().to(dtype)[turns]


def project(encoder: ByteEncoder, features: Tensor) -> Tensor:
    """Hidden states (B, T, D) of features (B, T, D)."""
    result: Tensor = encoder.narrow(F.gelu(encoder.norm(encoder.wide(features))))
    return result


def mix(mix: SpectralMix, x: Tensor) -> Tensor:
    """x (B, T, D) -> (B, T, D): along the positions, a circular convolution of each channel with what its bins say.

    The first K bins of the transform are multiplied by the channel's weights, the others are 0, the result is real.
    """
    _, length, width = x.shape
    k = bins(length, width)
    spectrum = torch.fft.fft(x, dim=1)  # (B, T, D)
    kept = torch.zeros_like(spectrum)
    kept[:, :k] = spectrum[:, :k] * torch.complex(mix.real, mix.imag)[:, :k].T
    mixed: Tensor = torch.fft.ifft(kept, dim=1).real + mix.bias
    return mixed


def inner(block: Block, x: Tensor) -> Tensor:
    """x (B, T, D) -> (B, T, D): the inner layer of a block."""
    result: Tensor = block.dropout(block.narrow(block.dropout(F.gelu(block.wide(x)))))
    return result


def head(model: SpectralModel, x: Tensor) -> Tensor:
    """Logits (B, T, 256) of hidden states (B, T, D)."""
    logits: Tensor = model.head(model.norm(x))
    return logits


def update(optimizer: torch.optim.Adam) -> None:
    """One step of Adam down the gradients that the weights hold."""
    optimizer.step()


@dataclass(frozen=True)
class Ops:
    """The table of seams a model is run with; the docstring of each default is its contract."""

    infer: Callable[[Any, Any, Tensor], Tensor] = infer
    gradients: Callable[[Any, Any, Tensor, Tensor], Tensor] = gradients
    forward: Callable[[Ops, Any, Tensor], Tensor] = forward
    encode: Callable[[Ops, ByteEncoder, Tensor], Tensor] = encode
    signal: Callable[[Tensor], Tensor] = signal
    whole_spectrum: Callable[[Tensor], Any] = whole_spectrum
    features: Callable[[Ops, Tensor, Tensor, int], Tensor] = features
    twiddles: Callable[[int, int, torch.dtype], tuple[Tensor, Tensor]] = twiddles
    project: Callable[[ByteEncoder, Tensor], Tensor] = project
    mix: Callable[[SpectralMix, Tensor], Tensor] = mix
    inner: Callable[[Block, Tensor], Tensor] = inner
    head: Callable[[SpectralModel, Tensor], Tensor] = head
    update: Callable[[torch.optim.Adam], None] = update


BASELINE = Ops()
