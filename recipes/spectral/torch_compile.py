"""Compile what stands between the transforms with torch.compile.

What it does
    Compiles the two layers behind the features and the inner layer of the blocks, for any number of windows and
    positions, once a process for every model. The transforms stay calls of the library: the compiler makes no code of
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

from ...sample_targets.spectral.model import Block, ByteEncoder, Config, make_model
from ...sample_targets.spectral.ops import Ops, Tensor, inner, project

INLINE: dict[str, Any] = {"compile_threads": 1}  # or a pool of compilers stays beside the calls


@cache
def compiled() -> tuple[Callable[[ByteEncoder, Tensor], Tensor], Callable[[Block, Tensor], Tensor]]:
    """Both layers, compiled now, so that the first call is as fast as the others."""
    model = make_model(Config(layers=1), seed=0)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's, of torch
        fast_project = torch.compile(project, dynamic=True, options=INLINE)
        fast_inner = torch.compile(inner, dynamic=True, options=INLINE)
        for shape in ((1, 1), (2, 3), (4, 128)):
            x = torch.zeros(*shape, model.config.width)
            fast_project(model.encoder, x)
            fast_inner(next(iter(model.blocks)), x)
    return fast_project, fast_inner


def with_compiled_layers(ops: Ops) -> Ops:
    """A table that runs them, where no gradient is asked for."""
    fast_project, fast_inner = compiled()

    def project_compiled(encoder: ByteEncoder, features: Tensor) -> Tensor:
        return project(encoder, features) if torch.is_grad_enabled() else fast_project(encoder, features)

    def inner_compiled(block: Block, x: Tensor) -> Tensor:
        return inner(block, x) if torch.is_grad_enabled() else fast_inner(block, x)

    return replace(ops, project=project_compiled, inner=inner_compiled)


RECIPE = Recipe(
    id="torch-compile",
    target="spectral",
    status="beyond",
    touches={"inner", "project"},
    threads=1,  # of the compiler, which waits beside the calls
    apply=with_compiled_layers,
    equivalence=close(rtol=1e-4, atol=2e-5, why="compiled loops add up in another order"),
)
