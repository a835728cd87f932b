"""The logarithm of a sum of exponentials."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="logsum",
    summary="the logarithm of a sum of exponentials",
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
