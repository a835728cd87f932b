"""Compile the encoder layers with torch.compile.

What it does
    Compiles a layer for any number of windows and positions, once a process for every layer of every model; for a
    window alone it is compiled when one comes. Windows of one position, and training, are left as they are.

Why the baseline is slow
    Each layer is a dozen calls of torch, with a tensor of its own between any two.

When it loses
    Most of a layer is matrix products, which are the library's before and after; and compiling must be earned first,
    some ten seconds. It needs a C++ compiler.

Source
    Beyond the notes, which measure the traditional model as it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch.nn import TransformerEncoderLayer

from perfkit.recipe import Recipe, close

from ...sample_targets.traditional.model import Config, Transformer, make_model
from ...sample_targets.traditional.ops import BASELINE, Ops, Tensor

INLINE: dict[str, Any] = {"compile_threads": 1}  # or a pool of compilers stays beside the calls


@cache
def compiled() -> Callable[[TransformerEncoderLayer, Tensor, Tensor], Tensor]:
    """One layer, compiled now, so that the first call is as fast as the others."""

    def run(layer: TransformerEncoderLayer, x: Tensor, mask: Tensor) -> Tensor:
        result: Tensor = layer(x, src_mask=mask, is_causal=True)  # or torch looks at the mask, which no compiler can
        return result

    model = make_model(Config(layers=1), seed=0)
    fast = torch.compile(run, dynamic=True, options=INLINE)
    for without_gradients in (torch.no_grad, torch.inference_mode):  # each has a compilation of its own
        with without_gradients(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch's, of torch
            fast(model.layers.layers[0], torch.zeros(2, 128, model.config.width), BASELINE.mask(128))
    return fast


def with_compiled_layers(ops: Ops) -> Ops:
    """A table that runs them, where no gradient is asked for."""
    fast, documented = compiled(), ops.transform

    def transform_compiled(model: Transformer, x: Tensor, mask: Tensor) -> Tensor:
        if torch.is_grad_enabled() or x.shape[1] < 2:  # a length of 1 would be compiled by itself, for nothing
            return documented(model, x, mask)
        for layer in model.layers.layers:
            x = fast(layer, x, mask)
        return x

    return replace(ops, transform=transform_compiled)


RECIPE = Recipe(
    id="torch-compile",
    target="traditional",
    status="beyond",
    touches={"transform"},
    threads=1,  # of the compiler, which waits beside the calls
    apply=with_compiled_layers,
    equivalence=close(rtol=1e-4, atol=2e-5, why="compiled layers add up in another order"),
)
