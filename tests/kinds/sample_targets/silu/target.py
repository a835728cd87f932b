"""X times its sigmoid, in training."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="silu",
    summary="x times its sigmoid, in training",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((16, 16))).requires_grad_(),
            call=lambda ops: ops.f,
        ),
    ),
)
