"""The byte-spectral model as a target: its workloads, on real text, at the documented sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from perfkit.target import Cost, Target, Workload

from .comparable import bin_sizes, observed
from .costs import COSTS
from .model import Config, make_model
from .ops import BASELINE, Tensor
from .runners import Runner, Shared, sized, weights_of
from .shared_fields import encoded, inferred, read_as_features, trained, trained_for_epochs, trained_on_halves

CONFIGS = {"tiny": Config(width=15, layers=2)}  # odd on purpose, and wider than its windows are long


def shared(size: str, seed: int, **axes: int) -> Shared:
    """The weights of `size`, and how many bytes it is run on; `length=512` is 4 windows of 512."""
    config = CONFIGS.get(size, Config())
    return sized(size, config, weights_of(make_model, config, seed), **axes)


def shared_without_dropout(size: str, seed: int, **axes: int) -> Shared:
    """As `shared`, on twice as many windows, without dropout: the masks of two processes are not those of one."""
    whole = shared(size, seed, **axes)
    return replace(whole, config=replace(whole.config, dropout=0.0), batch=2 * whole.batch)


def run_encode(runner: Runner) -> Callable[[Tensor], Tensor]:
    """Hidden states of the bytes, before any block."""
    ops, encoder = runner.ops, runner.model.encoder

    def encode(ids: Tensor) -> Tensor:
        with torch.no_grad():
            result: Tensor = ops.encode(ops, encoder, ids)
            return result

    return encode


def run_features(runner: Runner) -> Callable[[Tensor], Tensor]:
    """The spectral features alone."""
    ops, encoder = runner.ops, runner.model.encoder

    def features(ids: Tensor) -> Tensor:
        with torch.no_grad():
            result: Tensor = ops.features(ops, encoder.bands, ops.signal(ids), encoder.width)
            return result

    return features


def observe_features(runner: Runner, ids: Tensor, features: Tensor) -> dict[str, Any]:
    """The features in per cent of the largest bin."""
    return observed(features, bin_sizes(ids))


def forward_cost(shared: Shared) -> Cost:
    """Every matrix multiplies every row once. What transforms and mixes need is little beside."""
    width, layers = shared.config.width, shared.config.layers
    matrices = 4 * width**2 + layers * 8 * width**2 + 256 * width
    return Cost(operations=2.0 * shared.batch * shared.length * matrices, read=4.0 * matrices)


TARGET = Target(
    id="spectral",
    summary="a byte-spectral model: Fourier features of bytes, mixed by Fourier transforms",
    ops=lambda: BASELINE,
    needs={"torch": "torch>=2.4"},
    opaque=(torch.nn.Module,),
    costs=COSTS,
    profiled="encode",  # which the notes are about; of a whole batch the products come first
    workloads=(
        Workload(
            id="forward",
            summary="logits of 4 x 128 bytes",
            sizes=("small", "tiny"),
            axes=("length", "batch"),
            **inferred(shared, make_model, forward_cost),
        ),
        Workload(
            id="encode",
            summary="hidden states of 4 x 128 bytes, before any block",
            sizes=("small", "tiny"),
            axes=("length", "batch"),
            **encoded(shared, make_model, run_encode),
        ),
        Workload(
            id="features",
            summary="spectral features of 4 x 128 bytes",
            sizes=("small", "8x256", "tiny"),
            axes=("length", "batch"),
            **read_as_features(shared, make_model, run_features, observe_features),
        ),
        Workload(
            id="train",
            summary="one step of Adam on 4 windows of 128 bytes",
            sizes=("small", "tiny"),
            axes=("length",),
            **trained(shared, make_model),
        ),
        Workload(
            id="train-8",
            summary="one step of Adam on 8 windows of 128 bytes, without dropout",
            sizes=("small", "tiny"),
            axes=("length",),
            **trained_on_halves(shared_without_dropout, make_model),
        ),
        Workload(
            id="epochs",
            summary="one epoch: 48 steps over fixed bytes",
            sizes=("small", "20-epochs", "tiny"),
            **trained_for_epochs(shared, make_model),
        ),
    ),
)
