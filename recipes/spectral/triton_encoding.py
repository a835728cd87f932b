"""Encode bytes in one Triton kernel: normalise, transform, extract.

What it does
    One kernel in the place of some ten calls for each position. A program takes a window, some bins and some
    positions: it turns bytes into numbers from -1 to 1, sums them up with cosines and sines as a product of matrices,
    and writes each position's magnitudes, sines and cosines, cut or filled with zeros. Nothing of what lies between is
    written to memory. Numbers in place of bytes are taken as they are. Where there is no GPU, Triton's interpreter runs
    the kernel's own lines, which proves it and is no measure of its time.

Why the baseline is slow
    It rolls, transforms and takes the angle of the whole window for each of its T positions, and each of these calls
    is a kernel of its own that takes longer to start than to run.

When it loses
    It adds up T products for each bin, O(T K), where a transform takes O(T log T), and does so anew for each block of
    positions. For short windows that is nothing beside one start of a kernel; it has not been measured for long ones.

Source
    The notes of the spectral model: "Triton (Best for Custom Operations)", recommended on Linux and WSL2, "Fused:
    normalize + FFT + extract". They print its first line and no body.
"""

from __future__ import annotations

import math
from dataclasses import replace

import triton.language as tl

from perfkit.recipe import Claim, Recipe, close, new_format

from ...sample_targets.spectral.ops import Tensor
from ._encoder import as_bytes, features_by
from ._triton import Kernel

# what a program takes at once; the interpreter is as slow by the program as a GPU is quick
ON_A_GPU = {"SUMMED": 64, "BINS": 16, "POSITIONS": 16}
INTERPRETED = {"SUMMED": 64, "BINS": 32, "POSITIONS": 64}


def encode(  # type: ignore[no-untyped-def]  # a kernel's arguments are pointers and numbers of Triton's
    out,
    sizes,
    values,
    bands,
    turn,
    T: tl.constexpr,
    D: tl.constexpr,
    K: tl.constexpr,
    NORMALISED: tl.constexpr,
    SUMMED: tl.constexpr,
    BINS: tl.constexpr,
    POSITIONS: tl.constexpr,
):
    """Features (B, T, D) of `values` (B, T), and the sizes (B, K) of their bins; `turn`: 2 pi / T."""
    b, blocks = tl.program_id(0).to(tl.int64), tl.program_id(1)  # b T D may be beyond 32 bits
    f = blocks * BINS + tl.arange(0, BINS)[None, :]
    p = tl.program_id(2) * POSITIONS + tl.arange(0, POSITIONS)[:, None]
    real = tl.full([1, BINS], 0.0, tl.float32)
    imag = tl.full([1, BINS], 0.0, tl.float32)
    for start in range(0, T, SUMMED):
        n = start + tl.arange(0, SUMMED)
        known = n[None, :] < T
        read = tl.load(values + b * T + n[None, :], mask=known, other=0).to(tl.float32)
        signal = read if NORMALISED else tl.where(known, tl.div_rn(read, 127.5) - 1.0, 0.0)
        turns = n[:, None] * f % T  # whole numbers: n f may be large
        angle = tl.where(2 * turns > T, turns - T, turns).to(tl.float32) * turn  # from -pi to pi
        real += tl.dot(signal, tl.cos(angle), input_precision="ieee")
        imag -= tl.dot(signal, tl.sin(angle), input_precision="ieee")
    size = tl.sqrt_rn(real * real + imag * imag)
    zero = size == 0.0
    scale = tl.where(zero, 1.0, size)
    cosine, sine = tl.div_rn(real, scale), tl.div_rn(imag, scale)
    tl.store(sizes + b * K + f, size, mask=(f < K) & (tl.program_id(2) == 0))
    turns = p * f % T
    angle = tl.where(2 * turns > T, turns - T, turns).to(tl.float32) * turn
    turned_cosine, turned_sine = tl.cos(angle), tl.sin(angle)
    row, there = out + (b * T + p) * D, (p < T) & (f < K)
    tl.store(row + f, size * tl.load(bands + f, mask=f < K, other=0.0), mask=there)
    tl.store(row + K + f, cosine * turned_sine + sine * turned_cosine, mask=there & (K + f < D))
    shown = tl.where(zero, 1.0, cosine * turned_cosine - sine * turned_sine)  # the angle of a bin of 0 is 0
    tl.store(row + 2 * K + f, shown, mask=there & (2 * K + f < D))
    for start in range(3 * K, D, BINS):  # what is left of the row, by the first programs
        column = start + tl.arange(0, BINS)[None, :]
        tl.store(row + column, 0.0, mask=(p < T) & (column < D) & (blocks == 0))


KERNEL = Kernel(encode)


def launch(out: Tensor, sizes: Tensor, values: Tensor, bands: Tensor) -> None:
    """Run the kernel for all windows, bins and positions."""
    (batch, length, width), k = out.shape, sizes.shape[1]
    blocks = ON_A_GPU if values.is_cuda else INTERPRETED
    grid = (batch, max(1, -(-k // blocks["BINS"])), -(-length // blocks["POSITIONS"]))
    sides = {"T": length, "D": width, "K": k, "NORMALISED": values.is_floating_point()}
    KERNEL.launch(grid, out, sizes, values, bands, 2 * math.pi / length, **sides, **blocks)


RECIPE = Recipe(
    id="triton-encoding",
    target="spectral",
    touches={"signal", "features"},
    shadows={"twiddles"},
    apply=lambda ops: replace(ops, signal=as_bytes, features=features_by(launch)),
    needs={"triton": "triton"},
    hardware={"cuda"},
    proven_by="the interpreter",
    claim=Claim(
        text="Expected Speedup: 10-20x. Encoding: 3-5ms (down from 50ms). Total: 8-10ms per batch",
        measure="speed-up",
        low=10.0,
        high=20.0,
        readings=(("speed-up", 5.6, 7.0),),
        workload="forward",
        source='spectral notes, "Triton (Best for Custom Operations)"',
    ),
    equivalence=close(
        rtol=1e-4,
        atol=2e-4,
        why="a sum of products rounds otherwise than transforms; features to 2e-6 of the largest bin",
    ),
    seam_equivalence=new_format(
        {"output"}, why="the signal stays bytes; the workload `features` compares what can be compared of the other"
    ),
)
