"""Rows of length one."""

import torch

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="unit",
    summary="rows of length one",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((32, 16)).astype("float32")),
            call=lambda ops: ops.f,
        ),
    ),
)
