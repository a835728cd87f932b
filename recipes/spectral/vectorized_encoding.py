"""Transform the window once, and turn each bin to where a position sees it.

What it does
    One transform of the window instead of one for each position: a window that begins at p has the spectrum of the
    window turned by e^(2 pi i f p / T). Magnitudes are the same for all positions; sine and cosine follow from a table,
    without an angle. p f is reduced modulo T in whole numbers, so that a large product costs no digit of the turn.

Why the baseline is slow
    It rolls, transforms and takes the angle of the whole window for each of its T positions: O(T² log T), in Python.

When it loses
    Never seen: what it writes, the documented form writes too. The notes recommend it on native Windows, and as "good
    enough for research"; on Linux and WSL2 they recommend a Triton kernel, in production CUDA C++.

Source
    The notes of the spectral model: "Optimized PyTorch (Fallback)". What they print there is `twiddle-matmul`, which is
    wrong; this is the exact form of the idea. Of Unsloth they say "Not the right tool for byte-spectral architecture",
    and that holds: its kernels are for RoPE, attention, RMSNorm, SwiGLU, LoRA, quantised weights and a fused loss, in
    models of transformers, of which this one has none. The one that would fit, for LayerNorm, runs on a GPU only and
    gives weight and bias no gradient (unsloth/kernels/layernorm.py), for adapters train none; here they are learned.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Claim, Recipe, close, new_format

from ...sample_targets.spectral.ops import Ops, Tensor, bins


def features_turned(ops: Ops, bands: Tensor, signal: Tensor, width: int) -> Tensor:
    """(B, T, D): magnitudes by the weights of the bands, sines, cosines, cut or filled with zeros."""
    batch, length = signal.shape
    k = bins(length, width)
    result = signal.new_zeros(batch, length, width) if 3 * k < width else signal.new_empty(batch, length, width)
    if not k:
        return result
    spectrum = torch.fft.rfft(signal)[:, :k]
    sizes = spectrum.abs()
    zero = sizes == 0
    scale = torch.where(zero, 1.0, sizes)  # a bin of 0 stays 0
    # laid out anew: loops over numbers that lie two apart take six times as long
    cosine, sine = ((part / scale).contiguous()[:, None] for part in (spectrum.real, spectrum.imag))  # (B, 1, K)
    turn_cosine, turn_sine = (table.to(signal.device) for table in ops.twiddles(length, k, signal.dtype))  # (T, K)
    into = result[..., k : 2 * k]
    torch.mul(turn_cosine[:, : into.shape[-1]], sine[..., : into.shape[-1]], out=into)
    into.addcmul_(turn_sine[:, : into.shape[-1]], cosine[..., : into.shape[-1]])
    into = result[..., 2 * k : 3 * k]
    if shown := into.shape[-1]:
        torch.mul(turn_cosine[:, :shown], cosine[..., :shown], out=into)
        into.addcmul_(turn_sine[:, :shown], sine[..., :shown], value=-1)
        if zero.any():
            into += zero[:, None, :shown]  # whose angle is 0, and its cosine 1
    result[..., :k] = (sizes * bands[:k])[:, None]
    return result


RECIPE = Recipe(
    id="vectorized-encoding",
    target="spectral",
    touches={"features"},
    apply=lambda ops: replace(ops, features=features_turned),
    claim=Claim(
        text="Expected Speedup: 5-10x. Encoding: 8-10ms (down from 50ms). Total: 12-15ms per batch",
        measure="speed-up",
        low=5.0,
        high=10.0,
        readings=(("speed-up", 3.7, 4.7),),
        workload="forward",
        source='spectral notes, "Optimized PyTorch (Fallback)"',
    ),
    equivalence=close(
        rtol=1e-4, atol=2e-4, why="one transform rounds otherwise than many; features to 2e-6 of the largest bin"
    ),
    seam_equivalence=new_format(
        {"output"}, why="the phase of a bin near 0 is rounding; the workload `features` compares what can be compared"
    ),
)
