"""The sum of a list."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="agreeing",
    summary="the sum of a list",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 1000, 80).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
