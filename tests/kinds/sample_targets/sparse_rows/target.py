"""A sparse tensor."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="sparse-rows",
    summary="a sparse tensor",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((20, 20))),
            call=lambda ops: ops.f,
        ),
    ),
)
