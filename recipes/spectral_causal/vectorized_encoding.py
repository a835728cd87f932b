"""Sum the spectra of all beginnings at once, and turn each bin to where its position sees it.

What it does
    The bytes up to p have the sum of their p + 1 terms as a bin: a running sum gives all beginnings, O(T K). What each
    position sees is turned by e^(2 pi i f p / T), from a table, and its magnitude divides sine and cosine: no angle.

Why the baseline is slow
    It fills, rolls, transforms and takes the angle of a window for each of its T positions: O(T² log T), in Python.

When it loses
    Never seen. The running sum is in float64: in float32 it would lose a digit that a transform keeps.

Source
    Beyond the notes, whose model looks ahead: what "Optimized PyTorch" is there, made for the causal model.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close, new_format

from ...sample_targets.spectral.ops import Ops, Tensor, bins


def features_by_running_sums(ops: Ops, bands: Tensor, signal: Tensor, width: int) -> Tensor:
    """(B, T, D): magnitudes by the weights of the bands, sines, cosines, cut or filled with zeros."""
    batch, length = signal.shape
    k = bins(length, width)
    result = signal.new_zeros(batch, length, width)
    if not k:
        return result
    turn_cosine, turn_sine = ops.twiddles(length, k, torch.float64)  # (T, K)
    terms = signal[:, :, None].double()
    real = (terms * turn_cosine).cumsum(1)  # (B, T, K)
    imag = (terms * turn_sine).cumsum(1).neg_()
    cosine = (real * turn_cosine).addcmul_(imag, turn_sine, value=-1).to(signal.dtype)  # times its magnitude
    sine = (real * turn_sine).addcmul_(imag, turn_cosine).to(signal.dtype)
    sizes = torch.hypot(cosine, sine)
    zero = sizes == 0
    scale = torch.where(zero, 1.0, sizes).reciprocal_()
    into = result[..., k : 2 * k]
    torch.mul(sine[..., : into.shape[-1]], scale[..., : into.shape[-1]], out=into)
    into = result[..., 2 * k : 3 * k]
    if shown := into.shape[-1]:
        torch.mul(cosine[..., :shown], scale[..., :shown], out=into)
        into += zero[..., :shown]  # whose angle is 0, and its cosine 1
    result[..., :k] = sizes * bands[:k]
    return result


RECIPE = Recipe(
    id="vectorized-encoding",
    target="spectral-causal",
    status="beyond",
    touches={"features"},
    apply=lambda ops: replace(ops, features=features_by_running_sums),
    equivalence=close(
        rtol=1e-4, atol=2e-4, why="a running sum rounds otherwise than transforms; features to 2e-6 of the largest bin"
    ),
    seam_equivalence=new_format(
        {"output"}, why="the phase of a bin near 0 is rounding; the workload `features` compares what can be compared"
    ),
)
