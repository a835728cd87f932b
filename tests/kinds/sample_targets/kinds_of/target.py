"""Which answers occur."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="kinds-of",
    summary="which answers occur",
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
