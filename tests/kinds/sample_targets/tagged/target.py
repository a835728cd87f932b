"""An array with a unit."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="tagged",
    summary="an array with a unit",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(100),
            call=lambda ops: ops.f,
        ),
    ),
)
