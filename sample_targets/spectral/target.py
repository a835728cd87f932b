"""The byte-spectral model as a target: its workloads, on real text, at the documented sizes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from perfkit.axis import read_point
from perfkit.target import Cost, Target, Workload

from .model import Config, make_model
from .ops import BASELINE, Tensor, bins
from .workloads import (
    Runner,
    Shared,
    awkward_features,
    awkward_windows,
    batch_to_train_on,
    begin_training,
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
    to_ids,
    weighted,
    weights_of,
)

CONFIGS = {"tiny": Config(width=15, layers=2)}  # odd on purpose, and wider than its windows are long
WINDOWS = {"8x256": (8, 256), "tiny": (2, 11)}  # (B, T); else 4 of 128, as documented


def shared(size: str, seed: int) -> Shared:
    """The weights of `size`, and how many bytes it is run on; `small[length=512]` is 4 windows of 512."""
    size, axis, value = read_point(size)
    config = CONFIGS.get(size, Config())
    batch, length = WINDOWS.get(size, (4, 128))
    found = Shared(config, weights_of(make_model, config, seed), batch, length)
    return with_axes(size, found, **({axis: value} if axis else {}))


def with_axes(size: str, found: Shared, batch: int = 0, length: int = 0) -> Shared:
    """As `found`, with what is set along an axis; epochs by the size's name."""
    return Shared(
        found.config,
        found.weights,
        batch or found.batch,
        length or found.length,
        epochs=20 if size == "20-epochs" else 1,
        epoch_batches=2 if size == "tiny" else found.epoch_batches,
    )


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
    k = bins(ids.shape[1], features.shape[2])
    return weighted(features, torch.fft.rfft(ids.double() / 127.5 - 1.0)[:, None, :k].abs())


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
            units=("bytes", bytes_of_a_call),
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
