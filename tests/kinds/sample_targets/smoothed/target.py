"""A moving mean."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="smoothed",
    summary="a moving mean",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(300),
            call=lambda ops: ops.f,
        ),
    ),
)
