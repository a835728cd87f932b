"""Compile the encoder layers with torch.compile.

What it does
    Compiles one function of the layers for any length of context. The compiler runs once a process, before the first
    call: 20 s and more the first time on a machine, some seconds from then on.

Why the baseline is slow
    Each layer is a dozen calls of torch, with a tensor of its own between any two.

When it loses
    For less than some minutes of work: compiling must be earned first. It needs a C++ compiler.

Source
    Beyond the notes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import torch

from perfkit.recipe import Recipe, close, new_format

from ...sample_targets.compressor.model import ByteTransformer, Config, make_model
from ...sample_targets.compressor.ops import BASELINE, Ops, Tensor, stream


@cache
def compiled() -> Callable[..., Tensor]:
    """The layers, compiled now, so that the first call is as fast as the others."""

    def layers(model: ByteTransformer, x: Tensor, mask: Tensor) -> Tensor:
        for layer in model.encoder.layers:
            x = layer(x, src_mask=mask, is_causal=True)  # or torch looks at the mask, which no compiler can
        return x

    model = make_model(Config(), seed=0)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's, of torch
        fast = torch.compile(layers, dynamic=True)
        for length in (1, 2, 128):
            fast(model, torch.zeros(1, length, model.config.width), BASELINE.mask(length))
    return fast


def with_compiled_layers(ops: Ops) -> Ops:
    """A table that runs them."""
    fast = compiled()

    @stream("compiled")
    def transform_compiled(model: ByteTransformer, x: Tensor, mask: Tensor) -> Tensor:
        return fast(model, x, mask)

    return replace(ops, transform=transform_compiled)


RECIPE = Recipe(
    id="torch-compile",
    target="compressor",
    status="beyond",
    touches={"transform"},
    workload="predict",
    apply=with_compiled_layers,
    equivalence=new_format(
        {"stream"},
        within=close(rtol=1e-4, atol=1e-7, why="compiled layers add up in another order"),
        why="probabilities differ in the last bits, and counts and stream with them; what comes back must be the same",
    ),
    seam_equivalence=close(rtol=1e-4, atol=1e-4, why="compiled layers add up in another order"),
)
