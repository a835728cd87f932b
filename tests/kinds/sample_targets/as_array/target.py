"""A tensor as an array."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="as-array",
    summary="a tensor as an array",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.random((12, 8))),
            call=lambda ops: ops.f,
        ),
    ),
)
