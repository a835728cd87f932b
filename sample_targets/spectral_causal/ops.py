"""The seams of the causal byte-spectral model: those of the spectral one, of which two no longer look ahead.

In the documented model the features of each position are of the whole window, and the mix goes around in a circle:
either alone lets a later byte change an earlier logit. Here a position's features are of the bytes up to its own, and
the mix is padded with zeros, so that nothing comes around. All else, and every parameter, is the spectral model's.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch.nn import functional as F

from ..spectral.ops import BASELINE as SPECTRAL
from ..spectral.ops import Ops, Tensor, bins, fitted
from .model import SpectralMix

__all__ = ["BASELINE", "Ops", "Tensor", "features", "kernel", "mix"]

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
    "features": "magnitude, sine and cosine of the bytes up to each position, as seen from there",
    "twiddles": "by what a bin turns from position to position",
    "project": "features to hidden states",
    "mix": "what each position takes from those before it",
    "inner": "the inner layer of a block",
    "head": "hidden states to logits",
    "update": "moves the weights down their gradients",
}


def features(ops: Ops, bands: Tensor, signal: Tensor, width: int) -> Tensor:
    """What each position sees of the bytes up to its own: (B, T, D) of signal (B, T), with the weights of the bands.

    Row p is of the window that begins at p, in which the bytes after p are 0: K magnitudes by their weights, K sines
    and K cosines of the phases, cut or filled with zeros to D. A bin that is 0 has the phase 0.
    """
    length = signal.shape[1]
    k = bins(length, width)
    rows = []
    for position in range(length):  # slow: each position by itself, as in the documented model
        known = F.pad(signal[:, : position + 1], (0, length - position - 1))
        spectrum = torch.fft.fft(torch.roll(known, -position, dims=1))[:, :k]
        phase = torch.angle(spectrum)
        rows.append(fitted([spectrum.abs() * bands[:k], torch.sin(phase), torch.cos(phase)], width))
    return torch.stack(rows, dim=1)


def kernel(mix: SpectralMix, length: int) -> Tensor:
    """(T, D): what the documented mix convolves each channel with, around the circle of T positions."""
    k = bins(length, mix.bias.shape[0])
    weights = F.pad(torch.complex(mix.real, mix.imag)[:, :k].T, (0, 0, 0, length - k))  # (T, D)
    convolved_with: Tensor = torch.fft.ifft(weights, dim=0).real
    return convolved_with


def mix(mix: SpectralMix, x: Tensor) -> Tensor:
    """x (B, T, D) -> (B, T, D): each channel convolved with its kernel, both padded with zeros to twice the length."""
    length = x.shape[1]
    padded = F.pad(x, (0, 0, 0, length))  # (B, 2 T, D)
    weights = torch.fft.fft(F.pad(kernel(mix, length), (0, 0, 0, length)), dim=0)  # (2 T, D)
    spectrum = torch.fft.fft(padded, dim=1) * weights
    mixed: Tensor = torch.fft.ifft(spectrum, dim=1).real[:, :length] + mix.bias
    return mixed


BASELINE = replace(SPECTRAL, features=features, mix=mix)
