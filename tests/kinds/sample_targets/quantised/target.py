"""Weights in eight bits."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="quantised",
    summary="weights in eight bits",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((8, 8)).astype("float32")),
            call=lambda ops: ops.f,
        ),
    ),
)
