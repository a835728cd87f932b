"""A product of tensors."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="cov",
    summary="a product of tensors",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((24, 24))),
            call=lambda ops: ops.f,
        ),
    ),
)
