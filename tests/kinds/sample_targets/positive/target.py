"""Negative numbers become zero."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="positive",
    summary="negative numbers become zero",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.normal(size=12) + 1.2,
            call=lambda ops: ops.f,
        ),
    ),
)
