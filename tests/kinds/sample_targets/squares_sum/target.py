"""The sum of squares."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="squares-sum",
    summary="the sum of squares",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(-100, 100, 60).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
