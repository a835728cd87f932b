"""The traditional transformer as a target: the workloads of the byte-spectral model, on the same text."""

from __future__ import annotations

from collections.abc import Callable

import torch

from perfkit.target import Cost, Target, Workload

from ..spectral.runners import Runner, Shared, sized, weights_of
from ..spectral.shared_fields import encoded, inferred, trained, trained_for_epochs
from .costs import COSTS
from .model import Config, make_model
from .ops import BASELINE, Tensor

CONFIGS = {"tiny": Config(width=12, layers=2, heads=3, ff=20)}


def shared(size: str, seed: int, **axes: int) -> Shared:
    """The weights of `size`, and how many bytes it is run on; `length=512` is 4 windows of 512."""
    config = CONFIGS.get(size, Config())
    return sized(size, config, weights_of(make_model, config, seed), **axes)


def run_encode(runner: Runner) -> Callable[[Tensor], Tensor]:
    """Hidden states of the bytes, before any layer."""
    ops, model = runner.ops, runner.model

    def encode(ids: Tensor) -> Tensor:
        with torch.no_grad():
            result: Tensor = ops.encode(ops, model, ids)
            return result

    return encode


def forward_cost(shared: Shared) -> Cost:
    """Every matrix multiplies every row once, and each position sees those before it."""
    c, rows = shared.config, shared.batch * shared.length
    matrices = c.layers * (4 * c.width**2 + 2 * c.width * c.ff) + 256 * c.width
    attention = c.layers * 2 * c.width * (shared.length + 1) / 2
    return Cost(operations=2.0 * rows * (matrices + attention), read=4.0 * matrices)


TARGET = Target(
    id="traditional",
    summary="the traditional transformer beside the byte-spectral model",
    ops=lambda: BASELINE,
    needs={"torch": "torch>=2.4"},
    opaque=(torch.nn.Module,),
    costs=COSTS,
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
            summary="hidden states of 4 x 128 bytes, before any layer",
            sizes=("small", "tiny"),
            axes=("length", "batch"),
            **encoded(shared, make_model, run_encode),
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
