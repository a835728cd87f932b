"""Where a sorted array passes one half."""

import numpy as np

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="first-above",
    summary="where a sorted array passes one half",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: np.sort(r.random(300)),
            call=lambda ops: ops.f,
        ),
    ),
)
