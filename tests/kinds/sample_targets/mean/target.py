"""The mean of a list."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="mean",
    summary="the mean of a list",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 100, 50).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
