"""Times between events."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="intervals",
    summary="times between events",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 100000, 60).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
