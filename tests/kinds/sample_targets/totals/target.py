"""Running totals of a list."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="totals",
    summary="running totals of a list",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 50, 120).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
