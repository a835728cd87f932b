"""Negative numbers masked."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="masked",
    summary="negative numbers masked",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.standard_normal(60),
            call=lambda ops: ops.f,
        ),
    ),
)
