"""Compile what stands between the transforms with torch.compile.

What it does
    Compiles the two layers behind the features and the inner layer of the blocks, for any number of rows, once a
    process for every model. The transforms stay calls of the library: the compiler makes no code of
    complex numbers, and the documented loop it would unroll, position by position. Training is not compiled.

Why the baseline is slow
    Each of these layers is four to six calls of torch, with a tensor of its own between any two.

When it loses
    Nearly all of the time of these layers is two matrix products each, which are the library's before and after; and
    compiling must be earned first, some ten seconds. It needs a C++ compiler.

Source
    Beyond the notes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.spectral.model import Config, make_model
from ...sample_targets.spectral.ops import Ops, Tensor, inner, project

Layer = Callable[[Any, Tensor], Tensor]
INLINE: dict[str, Any] = {"compile_threads": 1}  # or a pool of compilers stays beside the calls


@cache
def compiled() -> tuple[Layer, Layer]:
    """Both layers on rows (N, D), compiled now, so that the first call is as fast as the others."""
    model = make_model(Config(layers=1), seed=0)
    fast_project = torch.compile(project, dynamic=True, options=INLINE)
    fast_inner = torch.compile(inner, dynamic=True, options=INLINE)
    for without_gradients in (torch.no_grad, torch.inference_mode):  # each has a compilation of its own
        with without_gradients(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch's, of torch
            rows = torch.zeros(2, model.config.width)
            fast_project(model.encoder, rows)
            fast_inner(next(iter(model.blocks)), rows)
    return fast_project, fast_inner


def on_rows(
    fast: Callable[[Any, Tensor], Tensor], documented: Callable[[Any, Tensor], Tensor]
) -> Callable[..., Tensor]:
    """`fast` on windows (B, T, D), where no gradient is asked for.

    Windows and positions are alike to these layers. As rows they need one compilation: for a window alone, and for
    windows of one position, there would be another, and another for both. One row alone is not worth one.
    """

    def layer(module: Any, x: Tensor) -> Tensor:
        rows = x.flatten(0, -2)
        if torch.is_grad_enabled() or len(rows) < 2:
            return documented(module, x)
        return fast(module, rows).view(*x.shape[:-1], -1)

    return layer


def with_compiled_layers(ops: Ops) -> Ops:
    """A table that runs them."""
    fast_project, fast_inner = compiled()
    return replace(ops, project=on_rows(fast_project, project), inner=on_rows(fast_inner, inner))


RECIPE = Recipe(
    id="torch-compile",
    target="spectral",
    status="beyond",
    touches={"inner", "project"},
    threads=1,  # of the compiler, which waits beside the calls
    apply=with_compiled_layers,
    equivalence=close(rtol=1e-4, atol=2e-5, why="compiled loops add up in another order"),
)
