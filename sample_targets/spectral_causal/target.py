"""The causal byte-spectral model as a target: the workloads of the documented one, on the same text."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch

from perfkit.target import Target, Workload

from ..spectral.target import bytes_of_a_call, forward_cost, run_encode, run_features
from ..spectral.target import shared as _shared
from ..spectral.workloads import (
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
    to_ids,
    weighted,
)
from .model import make_model
from .ops import BASELINE, Tensor


def shared(size: str, seed: int, **axes: int) -> Shared:
    """As of the spectral target; what a position sees ends with it."""
    return replace(_shared(size, seed, **axes), prefixes=True)


def observe_features(runner: Runner, ids: Tensor, features: Tensor) -> Tensor:
    """The features in per cent of the largest bin that their position sees."""
    return weighted(features, bin_sizes(ids, prefixes=True))


TARGET = Target(
    id="spectral-causal",
    summary="the byte-spectral model made causal: no position sees a later byte",
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
