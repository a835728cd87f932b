"""Midpoints."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="middles",
    summary="midpoints",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 100, 60).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
