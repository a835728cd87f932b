"""The byte-spectral model as a target: its workloads, on real text, at the documented sizes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from perfkit.target import Cost, Target, Workload

from .model import Config, make_model
from .ops import BASELINE, Tensor
from .workloads import (
    Runner,
    Shared,
    awkward_features,
    awkward_windows,
    batch_to_train_on,
    begin_training,
    bin_sizes,
    build,
    build_trainer,
    change_initial,
    change_weights,
    observe_epochs,
    observe_step,
    orders,
    passage,
    run_epochs,
    run_infer,
    run_step,
    sized,
    to_ids,
    weighted,
    weights_of,
)

CONFIGS = {"tiny": Config(width=15, layers=2)}  # odd on purpose, and wider than its windows are long


def shared(size: str, seed: int, **axes: int) -> Shared:
    """The weights of `size`, and how many bytes it is run on; `length=512` is 4 windows of 512."""
    config = CONFIGS.get(size, Config())
    return sized(size, config, weights_of(make_model, config, seed), **axes)


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


def observe_features(runner: Runner, ids: Tensor, features: Tensor) -> Tensor:
    """The features in per cent of the largest bin."""
    return weighted(features, bin_sizes(ids))


def forward_cost(shared: Shared) -> Cost:
    """Every matrix multiplies every row once. What transforms and mixes need is little beside."""
    width, layers = shared.config.width, shared.config.layers
    matrices = 4 * width**2 + layers * 8 * width**2 + 256 * width
    return Cost(operations=2.0 * shared.batch * shared.length * matrices, read=4.0 * matrices)


def bytes_of_a_call(shared: Shared) -> float:
    return shared.batch * shared.length


TARGET = Target(
    id="spectral",
    summary="a byte-spectral model: Fourier features of bytes, mixed by Fourier transforms",
    ops=lambda: BASELINE,
    needs={"torch": "torch>=2.4"},
    opaque=(torch.nn.Module,),
    workloads=(
        Workload(
            id="forward",
            summary="logits of 4 x 128 bytes",
            sizes=("small", "tiny"),
            axes=("length", "batch"),
            shared=shared,
            build=partial(build, make_model),
            data=passage,
            prepare=to_ids,
            call=run_infer,
            awkward=awkward_windows,
            change=change_weights,
            cost=forward_cost,
            throughput=("bytes", bytes_of_a_call),
        ),
        Workload(
            id="encode",
            summary="hidden states of 4 x 128 bytes, before any block",
            sizes=("small", "tiny"),
            axes=("length", "batch"),
            shared=shared,
            build=partial(build, make_model),
            data=passage,
            prepare=to_ids,
            call=run_encode,
            change=change_weights,
        ),
        Workload(
            id="features",
            summary="spectral features of 4 x 128 bytes",
            sizes=("small", "8x256", "tiny"),
            axes=("length", "batch"),
            shared=shared,
            build=partial(build, make_model),
            data=passage,
            prepare=to_ids,
            call=run_features,
            observe=observe_features,
            awkward=awkward_features,
            change=change_weights,
        ),
        Workload(
            id="train",
            summary="one step of Adam on 4 windows of 128 bytes",
            sizes=("small", "tiny"),
            axes=("length",),
            shared=shared,
            build=partial(build_trainer, make_model),
            data=batch_to_train_on,
            prepare=begin_training,
            call=run_step,
            observe=observe_step,
            change=change_initial,
        ),
        Workload(
            id="epochs",
            summary="one epoch: 48 steps over fixed bytes",
            sizes=("small", "20-epochs", "tiny"),
            shared=shared,
            build=partial(build_trainer, make_model),
            data=orders,
            prepare=begin_training,
            call=run_epochs,
            observe=observe_epochs,
            change=change_initial,
        ),
    ),
)
