"""Bfloat16, scaled and moved."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="half",
    summary="bfloat16, scaled and moved",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((16, 32))).to(torch.bfloat16),
            call=lambda ops: ops.f,
        ),
    ),
)
