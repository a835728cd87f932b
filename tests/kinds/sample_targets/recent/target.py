"""The last ten."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="recent",
    summary="the last ten",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 1000, 100).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
