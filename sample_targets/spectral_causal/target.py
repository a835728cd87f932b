"""The causal byte-spectral model as a target: the workloads of the documented one, on the same text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from perfkit.target import Target, Workload

from ..spectral.comparable import bin_sizes, observed
from ..spectral.costs import causal_costs
from ..spectral.runners import Runner, Shared
from ..spectral.shared_fields import encoded, inferred, read_as_features, trained, trained_for_epochs
from ..spectral.target import forward_cost, run_encode, run_features
from ..spectral.target import shared as _shared
from .model import make_model
from .ops import BASELINE, Tensor


def shared(size: str, seed: int, **axes: int) -> Shared:
    """As of the spectral target; what a position sees ends with it."""
    return replace(_shared(size, seed, **axes), prefixes=True)


def observe_features(runner: Runner, ids: Tensor, features: Tensor) -> dict[str, Any]:
    """The features in per cent of the largest bin that their position sees."""
    return observed(features, bin_sizes(ids, prefixes=True))


TARGET = Target(
    id="spectral-causal",
    summary="the byte-spectral model made causal: no position sees a later byte",
    ops=lambda: BASELINE,
    needs={"torch": "torch>=2.4"},
    opaque=(torch.nn.Module,),
    costs=causal_costs(),
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
            id="epochs",
            summary="one epoch: 48 steps over fixed bytes",
            sizes=("small", "20-epochs", "tiny"),
            **trained_for_epochs(shared, make_model),
        ),
    ),
)
