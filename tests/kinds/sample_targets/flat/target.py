"""A tensor as one long row."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="flat",
    summary="a tensor as one long row",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((20, 30))),
            call=lambda ops: ops.f,
        ),
    ),
)
