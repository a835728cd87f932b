"""Distances from the origin."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="distances",
    summary="distances from the origin",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.standard_normal((60, 2)),
            call=lambda ops: ops.f,
        ),
    ),
)
