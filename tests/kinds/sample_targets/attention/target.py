"""Weights that sum to one."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="attention",
    summary="weights that sum to one",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((16, 32))),
            call=lambda ops: ops.f,
        ),
    ),
)
