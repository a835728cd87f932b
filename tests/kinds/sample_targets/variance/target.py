"""The variance of an array."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="variance",
    summary="the variance of an array",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.standard_normal(100),
            call=lambda ops: ops.f,
        ),
    ),
)
