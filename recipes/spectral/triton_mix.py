"""Transform, weigh and transform back in one Triton kernel.

What it does
    What `fused-mix` does by two products with a pass between them, in one kernel: a program takes a window and some
    channels, keeps their K bins where it computes, weighs them there, and writes the mix. Cosines and sines come from
    the tables of `fused-mix`, products and sums are in float32 throughout. Gradients are those of `fused-mix`. Where
    there is no GPU, Triton's interpreter runs the kernel's own lines, which proves it and is no measure of its time.

Why the baseline is slow
    It transforms to all T bins, copies the ones that are kept, fills the others with zeros and transforms those too:
    some ten kernels, each of which reads and writes all that it works on.

When it loses
    For long windows: products with tables are O(T K), transforms O(T log T). It does not use tensor cores, which would
    round to 11 bits.

Source
    The notes of the spectral model: "Kernel fusion (FFT + mixing)", under what is to come, for production; no figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
import triton.language as tl

from perfkit.recipe import Recipe, close

from ...sample_targets.spectral.model import SpectralMix
from ...sample_targets.spectral.ops import Tensor, bins
from ._triton import Kernel
from .fused_mix import Tables, by_products, tables_kept

# what a program takes at once; the interpreter is as slow by the program as a GPU is quick
ON_A_GPU = {"STEP": 32, "CHANNELS": 16}
INTERPRETED = {"STEP": 64, "CHANNELS": 128}
FEWEST = 16  # bins, of which a product takes no fewer


def mix(  # type: ignore[no-untyped-def]  # a kernel's arguments are pointers and numbers of Triton's
    out,
    x,
    there,
    back,
    real,
    imag,
    bias,
    channel_stride,
    T: tl.constexpr,
    D: tl.constexpr,
    K: tl.constexpr,
    BINS: tl.constexpr,
    STEP: tl.constexpr,
    CHANNELS: tl.constexpr,
):
    """`out` (B, T, D) of `x`, with tables `there` (2 K, T) and `back` (T, 2 K): cosines first, then sines."""
    d = tl.program_id(1) * CHANNELS + tl.arange(0, CHANNELS)[None, :]
    f = tl.arange(0, BINS)
    window = tl.program_id(0).to(tl.int64) * T * D  # may be beyond 32 bits
    spectrum_real = tl.full([BINS, CHANNELS], 0.0, tl.float32)
    spectrum_imag = tl.full([BINS, CHANNELS], 0.0, tl.float32)
    for start in range(0, T, STEP):
        n = start + tl.arange(0, STEP)
        read = tl.load(x + window + n[:, None] * D + d, mask=(n[:, None] < T) & (d < D), other=0.0)
        table, known = there + f[:, None] * T + n[None, :], (f[:, None] < K) & (n[None, :] < T)
        spectrum_real += tl.dot(tl.load(table, mask=known, other=0.0), read, input_precision="ieee")
        spectrum_imag += tl.dot(tl.load(table + K * T, mask=known, other=0.0), read, input_precision="ieee")
    weights, held = d * channel_stride + f[:, None], (f[:, None] < K) & (d < D)
    weight_real = tl.load(real + weights, mask=held, other=0.0)
    weight_imag = tl.load(imag + weights, mask=held, other=0.0)
    weighed_real = spectrum_real * weight_real - spectrum_imag * weight_imag
    weighed_imag = spectrum_real * weight_imag + spectrum_imag * weight_real
    added = tl.load(bias + d, mask=d < D, other=0.0)
    for start in range(0, T, STEP):
        p = start + tl.arange(0, STEP)
        table, shown = back + p[:, None] * (2 * K) + f[None, :], (p[:, None] < T) & (f[None, :] < K)
        mixed = tl.dot(tl.load(table, mask=shown, other=0.0), weighed_real, input_precision="ieee")
        mixed += tl.dot(tl.load(table + K, mask=shown, other=0.0), weighed_imag, input_precision="ieee")
        tl.store(out + window + p[:, None] * D + d, mixed + added, mask=(p[:, None] < T) & (d < D))


KERNEL = Kernel(mix)


class Mixed(torch.autograd.Function):
    """The kernel, with the gradients of the same mix by products."""

    @staticmethod
    def forward(
        context: Any, x: Tensor, real: Tensor, imag: Tensor, bias: Tensor, tables: tuple[Tensor, Tensor]
    ) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        context.tables = tables
        context.save_for_backward(x, real, imag, bias)
        batch, length, width = x.shape
        k = bins(length, width)
        x, out = x.contiguous(), torch.empty(x.shape, dtype=x.dtype, device=x.device)
        blocks = ON_A_GPU if x.is_cuda else INTERPRETED
        grid = (batch, -(-width // blocks["CHANNELS"]))
        sides = {"T": length, "D": width, "K": k, "BINS": max(FEWEST, 1 << max(k - 1, 0).bit_length())}
        KERNEL.launch(
            grid, out, x, *tables, real.contiguous(), imag.contiguous(), bias, real.shape[1], **sides, **blocks
        )
        return out

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """By autograd, of the products."""
        given = [tensor.detach().requires_grad_() for tensor in context.saved_tensors]
        with torch.enable_grad():
            mixed = by_products(given[0], given[1], given[2], given[3], context.tables)
        found = torch.autograd.grad(mixed, given, gradients[0], allow_unused=True)
        return (*found, None)


def mix_in_one_kernel(tables: Tables) -> Callable[[SpectralMix, Tensor], Tensor]:
    """A mix that keeps its tables; one for each model."""

    def mix_fused(mix: SpectralMix, x: Tensor) -> Tensor:
        """x (B, T, D) -> (B, T, D)."""
        x = x.to(mix.real.dtype)  # autocast may hand over fewer bits; a transform takes them as float32 too
        kept = tables(x.shape[1], bins(x.shape[1], x.shape[2]), x.dtype, x.device)
        result: Tensor = Mixed.apply(x, mix.real, mix.imag, mix.bias, kept)  # type: ignore[no-untyped-call]
        return result

    return mix_fused


RECIPE = Recipe(
    id="triton-mix",
    target="spectral",
    touches={"mix"},
    apply=lambda ops: replace(ops, mix=mix_in_one_kernel(tables_kept())),
    needs={"triton": "triton"},
    hardware={"cuda"},
    proven_by="the interpreter",
    equivalence=close(rtol=1e-4, atol=2e-5, why="sums of products add up in another order than a fast transform"),
    seam_equivalence=close(rtol=1e-4, atol=5e-6, why="sums of products add up in another order"),
)
